"""The site's upper limits of normal."""

from __future__ import annotations

from django.db import models


class ReferenceRange(models.Model):
    """A site's configured upper limit of normal for one analyte."""

    site = models.ForeignKey(
        "institution.Site", on_delete=models.PROTECT, related_name="reference_ranges"
    )
    analyte = models.CharField(max_length=20)
    sex = models.CharField(max_length=10, default="any")
    age_low = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    age_high = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    high = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=40)
    laboratory = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sex__in=("any", "female", "male")), name="range_sex"
            ),
            models.CheckConstraint(
                condition=models.Q(analyte__in=("bilirubin", "creatinine", "ast", "alt")),
                name="range_analyte",
            ),
        )

    def __str__(self) -> str:
        return f"{self.analyte} up to {self.high} {self.unit}"
