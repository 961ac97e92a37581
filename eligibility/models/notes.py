"""Notes between the people who screen: they void nothing and decide nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Note(models.Model):
    """One note on a criterion of an episode, or an answer to one (`parent`). Only the first of a thread is closed."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey("Screening", on_delete=models.PROTECT, related_name="notes")
    criterion = models.CharField(max_length=60, blank=True)
    """Empty: on the episode as a whole."""
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="answers")
    text = models.TextField()
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    assignee = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="note_has_a_text"),
            models.CheckConstraint(
                condition=Q(closed_by=None, closed_at=None)
                | Q(closed_by__isnull=False, closed_at__isnull=False, parent=None),
                name="note_closed_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"note {self.pk}"
