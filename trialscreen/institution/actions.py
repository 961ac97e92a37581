"""What changes the institution's rows."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Greatest

from trialscreen.institution.models import WorkerPulse


def record_pulse(*, worker: str, seen_at: datetime) -> None:
    """Note that `worker` was alive at `seen_at`.

    Idempotent and in any order: a message delivered again, or late, never turns the clock back.
    """
    WorkerPulse.objects.bulk_create(
        [WorkerPulse(worker=worker, seen_at=seen_at)], ignore_conflicts=True
    )
    WorkerPulse.objects.filter(worker=worker).update(seen_at=Greatest(F("seen_at"), Value(seen_at)))
