"""Who does what, where, and from which day until which."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, QuerySet

from trialscreen.institution.models.accounts import Account
from trialscreen.institution.models.sites import Site


class Role(models.TextChoices):
    """What a person is to the trial; two of them are of one site, two of all."""

    COORDINATOR = "coordinator", "Site coordinator"
    INVESTIGATOR = "investigator", "Investigator"
    MONITOR = "monitor", "Monitor"
    ADMINISTRATOR = "administrator", "Administrator"


AT_ONE_SITE = (Role.COORDINATOR, Role.INVESTIGATOR)
AT_ALL_SITES = (Role.MONITOR, Role.ADMINISTRATOR)


class StaffRoles(QuerySet["StaffRole"]):
    def on(self, day: date) -> StaffRoles:
        """Those in force on `day`; both days of a role belong to it, unless it was taken away on its last."""
        return self.filter(first_day__lte=day).exclude(_over(day))

    def not_over(self, day: date) -> StaffRoles:
        """Those in force on `day` or on a later one."""
        return self.exclude(_over(day))


def _over(day: date) -> Q:
    by_itself = Q(last_day__isnull=False, last_day__lt=day)
    return by_itself | Q(last_day__isnull=False, last_day__lte=day, ended_at__isnull=False)


class StaffRole(models.Model):
    """One person's role at one site, or at all sites, for some days.

    A role that has ended stays; the same role at the same place is never held twice on one day
    (an exclusion constraint, written out in the migration).
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="roles")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="staff"
    )
    """Empty: all sites."""
    role = models.CharField(max_length=20, choices=Role.choices)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was taken away, in the course of its last day: from that moment on it gives no right."""

    objects = StaffRoles.as_manager()

    class Meta:
        ordering = ["account", "role", "site", "first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=AT_ONE_SITE, site__isnull=False)
                | Q(role__in=AT_ALL_SITES, site__isnull=True),
                name="staffrole_has_the_place_of_its_role",
                violation_error_message=(
                    "Coordinators and investigators belong to one site, monitors and"
                    " administrators to all."
                ),
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="staffrole_ends_after_it_begins",
                violation_error_message="The last day is not before the first.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(last_day__isnull=False),
                name="staffrole_taken_away_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        where = self.site.code if self.site else "all sites"
        return f"{self.account} · {self.role} · {where}"

    @property
    def in_words(self) -> str:
        where = self.site.city if self.site else "all sites"
        return f"{self.get_role_display()}, {where}"

    def is_in_force(self, *, on: date) -> bool:
        if on < self.first_day:
            return False
        if self.last_day is None:
            return True
        return on < self.last_day or (on == self.last_day and self.ended_at is None)
