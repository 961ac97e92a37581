"""Files of many patients: as they were sent, what is still to be done of them, and what was refused."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Import(models.Model):
    """One import from upload to its report: received = stored + unchanged + refused, once it is done.

    Every change of state is one conditional UPDATE. While it works, each step is one transaction that moves its counts
    and deletes the lines that it has done, so what is left to do is exactly the lines that are left.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be checked"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "To approve"
        APPROVED = "approved", "Waiting to be stored"
        RUNNING = "running", "Being stored"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"
        DISCARDED = "discarded", "Discarded"
        FAILED = "failed", "Could not be read"

    class Kind(models.TextChoices):
        CSV = "csv", "Results as CSV"
        NDJSON = "ndjson", "FHIR resources as NDJSON"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=100)
    """The system whose patients they are, and under which everything is kept."""
    system = models.CharField(max_length=300, blank=True)
    """Of CSV: the system of the identifiers in ``patient_id``; empty for any of the source."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    created_at = models.DateTimeField(auto_now_add=True)
    client = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    approved_client = models.CharField(max_length=200, blank=True)
    approved_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    received_on = models.DateField(null=True)
    """The day of receipt at the site: that of the approval, however long storing takes."""
    cancel_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    file = models.PositiveIntegerField(default=0)
    """How far the check is: the number of the file, and in it of the last line (`at_line`)."""
    at_line = models.PositiveBigIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    """Lines that say anything."""
    stored = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    """Lines that were held already, word for word."""
    refused = models.PositiveBigIntegerField(default=0)
    patients = models.PositiveBigIntegerField(default=0)
    """Patients of whom lines are to be stored, as the check counted them."""
    ignored_columns = ArrayField(models.CharField(max_length=200), default=list)
    failure = models.CharField(max_length=500, blank=True)
    """Why nothing of it can be used, in a sentence."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(received=F("stored") + F("unchanged") + F("refused")),
                name="import_accounts_for_every_line",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "running", "done"))
                | Q(approved_at__isnull=False, received_on__isnull=False),
                name="import_stored_once_approved",
            ),
        )
        indexes = (
            models.Index(fields=("site", "-created_at"), name="imports_of_site"),
            models.Index(
                fields=("site",),
                condition=Q(state__in=("uploaded", "checking", "approved", "running")),
                name="imports_to_work_on",
            ),
        )

    def __str__(self) -> str:
        return f"import {self.pk}"


WORKING = (
    Import.State.UPLOADED,
    Import.State.CHECKING,
    Import.State.APPROVED,
    Import.State.RUNNING,
)
"""What a worker has something to do for."""


class ImportFile(models.Model):
    """One of the files of an import. Its name is the sender's, and is only ever shown."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="files")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    """SHA-256 of the file as it was sent."""
    size = models.PositiveBigIntegerField()
    columns = ArrayField(models.CharField(max_length=200), default=list)
    """Of CSV: its header."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "job", "number"), name="import_file_once"),
        )
        indexes = (models.Index(fields=("site", "digest"), name="import_file_by_digest"),)

    def __str__(self) -> str:
        return f"file {self.pk}"


class ImportPiece(models.Model):
    """A piece of a file as it was sent; deleted when its import has ended."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="pieces")
    file = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "job", "file", "number"), name="import_piece_once"
            ),
        )

    def __str__(self) -> str:
        return f"piece {self.pk}"


class ImportLine(models.Model):
    """A line that was checked and waits to be stored; deleted in the transaction that stores or refuses it."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="lines")
    file = models.PositiveIntegerField()
    line = models.PositiveBigIntegerField()
    subject = models.CharField(max_length=310, blank=True)
    """Whose it is: ``Patient/id`` in its source, of CSV the id of the patient; empty where others refer to it."""
    key = models.CharField(max_length=610, blank=True)
    text = models.TextField()
    """The resource."""
    row = models.TextField(blank=True)
    """Of CSV: the row that it was made from, to be given back should it be refused yet."""

    class Meta:
        indexes = (
            models.Index(fields=("job", "subject", "file", "line"), name="import_line_of_patient"),
            models.Index(fields=("job", "key"), condition=Q(subject=""), name="import_line_shared"),
        )

    def __str__(self) -> str:
        return f"line {self.line}"


class ImportRefusal(models.Model):
    """A line that was refused, as it was sent, with every reason. Added, never changed."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="refusals")
    file = models.PositiveIntegerField()
    line = models.PositiveBigIntegerField()
    text = models.TextField()
    faults = models.JSONField()
    """``[{"column", "code", "detail"}]``; the column of NDJSON is a JSON pointer."""
    after_approval = models.BooleanField(default=False)
    """It was found while storing, when somebody had approved already."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "job", "file", "line"), name="import_line_refused_once"
            ),
        )

    def __str__(self) -> str:
        return f"refusal {self.pk}"
