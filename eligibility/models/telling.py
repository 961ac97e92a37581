"""Others who are told: webhook endpoints, the outbox of what happened, and what became of telling it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q


class Endpoint(models.Model):
    """An address of a hospital system that is told of what happens at one site. Ended, never deleted."""

    EVENT, FHIR = "event", "fhir"
    FORMATS = ((EVENT, "Event"), (FHIR, "FHIR Subscription notification"))

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    """Never with anything of a patient: it is the same for every message."""
    events = models.JSONField()
    """Names of kinds of events (`eligibility.telling.kinds`)."""
    format = models.CharField(max_length=10, choices=FORMATS)
    origin = models.CharField(max_length=200, blank=True)
    """Under which the application was reached when this was registered; whole addresses of FHIR begin with it."""
    secret = models.TextField()
    """Encrypted, as :mod:`trialscreen.institution.kept_secrets` does it."""
    secret_since = models.DateTimeField()
    old_secret = models.TextField(blank=True)
    """The secret before, encrypted; it signs beside the new one until `old_until`."""
    old_until = models.DateTimeField(null=True)
    registered_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    """Nothing is sent; what happens is kept for it."""
    paused_why = models.CharField(max_length=300, blank=True)
    paused_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """None: by itself, as it had not answered for too long."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(format__in=("event", "fhir")), name="endpoint_format_is_known"
            ),
            models.CheckConstraint(
                condition=Q(old_secret="", old_until=None)
                | (~Q(old_secret="") & Q(old_until__isnull=False)),
                name="endpoint_old_secret_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None, paused_why="")
                | (Q(paused_at__isnull=False) & ~Q(paused_why="")),
                name="endpoint_paused_for_a_reason",
            ),
        )
        indexes = (
            models.Index(fields=("site",), condition=Q(ended_at=None), name="endpoint_of_site"),
        )

    def __str__(self) -> str:
        return f"endpoint {self.pk}"

    def takes_old_secret(self, *, at: datetime) -> bool:
        return self.old_until is not None and at < self.old_until


class EndpointHealth(models.Model):
    """How an endpoint answers, kept by those who send. It decides only when the next attempt is made."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    endpoint = models.OneToOneField(Endpoint, on_delete=models.PROTECT, related_name="health")
    numbered = models.PositiveBigIntegerField(default=0)
    """How many messages have been sent to it, each counted at its first attempt."""
    away = models.PositiveIntegerField(default=0)
    """How many attempts in a row nobody answered."""
    failing_since = models.DateTimeField(null=True)
    """Since when no message was taken; null: the last one was."""
    rests_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"health of endpoint {self.endpoint_id}"


class Occurrence(models.Model):
    """Something that happened to a patient's screening and that somebody is to be told. Added in the transaction in
    which it happened, never edited: the outbox."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """The id of the message, the same at every attempt and for every endpoint."""
    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey("Screening", on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    """Of the patient, from 1, in the order in which it happened."""
    kind = models.CharField(max_length=40)
    data = models.JSONField()
    """Ids of ours, states and days: no name, no birth date, no identifier, no text."""
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("patient", "sequence"), name="occurrence_sequence"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Dispatch(models.Model):
    """That one endpoint is to be told of one occurrence, and how far that is.

    Administrators see these rows, and no occurrence: so nothing of it but its kind is repeated here.
    """

    WAITING, DELIVERED, PARKED, DROPPED = "waiting", "delivered", "parked", "dropped"
    STATES = (
        (WAITING, "Waiting"),
        (DELIVERED, "Delivered"),
        (PARKED, "Parked"),
        (DROPPED, "Not sent: the endpoint was ended"),
    )

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
    """None: a test message, which is about nobody."""
    message = models.UUIDField()
    """``webhook-id``, the same at every attempt."""
    lane = models.UUIDField()
    """Messages of one lane are sent one after the other: the patient's id."""
    sequence = models.PositiveIntegerField()
    """The place in its lane."""
    kind = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    """Since it was last put in line."""
    due_at = models.DateTimeField()
    """Not before."""
    held_until = models.DateTimeField(null=True)
    """A worker is at it; after this moment it is taken for dead."""
    holder = models.UUIDField(null=True)
    """Which attempt holds it: whoever was taken for dead files nothing any more."""
    number = models.PositiveBigIntegerField(null=True)
    """Of the endpoint, in the order of first attempts."""
    first_tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("endpoint", "message"), name="dispatch_once"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "delivered", "parked", "dropped")),
                name="dispatch_state_is_known",
            ),
        )
        indexes = (
            models.Index(
                fields=("endpoint", "due_at"),
                condition=Q(state="waiting"),
                name="dispatch_due",
            ),
            models.Index(
                fields=("endpoint", "lane", "sequence"),
                condition=Q(state="waiting"),
                name="dispatch_lane",
            ),
            models.Index(fields=("endpoint", "-id"), name="dispatch_listed"),
        )

    def __str__(self) -> str:
        return f"dispatch {self.pk}"


class Attempt(models.Model):
    """One attempt to deliver, with what came of it. Added, never edited. What was answered is not kept."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    """A word of `eligibility.telling.posting.Outcome`."""
    status = models.PositiveSmallIntegerField(null=True)
    """Of HTTP; none where nobody answered."""
    milliseconds = models.PositiveIntegerField()
    next_at = models.DateTimeField(null=True)
    """When it is tried again; none: delivered, or parked."""

    class Meta:
        indexes = (models.Index(fields=("delivery", "id"), name="attempt_of_delivery"),)

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Resending(models.Model):
    """That a person had messages sent again: one, or all since a moment. Added, never edited."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Dispatch, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(null=True)
    count = models.PositiveIntegerField()
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(delivery=None) | Q(since=None), name="resent_one_or_since"
            ),
        )

    def __str__(self) -> str:
        return f"resending {self.pk}"
