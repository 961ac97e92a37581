"""Messages made at once, without a screening behind each: what sending does with them is the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from eligibility.models import Dispatch, Endpoint
from eligibility.telling.kinds import Kind

START = datetime.fromisoformat("2026-11-25T15:30:00+00:00")


def queued(
    endpoint: Endpoint,
    lanes: Iterable[tuple[uuid.UUID, int]],
    *,
    at: datetime = START,
) -> list[Dispatch]:
    """A message for each lane and place in it."""
    return Dispatch.objects.bulk_create(
        Dispatch(
            site_id=endpoint.site_id,
            endpoint=endpoint,
            message=uuid.uuid4(),
            lane=lane,
            sequence=sequence,
            kind=Kind.SIGNATURE_MADE.value,
            made_at=at,
            due_at=at,
        )
        for lane, sequence in lanes
    )


def lane(*, messages: int = 1) -> list[tuple[uuid.UUID, int]]:
    """The places of one patient."""
    of = uuid.uuid4()
    return [(of, sequence) for sequence in range(1, messages + 1)]


class Clock:
    """The time that those who send go by."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def passes(self, **how_long: float) -> None:
        self.moment += timedelta(**how_long)


def use_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr("eligibility.sending.timezone", held)
    return held
