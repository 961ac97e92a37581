"""The forms of signing in: allauth's, in our words, and with what it leaves open closed."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter as factors
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from trialscreen.institution.models import Account

VALID_FOR = 3 * 30
"""Seconds in which one code of an authenticator is right: its own half minute and the ones beside it."""


def _plain(form: forms.Form, **labels: Any) -> None:
    """Labels stand above fields, not in them, and in our words."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = labels.get(name, field.label)
        field.help_text = ""


class SignIn(account.LoginForm):
    """User name and password; who has a second factor shows that next."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, login=_("Username"))
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def add_prefix(self, field_name: str) -> str:
        """The field is called as browsers and keepers of passwords expect."""
        return super().add_prefix("username" if field_name == "login" else field_name)


class PasswordAgain(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password=_("Your password"))


class ChangePassword(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=_("Your password now"),
            password1=_("New password"),
            password2=_("New password, once more"),
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean()
        if said.get("password1") and said["password1"] == said.get("oldpassword"):
            self.add_error("password1", _("That is the password you have: choose another."))
        return said


class Forgotten(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, email=_("E-mail address"))


class NewPassword(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password1=_("New password"), password2=_("New password, once more"))


class Code(mfa.AuthenticateForm):
    """The code of an authenticator, or a recovery code, after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        use_once(self.user, code)
        return code


class CodeAgain(mfa.ReauthenticateForm):
    """The same, of who has signed in already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        use_once(self.user, code)
        return code


class FirstCode(totp.ActivateTOTPForm):
    """The code that shows that an authenticator has taken the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_("Code"))

    def clean_code(self) -> str:
        code: str = super().clean_code()
        use_once(self.user, code)
        return code


def use_once(account: Account, code: str) -> None:
    """Take note that a right code was used; allauth does so for its own half minute alone.

    Raises:
        ValidationError: it was used already.
    """
    digits = "".join(code.split())
    if not cache.add(f"code-used:{account.pk}:{digits}", 1, VALID_FOR):
        raise factors().validation_error("incorrect_code")
