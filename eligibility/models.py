"""What the trial asks, and what was found: protocol versions and assessments, added and never edited."""

from __future__ import annotations

from django.db import models


class Trial(models.Model):
    """A trial by its registry number."""

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=400)

    def __str__(self) -> str:
        return self.number


class ProtocolVersion(models.Model):
    """One immutable version of a trial's eligibility: its canonical JSON, and the digest that names it."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=60)
    canonical = models.TextField()
    digest = models.CharField(max_length=80, unique=True)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("trial", "version"), name="version_once_per_trial"),
        )

    def __str__(self) -> str:
        return f"{self.trial_id} {self.version}"


class Assessment(models.Model):
    """All findings of one record version against one protocol version, as of one day. One row, filed once."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="assessments"
    )
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    record_version = models.PositiveBigIntegerField()
    on = models.DateField()
    engine = models.CharField(max_length=20)
    dictionary = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    verdicts = models.CharField(max_length=60)
    """One letter a criterion in the order of the protocol: m, n, u, a."""
    earliest = models.DateField(null=True)
    window_first = models.DateField(null=True)
    window_last = models.DateField(null=True)
    recheck_on = models.DateField(null=True)
    glance = models.JSONField(default=dict)
    """What lists show beside status and verdicts, so that they need not read the answer: `answers.glance`."""
    answer = models.JSONField()
    assessed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("patient", "protocol_version", "record_version", "on"),
                name="assessed_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("patient", "protocol_version", "-record_version", "-on"),
                name="assessment_latest",
            ),
        )

    def __str__(self) -> str:
        return f"assessment {self.pk}"
