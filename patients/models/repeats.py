"""Requests that may arrive twice: the key a client gave, and the answer it got."""

from __future__ import annotations

from django.db import models


class IdempotencyKey(models.Model):
    """One writing request of a client at a site, by the key that the client gave it, with its answer.

    The row is written in the transaction of what it answers: there is one exactly where that was done.
    """

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    asker = models.CharField(max_length=200)
    """``client:ID`` or ``account:NUMBER``: two askers may choose the same key."""
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    """SHA-256 of method, address and body."""
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "asker", "key"), name="idempotency_key_once_per_asker"
            ),
        )
        indexes = (models.Index(fields=("site", "created_at"), name="idempotency_key_by_age"),)

    def __str__(self) -> str:
        return f"idempotency key {self.pk}"
