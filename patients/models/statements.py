"""What people say of a record: attestations, and records set aside."""

from __future__ import annotations

from django.db import models


class Attestation(models.Model):
    """A person's answer to one criterion. Added, never edited; the last one stated counts."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="attestations"
    )
    trial = models.CharField(max_length=20)
    criterion = models.CharField(max_length=60)
    wording_digest = models.CharField(max_length=80)
    """Of the criterion as it was worded when it was answered."""
    screening = models.UUIDField(null=True)
    answer = models.CharField(
        max_length=20,
        choices=[(answer, answer) for answer in ("met", "not_met", "not_applicable")],
    )
    stated_on = models.DateField()
    by_name = models.CharField(max_length=200)
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    detail = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=300, blank=True)
    """The document it rests on: a reference to it. Answers of before `source_dated` end with its date here."""
    source_dated = models.DateField(null=True)
    """The day of the source; null where none was given."""
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    record_version = models.PositiveBigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(answer__in=("met", "not_met", "not_applicable")),
                name="attestation_has_an_answer",
            ),
            models.CheckConstraint(condition=~models.Q(by_name=""), name="attestation_has_a_name"),
        )

    def __str__(self) -> str:
        return f"{self.criterion}: {self.answer}, {self.stated_on:%Y-%m-%d}"


class SetAside(models.Model):
    """A record that a person set aside, with the reason; it then counts as entered in error."""

    REASONS = (
        ("entered-in-error", "entered in error"),
        ("duplicate", "duplicate"),
        ("another-person", "another person's"),
        ("not-meant", "true, but not what this criterion means"),
    )

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="set_asides"
    )
    source = models.CharField(max_length=100)
    ref = models.CharField(max_length=600)
    reason = models.CharField(max_length=20, choices=REASONS)
    note = models.TextField(blank=True)
    client = models.CharField(max_length=200, blank=True)
    """The API client by which it was said, empty for a person at a page."""
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    record_version = models.PositiveBigIntegerField()
    lifted_version = models.PositiveBigIntegerField(null=True)
    """Since when it counts again."""
    lifted_at = models.DateTimeField(null=True)
    lifted_client = models.CharField(max_length=200, blank=True)
    lifted_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("patient", "source", "ref"),
                condition=models.Q(lifted_version=None),
                name="set_aside_once",
            ),
            models.CheckConstraint(
                condition=models.Q(by__isnull=False) | ~models.Q(client=""),
                name="set_aside_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.ref} set aside"
