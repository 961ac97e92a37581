"""Accounts: each belongs to one person, for ever."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        """User names are kept in small letters and may be typed in any."""
        return self.get(username=(username or "").strip().lower())

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Account:
        """An account; without a password nobody can sign in to it with one."""
        account = self.model(username=username.strip().lower(), **fields)
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save(using=self._db)
        return account

    def create_superuser(
        self, username: str, password: str | None = None, **fields: Any
    ) -> Account:
        return self.create_user(
            username, password, is_staff=True, is_superuser=True, **{"name": username} | fields
        )


class Help(models.TextChoices):
    """What an administrator has helped somebody to replace."""

    PASSWORD = "password"  # noqa: S105
    SECOND_FACTOR = "second-factor"


class Account(AbstractBaseUser, PermissionsMixin):
    """One person's account. What the person may do is said by their :class:`StaffRole` rows.

    An account is deactivated, never deleted, so its user name is never given to another person
    (21 CFR 11.100(a)); the application's database role has no right to delete one.
    """

    username = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    """As it is printed under what the person does."""
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    """May open the set-up pages."""
    password_set_by_other = models.BooleanField(default=False)
    """Somebody else chose the password: its owner chooses another before anything else (21 CFR 11.200(a)(2))."""
    helped_by = models.JSONField(default=dict, blank=True)
    """Who has helped since the person last signed in: of each :class:`Help`, the numbers of accounts."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(username__regex=r"^[a-z0-9][a-z0-9._-]*$"),
                name="account_username_in_small_letters",
                violation_error_message=(
                    "A user name is written in small letters, digits, dots and hyphens."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def set_password(self, raw_password: str | None) -> None:
        """Whoever calls this is taken for somebody else, unless the account is only being made."""
        super().set_password(raw_password)
        self.password_set_by_other = self.pk is not None and raw_password is not None

    def set_own_password(self, password: str) -> None:
        super().set_password(password)
        self.password_set_by_other = False

    def check_password(self, raw_password: str | None) -> bool:
        """Storing it by a newer method, which may happen here, makes it nobody else's."""
        before = self.password_set_by_other
        try:
            return super().check_password(raw_password)
        finally:
            self.password_set_by_other = before

    def get_full_name(self) -> str:
        return self.name
