"""Background tasks of the house itself."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from patients.actions.repeats import purge_old_keys
from trialscreen.institution.actions import record_pulse
from trialscreen.institution.signed_tokens.once import forget_ended
from trialscreen.institution.trail.forwarding import forward
from trialscreen.institution.trail.heads import publish_heads
from trialscreen.wiring import demonstration

DEFAULT_WORKER = "worker"
AT_A_TIME = 8
"""Invented patients received by one task."""


@shared_task(name="wiring.pulse")
def pulse(worker: str = DEFAULT_WORKER, sent_at: str | None = None) -> None:
    """Show that messages travel from the broker through a worker into the database.

    `sent_at` (ISO 8601 with offset) is what is recorded; without it, the time of running.
    """
    seen_at = timezone.now() if sent_at is None else datetime.fromisoformat(sent_at)
    record_pulse(worker=worker, seen_at=seen_at)


@shared_task(name="wiring.publish_trail_heads")
def publish_trail_heads() -> int:
    """Copy the ends of the trail's chains out of the database, those that have moved. Returns how many."""
    return publish_heads(at=timezone.now(), path=settings.TRAIL_HEADS_FILE)


@shared_task(name="wiring.forward_trail")
def forward_trail() -> int:
    """Tell the security office's log what was sealed since the last time, if there is one. Returns how many entries."""
    return forward(settings.SIEM_URL, now=timezone.now()) if settings.SIEM_URL else 0


@shared_task(name="wiring.purge_idempotency_keys")
def purge_idempotency_keys() -> int:
    """Forget the keys of requests, with their answers, that were kept long enough. Returns how many."""
    return purge_old_keys(now=timezone.now())


@shared_task(name="wiring.forget_shown_tokens")
def forget_shown_tokens() -> int:
    """Forget which signed tokens were shown, when they have ended and would be refused anyway. Returns how many."""
    return forget_ended(now=timezone.now())


@shared_task(name="wiring.receive_invented_patients")
def receive_invented_patients() -> int:
    """Receive the next invented patients that are missing, in a demonstration alone. Returns how many.

    A few at a time, and then itself again: a worker that is told to end waits for the task in hand.
    """
    missing = demonstration.missing() if settings.DEMONSTRATION else []
    for key in missing[:AT_A_TIME]:
        demonstration.receive(key)
    if len(missing) > AT_A_TIME:
        receive_invented_patients.delay()
    return min(len(missing), AT_A_TIME)
