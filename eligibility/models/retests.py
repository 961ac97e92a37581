"""Results that were repeated after a failure, in the episode that follows it, and why each was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Repeated(models.TextChoices):
    """Why a result was repeated: the list is closed, and all that leaves the site of the reason."""

    SPECIMEN = "specimen", "Specimen unsuitable or mishandled"
    METHOD = "method", "Fault of the measurement or the examination"
    COURSE = "course", "The patient’s condition has changed since"
    LAPSED = "lapsed", "The earlier result was too old to count"
    CORRECTED = "corrected", "The earlier record was incomplete or wrong"
    OTHER = "other", "Another reason, in words"


class Retest(models.Model):
    """That a criterion which was not met when the episode before was closed is decided by another result now.

    Filed by the product when it is found, once for a criterion and episode, and never taken back: also where the newer
    result is withdrawn again, it was repeated.
    """

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey("Screening", on_delete=models.PROTECT, related_name="retests")
    criterion = models.CharField(max_length=60)
    verdict = models.CharField(max_length=20)
    """The one that the newer result gave when it was found."""
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("screening", "criterion"), name="retest_once"),
        )

    def __str__(self) -> str:
        return f"retest {self.pk}"


class RetestReason(models.Model):
    """Why a criterion was looked at again in an episode, as a person says. Added, never edited; the last one counts."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey(
        "Screening", on_delete=models.PROTECT, related_name="retest_reasons"
    )
    criterion = models.CharField(max_length=60)
    reason = models.CharField(max_length=20, choices=Repeated.choices)
    text = models.TextField(blank=True)
    """In words; read at the site alone."""
    results = models.JSONField()
    """The results that decided when the reason was given: kind, id, date and value of each."""
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("screening", "criterion", "-id"), name="retest_reason"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=[one.value for one in Repeated]), name="retest_reason_coded"
            ),
            models.CheckConstraint(
                condition=~Q(reason=Repeated.OTHER.value) | ~Q(text=""),
                name="retest_reason_in_words",
            ),
            models.CheckConstraint(condition=~Q(by_name=""), name="retest_reason_by_somebody"),
        )

    def __str__(self) -> str:
        return f"reason {self.pk} for a retest"
