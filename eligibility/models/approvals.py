"""What has to be on record before a trial opens at a site."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q


class SiteApproval(models.Model):
    """One approval of a trial at a site, by its reference. Added, and at most withdrawn."""

    ETHICS, INSTITUTION = "ethics", "institution"
    KINDS = ((ETHICS, "Research ethics board"), (INSTITUTION, "Institution"))

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    trial = models.ForeignKey("Trial", on_delete=models.PROTECT, related_name="approvals")
    kind = models.CharField(max_length=20, choices=KINDS)
    reference = models.CharField(max_length=100)
    """Under which its document is found, ``REB 2026-114``."""
    approved_on = models.DateField()
    expires_on = models.DateField(null=True)
    """The last day on which it holds; null: until it is withdrawn."""
    recorded_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_on = models.DateField(null=True)
    """The first day on which it no longer holds."""
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-approved_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("ethics", "institution")) & ~Q(reference=""),
                name="approval_has_kind_and_reference",
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("approved_on")),
                name="approval_expires_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                name="approval_withdrawn_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"approval {self.pk}"

    def holds(self, *, on: date) -> bool:
        begun = self.approved_on <= on and (self.expires_on is None or on <= self.expires_on)
        return begun and (self.withdrawn_on is None or on < self.withdrawn_on)
