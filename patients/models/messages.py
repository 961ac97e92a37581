"""HL7 v2 messages: who may send them, each as it arrived, and what came of every try to apply it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

APPLIED, NOTED, DUPLICATE, REFUSED = "applied", "noted", "duplicate", "refused"
OUTCOMES = (APPLIED, NOTED, DUPLICATE, REFUSED)


class MessageSender(models.Model):
    """A system whose messages are taken: by the names in MSH and by the connection over which they come.

    Never edited: what is to be otherwise is registered anew, and this one ended.
    """

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    application = models.CharField(max_length=200)
    """MSH-3."""
    facility = models.CharField(max_length=200, blank=True)
    """MSH-4."""
    laboratory = models.CharField(max_length=200, blank=True)
    """Which laboratory performs its tests, where a message does not say."""
    source = models.CharField(max_length=100)
    """Among whose patients its identifiers are looked up: systems with one source mean one patient by one of them."""
    client = models.CharField(max_length=200, blank=True)
    """The API client that hands its messages over; empty where none does."""
    networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    """Networks (CIDR) from which it may connect to the listener; empty where it may not."""
    certificate = models.CharField(max_length=64, blank=True)
    """SHA-256 of the certificate that it shows to the listener, in hexadecimal; empty where it needs none."""
    charset = models.CharField(max_length=20, default="ASCII")
    """How messages are written that do not say so."""
    authorities = models.JSONField(default=dict, blank=True)
    """Identifier systems (URIs) by the names of assigning authorities."""
    registered_at = models.DateTimeField(auto_now_add=True)
    registered_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "name"), condition=Q(ended_at=None), name="sender_by_name"
            ),
            models.UniqueConstraint(
                fields=("site", "application", "facility"),
                condition=Q(ended_at=None),
                name="sender_by_header",
            ),
            models.CheckConstraint(condition=~Q(application=""), name="sender_has_a_header"),
        )

    def __str__(self) -> str:
        return self.name


class ReceivedMessage(models.Model):
    """One message as it arrived, byte for byte, and where it stands."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(
        MessageSender, on_delete=models.PROTECT, null=True, related_name="messages"
    )
    """Null where nobody is registered who sends so over that connection."""
    received_at = models.DateTimeField(auto_now_add=True)
    received_on = models.DateField()
    """The day in the site's time zone."""
    way = models.CharField(max_length=10)
    """``http`` or ``mllp``."""
    peer = models.CharField(max_length=60, blank=True)
    """The address it came from."""
    certificate = models.CharField(max_length=64, blank=True)
    client = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    application = models.CharField(max_length=200, blank=True)
    facility = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    """Type and event, as ``ORU^R01``."""
    control_id = models.CharField(max_length=200, blank=True)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="again")
    """The message of the same sender that had the control id before."""
    outcome = models.CharField(max_length=10)
    """Of its last attempt: one of `OUTCOMES`."""
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Whom it concerned, once it was applied."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "sender", "control_id"),
                condition=Q(repeats=None) & ~Q(control_id=""),
                name="message_once_per_sender",
            ),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="message_outcome"),
        )
        indexes = (
            models.Index(fields=("site", "-id"), name="messages_of_site"),
            models.Index(fields=("site", "outcome", "-id"), name="messages_by_outcome"),
            models.Index(fields=("patient", "kind", "id"), name="messages_of_patient"),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"


class MessageAttempt(models.Model):
    """One try to apply a message: at its arrival, when it was sent again, or when somebody replayed it."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(ReceivedMessage, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    why = models.CharField(max_length=10)
    """``arrived``, ``resent`` or ``replayed``."""
    client = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=10)
    acknowledged = models.CharField(max_length=2, blank=True)
    """MSA-1 of the answer; empty for a replay, which answers nobody."""
    faults = models.JSONField(default=list)
    """Why it was not applied: objects of code, place and detail."""
    remarks = models.JSONField(default=list)
    """What was kept and is not used, in the same form."""
    delivery = models.ForeignKey(
        "patients.Delivery", on_delete=models.PROTECT, null=True, related_name="+"
    )
    merge = models.ForeignKey(
        "patients.PatientMerge", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("message", "number"), name="attempt_by_number"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="attempt_outcome"),
        )

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class UnplacedMessage(models.Model):
    """A message of which not even the site is known. The application writes `raw` and may not read it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received_at = models.DateTimeField()
    way = models.CharField(max_length=10)
    peer = models.CharField(max_length=60, blank=True)
    client = models.CharField(max_length=200, blank=True)
    application = models.CharField(max_length=200, blank=True)
    facility = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=("-received_at",), name="unplaced_by_time"),)

    def __str__(self) -> str:
        return f"unplaced message {self.pk}"
