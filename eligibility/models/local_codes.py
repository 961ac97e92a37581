"""What putting a version of a site's local codes in force would change, counted before it is done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LocalCodesImpact(models.Model):
    """Records that become readable, and verdicts that turn: numbers, and nobody's name or verdict."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        "patients.LocalCodesVersion", on_delete=models.PROTECT, related_name="impacts"
    )
    against = models.PositiveIntegerField(default=0)
    """The number of the version in force when it was asked for; 0: none."""
    asked_by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(null=True)
    """As `eligibility.actions.mapping` writes it; null until a worker has counted."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at=None, counts=None)
                | Q(finished_at__isnull=False, counts__isnull=False),
                name="map_impact_counted_when_finished",
            ),
        )

    def __str__(self) -> str:
        return f"impact {self.pk}"
