"""The delegation log of a site: to whom its principal investigator has given which duty, from when until when."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, QuerySet

from trialscreen.institution.models.accounts import Account
from trialscreen.institution.models.sites import Site


class Duty(models.TextChoices):
    CONFIRM = "confirm", "Confirm eligibility"
    SIGN = "sign", "Sign eligibility"


class PrincipalInvestigator(models.Model):
    """Who answers for a trial at a site, on which days; never two on one day (an exclusion constraint)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="principals")
    trial = models.CharField(max_length=20)
    """The trial's registry number."""
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    named_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    """Null: when the site was set up."""
    named_at = models.DateTimeField(auto_now_add=True, null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="principal_ends_after_beginning",
            ),
        )

    def __str__(self) -> str:
        return f"principal investigator {self.pk}"


class Delegations(QuerySet["Delegation"]):
    def on(self, day: date) -> Delegations:
        """Those signed and in force on `day`; both days belong to it."""
        ended = Q(last_day__isnull=False, last_day__lt=day)
        return self.filter(first_day__lte=day, signed_at__isnull=False).exclude(ended)


class Delegation(models.Model):
    """One line of the log. It counts once the principal investigator has signed it, for the days it names."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="delegations")
    trial = models.CharField(max_length=20)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="delegations")
    duty = models.CharField(max_length=20, choices=Duty.choices)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    entered_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    """Who ended it before its time, or withdrew it before it was signed."""
    ended_at = models.DateTimeField(null=True)

    objects = Delegations.as_manager()

    class Meta:
        ordering = ("site", "trial", "-first_day", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="delegation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="delegation_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="delegation_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(ended_at=None) | Q(last_day__isnull=False),
                name="delegation_ended_on_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"delegation {self.pk}"
