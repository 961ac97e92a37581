"""The two questions of whoever keeps this running."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from trialscreen.institution.actions import record_pulse
from trialscreen.institution.models import WorkerPulse


def test_live_needs_nothing(client: Client) -> None:
    assert client.get("/healthz/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_the_broker_that_does_not_answer(client: Client) -> None:
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "database": "ok",
        "migrations": "ok",
        "broker": "unavailable",
        "cache": "ok",
        "worker": "late",
        "worker_last_seen": None,
    }


@pytest.mark.django_db
def test_a_pulse_may_come_twice_and_late() -> None:
    now = datetime(2026, 11, 22, 9, 14, tzinfo=UTC)
    for seen_at in (now, now, now - timedelta(minutes=5)):
        record_pulse(worker="worker", seen_at=seen_at)
    assert [(row.worker, row.seen_at) for row in WorkerPulse.objects.all()] == [("worker", now)]
