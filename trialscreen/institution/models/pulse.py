"""The sign of life of the worker of background tasks."""

from __future__ import annotations

from django.db import models


class WorkerPulse(models.Model):
    """When the worker of background tasks was last seen alive; one row for each worker name."""

    worker = models.CharField(max_length=100, unique=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "worker pulse"

    def __str__(self) -> str:
        return f"{self.worker}, seen {self.seen_at:%Y-%m-%d %H:%M:%S %Z}"
