"""Two patients of a site recorded as one person, and the taking back of that."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class PatientMerge(models.Model):
    """`merged` is recorded as the same person as `survivor`, until a reversal. Nothing that was received is moved."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    survivor = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    client = models.CharField(max_length=200, blank=True)
    """The API client by which it was said, empty for a person at a page."""
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    source_document = models.CharField(max_length=300, blank=True)
    """What says so: a message of the hospital, a letter of its register."""
    differences = ArrayField(models.CharField(max_length=20), default=list)
    """In what the two disagreed about who the person is (`patients.identity`), when they were merged."""
    confirmation = models.CharField(max_length=500, blank=True)
    """How it was made sure that they are one person although they disagree."""
    names_apart = ArrayField(models.CharField(max_length=100), default=list)
    """Sources that had called two different records, one of each patient, by one name: there a name holds for one
    patient, and what they sent is not read together."""
    survivor_version = models.PositiveBigIntegerField()
    merged_version = models.PositiveBigIntegerField()
    """The versions of the two records that it led to."""
    reversed_at = models.DateTimeField(null=True)
    """With its reversal; null while it is in force."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "merged"), condition=Q(reversed_at=None), name="merged_into_one"
            ),
            models.CheckConstraint(
                condition=~Q(survivor=F("merged")), name="merged_with_another_patient"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_a_reason"),
            models.CheckConstraint(
                condition=Q(differences=[]) | ~Q(confirmation=""),
                name="merge_despite_differences_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(client=""), name="merged_by_somebody"
            ),
        )
        indexes = (
            models.Index(
                fields=("survivor",), condition=Q(reversed_at=None), name="merged_into_it"
            ),
        )

    def __str__(self) -> str:
        return f"merge {self.pk}"


class MergeReversal(models.Model):
    """A merge was wrong: both records stand for themselves again."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    """The survivor, whose record came apart."""
    merge = models.ForeignKey(PatientMerge, on_delete=models.PROTECT, related_name="reversals")
    at = models.DateTimeField()
    client = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    survivor_version = models.PositiveBigIntegerField()
    merged_version = models.PositiveBigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "merge"), name="reversed_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(client=""), name="reversed_by_somebody"
            ),
        )

    def __str__(self) -> str:
        return f"reversal {self.pk}"
