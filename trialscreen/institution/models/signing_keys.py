"""Public keys by which API clients show who they are, and the tokens that were shown."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from trialscreen.institution.models.accounts import Account


class ClientKey(models.Model):
    """A public key of an API client. Added, and ended once; neither its name nor the key ever comes again."""

    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.PROTECT, related_name="keys"
    )
    kid = models.CharField(max_length=200)
    algorithm = models.CharField(max_length=5)
    """``RS384`` or ``ES384``: the one that it is for."""
    members = models.JSONField()
    """The public members of the JWK."""
    thumbprint = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    """From this moment on nothing that it signs is taken."""
    added_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("application", "kid"), name="clientkey_name_once_for_a_client"
            ),
            models.CheckConstraint(
                condition=Q(algorithm__in=("RS384", "ES384")), name="clientkey_algorithm"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="clientkey_ends_later"
            ),
        )

    def __str__(self) -> str:
        return f"key {self.kid}"

    def holds(self, *, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class ShownToken(models.Model):
    """That a signed token was shown; forgotten when it has ended."""

    shown_by = models.CharField(max_length=100)
    """``client:`` or ``ehr:`` and the row's number: an issuer's tokens are counted apart."""
    digest = models.CharField(max_length=64)
    """SHA-256 of its ``jti``."""
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("shown_by", "digest"), name="shown_token_once"),
        )

    def __str__(self) -> str:
        return f"token of {self.shown_by}"
