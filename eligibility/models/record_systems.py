"""Hospital record systems that ask by CDS Hooks: each of one site, with its public keys, and what came of its cards."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from trialscreen.institution.models import Account, Site


class RecordSystem(models.Model):
    """One record system, by the name that its tokens carry; it asks for one site."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=500)
    """The ``iss`` of its tokens, as it is written there; of all systems that were not ended one has it."""
    name = models.CharField(max_length=100)
    contact = models.CharField(max_length=200)
    stores = models.BooleanField(default=False)
    """What it shows with a question is received as a delivery; else nothing of it is kept."""
    added_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """From this moment on it is answered no more."""

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "issuer"),
                condition=Q(ended_at=None),
                name="recordsystem_issuer_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class RecordSystemKey(models.Model):
    """A public key of a record system. Added, and ended once; neither its name nor the key ever comes again."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(RecordSystem, on_delete=models.PROTECT, related_name="keys")
    kid = models.CharField(max_length=200)
    algorithm = models.CharField(max_length=5)
    members = models.JSONField()
    """The public members of the JWK."""
    thumbprint = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    added_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "system", "kid"), name="recordsystemkey_name_once"
            ),
            models.UniqueConstraint(fields=("site", "thumbprint"), name="recordsystemkey_once"),
            models.CheckConstraint(
                condition=Q(algorithm__in=("RS384", "ES384")), name="recordsystemkey_algorithm"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="recordsystemkey_ends_later",
            ),
        )

    def __str__(self) -> str:
        return f"key {self.kid}"

    def holds(self, *, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class CardFeedback(models.Model):
    """What somebody did with a card, as their record system tells. Added, never edited."""

    ACCEPTED, OVERRIDDEN = "accepted", "overridden"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(RecordSystem, on_delete=models.PROTECT, related_name="feedback")
    card = models.UUIDField()
    outcome = models.CharField(
        max_length=10, choices=((ACCEPTED, "accepted"), (OVERRIDDEN, "overridden"))
    )
    outcome_at = models.DateTimeField()
    """As it was told, by the clock of the record system."""
    reason_system = models.CharField(max_length=300, blank=True)
    reason_code = models.CharField(max_length=100, blank=True)
    comment = models.TextField(blank=True)
    """In somebody's own words, which may name a patient: no page shows it."""
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("-received_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "system", "card", "outcome", "outcome_at"), name="cardfeedback_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("accepted", "overridden")), name="cardfeedback_outcome"
            ),
        )

    def __str__(self) -> str:
        return f"feedback {self.pk}"
