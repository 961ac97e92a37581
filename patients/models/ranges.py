"""The site's upper limits of normal, and what has changed among them.

Rows are added, never edited: a limit that ends or is corrected is superseded by another row. Changes are numbered at
each site in the order in which they took effect, so who has seen number 7 has seen everything up to it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ANALYTES = ("bilirubin", "creatinine", "ast", "alt")


class ReferenceRange(models.Model):
    """A site's configured upper limit of normal for one analyte. Current while `superseded_version` is null."""

    site = models.ForeignKey(
        "institution.Site", on_delete=models.PROTECT, related_name="reference_ranges"
    )
    analyte = models.CharField(max_length=20)
    sex = models.CharField(max_length=10, default="any")
    age_low = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    age_high = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    high = models.DecimalField(max_digits=20, decimal_places=6)
    stated = models.CharField(max_length=60, blank=True)
    """`high` as it was stated, every digit of it: answers show it so."""
    unit = models.CharField(max_length=40)
    laboratory = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    since_version = models.PositiveBigIntegerField(default=0)
    """The number of the change that brought it; 0: it was there before changes were numbered."""
    superseded_version = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sex__in=("any", "female", "male")), name="range_sex"
            ),
            models.CheckConstraint(condition=Q(analyte__in=ANALYTES), name="range_analyte"),
            models.CheckConstraint(
                condition=Q(superseded_version=None) | Q(superseded_version__gt=F("since_version")),
                name="range_superseded_later",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="range_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.analyte} up to {self.high} {self.unit}"


class RangeChange(models.Model):
    """One change of a site's reference ranges, and which results can see another limit by it.

    Those of `analyte` that may have been collected on a day from `first` to `last`; null is open.
    """

    KINDS = (("added", "added"), ("ended", "ended"), ("corrected", "corrected"))

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=KINDS)
    analyte = models.CharField(max_length=20)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "version", "analyte"), name="range_change_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("added", "ended", "corrected")), name="range_change_kind"
            ),
            models.CheckConstraint(condition=Q(version__gt=0), name="range_change_number"),
        )

    def __str__(self) -> str:
        return f"change {self.version} of the ranges of {self.analyte}"
