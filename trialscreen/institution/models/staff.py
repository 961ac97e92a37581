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
        """Those in force on `day`; both days of a role belong to it."""
        ended = Q(last_day__isnull=False, last_day__lt=day)
        return self.filter(first_day__lte=day).exclude(ended)


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
        ]

    def __str__(self) -> str:
        where = self.site.code if self.site else "all sites"
        return f"{self.account} · {self.role} · {where}"

    @property
    def in_words(self) -> str:
        where = self.site.city if self.site else "all sites"
        return f"{self.get_role_display()}, {where}"

    def is_in_force(self, *, on: date) -> bool:
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)
