"""What administrators keep beside accounts, sites and clients: invitations, keys that run out, reviews of access."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from trialscreen.institution.models.accounts import Account
from trialscreen.institution.models.staff import StaffRole


class Invitation(models.Model):
    """A link by which one person sets their first password, once; only the SHA-256 sum of its key is kept."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invitations")
    key_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    """When another took its place, or the account was deactivated."""

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="invitation_expires_later"
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def is_open(self, *, at: datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and at < self.expires_at


class ApiClient(models.Model):
    """What is kept of an API client beside its OAuth application: who answers for it, and its secrets' times."""

    SECRET, KEYS, EITHER = "secret", "keys", "either"
    PROOFS = ((SECRET, "its secret"), (KEYS, "its keys"), (EITHER, "its secret or its keys"))

    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.PROTECT, related_name="kept"
    )
    contact = models.CharField(max_length=200)
    """Whom to ask about it: a person or a team of the hospital."""
    secret_since = models.DateTimeField()
    old_secret = models.CharField(max_length=255, blank=True)
    """The secret before, hashed; it is taken until `old_until`."""
    old_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """Deactivated: no token is given or taken any more."""
    proof = models.CharField(max_length=10, choices=PROOFS, default=SECRET)
    """How it shows who it is; the other way is not taken."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(proof__in=("secret", "keys", "either")), name="apiclient_proof"
            ),
            models.CheckConstraint(
                condition=Q(old_secret="", old_until=None)
                | (~Q(old_secret="") & Q(old_until__isnull=False)),
                name="apiclient_old_secret_has_its_end",
            ),
        )

    def __str__(self) -> str:
        return f"api client {self.pk}"


class RoleReview(models.Model):
    """That an administrator has looked at one role of one person, and what came of it. Added, never edited."""

    CONFIRMED, ENDED = "confirmed", "ended"

    role = models.ForeignKey(StaffRole, on_delete=models.PROTECT, related_name="reviews")
    outcome = models.CharField(max_length=10, choices=((CONFIRMED, "confirmed"), (ENDED, "ended")))
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=("confirmed", "ended")), name="rolereview_outcome"
            ),
        )

    def __str__(self) -> str:
        return f"review {self.pk}"


class RepeatedAct(models.Model):
    """One act of an administrator over the programming interface, by the key that came with it, with its answer.

    Written in the transaction of the act. What is shown once (a secret, a link) is not in the answer that is kept.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    """SHA-256 of method, address and body."""
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "key"), name="repeated_act_key_once"),
        )

    def __str__(self) -> str:
        return f"repeated act {self.pk}"
