"""Which parts of a trial are open, where, and for how many: the places that registrations take."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q


class TrialPart(models.Model):
    """A part of a trial, or the trial as a whole (`name` empty), with its ceiling.

    `registered` is the counter of places taken: it is raised by the registration that takes one, in one conditional
    UPDATE, so that of two who want the last place one gets it.
    """

    trial = models.ForeignKey("Trial", on_delete=models.PROTECT, related_name="parts")
    name = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=200, blank=True)
    ceiling = models.PositiveIntegerField()
    registered = models.PositiveIntegerField(default=0)
    opened_on = models.DateField(null=True)
    """Null: not open yet."""
    closed_on = models.DateField(null=True)
    """The first day on which it takes nobody."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("trial", "name"), name="part_of_trial_once"),
            models.CheckConstraint(
                condition=Q(registered__lte=F("ceiling")), name="part_below_its_ceiling"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None)
                | Q(closed_on__gte=F("opened_on"), opened_on__isnull=False),
                name="part_closes_after_it_opens",
            ),
        )

    def __str__(self) -> str:
        return f"part {self.name}" if self.name else "whole trial"

    def is_open(self, *, on: date) -> bool:
        return _open(self.opened_on, self.closed_on, on)


class SitePart(models.Model):
    """A part of a trial at one site."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(TrialPart, on_delete=models.PROTECT, related_name="at_sites")
    ceiling = models.PositiveIntegerField(null=True)
    """Null: only those of part and trial."""
    registered = models.PositiveIntegerField(default=0)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "part"), name="part_at_site_once"),
            models.CheckConstraint(
                condition=Q(ceiling=None) | Q(registered__lte=F("ceiling")),
                name="site_part_below_its_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None)
                | Q(closed_on__gte=F("opened_on"), opened_on__isnull=False),
                name="site_part_closes_after_it_opens",
            ),
        )

    def __str__(self) -> str:
        return f"site part {self.pk}"

    def is_open(self, *, on: date) -> bool:
        return _open(self.opened_on, self.closed_on, on)


class OpeningChange(models.Model):
    """One change of what is open and for how many: who, when, why, from, to. Added, never edited."""

    site = models.ForeignKey(
        "institution.Site", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Null: of the part everywhere."""
    part = models.ForeignKey(TrialPart, on_delete=models.PROTECT, related_name="changes")
    before = models.JSONField(null=True)
    """``opened_on``, ``closed_on`` (ISO days or null) and ``ceiling``; null for what was new."""
    after = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(by_name=""), name="opening_change_says_who_and_why"
            ),
        )

    def __str__(self) -> str:
        return f"opening change {self.pk}"


def _open(opened: date | None, closed: date | None, on: date) -> bool:
    return opened is not None and opened <= on and (closed is None or on < closed)
