"""What happened to a version of the criteria, from draft to retired: events that are added and never edited."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class VersionState(models.TextChoices):
    """Where a version stands. What may follow what is said by `eligibility.publication`."""

    DRAFT = "draft", _("Draft")
    RETURNED = "returned", _("Sent back")
    REVIEWED = "reviewed", _("Reviewed")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Signatures(models.TextChoices):
    """What becomes of confirmations and signatures that were given under earlier versions."""

    KEEP = "keep", _("They stay: patients go on under the version they were signed under.")
    RECHECK = "recheck", _("They are void: each patient is confirmed and signed again.")


class VersionEvent(models.Model):
    """One step of one version: who, when, why, from, to. A version's state is what its last event led to.

    Events of a trial are numbered without gaps, and no number is given twice: of two people who act at the same
    moment one is told that the other was quicker.
    """

    trial = models.ForeignKey("Trial", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("ProtocolVersion", on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=10)
    before = models.CharField(max_length=10, choices=VersionState.choices, blank=True)
    """Empty: it was not on record."""
    after = models.CharField(max_length=10, choices=VersionState.choices)
    signatures = models.CharField(max_length=10, choices=Signatures.choices, blank=True)
    """Of publishing alone."""
    reason = models.TextField()
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Null: the set-up, before there was anybody."""
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("trial", "number"), name="version_event_once"),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(by_name=""), name="version_event_says_who_and_why"
            ),
        )
        indexes = (models.Index(fields=("version", "-number"), name="version_event_last"),)

    def __str__(self) -> str:
        return f"version event {self.pk}"


class VersionImpact(models.Model):
    """What publishing a version would change for the open candidates: numbers, and nobody's name or verdict."""

    version = models.ForeignKey("ProtocolVersion", on_delete=models.PROTECT, related_name="impacts")
    against = models.ForeignKey("ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    """The version in force when it was asked for."""
    asked_by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(null=True)
    """As `eligibility.actions.foreseeing` writes it; null until a worker has counted."""

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at=None, counts=None)
                | Q(finished_at__isnull=False, counts__isnull=False),
                name="impact_counted_when_finished",
            ),
        )

    def __str__(self) -> str:
        return f"impact {self.pk}"
