"""Eight workers at the same endpoints at the same moment, each with a connection of its own."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from functools import partial
from uuid import UUID

import pytest

from eligibility import sending
from eligibility.actions.telling import _next_of
from eligibility.models import Attempt, Dispatch
from tests.eligibility.stored import make_site
from tests.faults.racing import CLIENTS, racing
from tests.telling.conftest import Register
from tests.telling.outbox import lane, queued, use_clock
from tests.telling.receiver import Receiver
from tests.workflow.staffed import candidate, staffed
from trialscreen.institution.scope import use_sites

DELIVERIES = int(os.environ.get("DELIVERIES", "36"))
"""How many messages eight workers share; another number shows how long it takes (`--durations`)."""
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


def test_each_message_is_sent_by_one_of_them(
    receiver: Receiver, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site()
    use_clock(monkeypatch)
    with use_sites([site.pk]):
        endpoint = register(site, f"{receiver.url}/hooks").endpoint
        held = queued(
            endpoint, [place for _ in range(DELIVERIES // 3) for place in lane(messages=3)]
        )
    with racing() as workers:
        while True:
            made = workers.at_once([partial(sending.send_due, endpoint.pk, site.pk)] * CLIENTS)
            assert all(isinstance(one, tuple) for one in made), made
            if not sum(one[0] for one in made):
                break
    assert set(Counter(receiver.ids).values()) == {1}
    assert len(receiver.ids) == len(held)
    lanes = {str(one.message): (one.lane, one.sequence) for one in held}
    order: defaultdict[UUID, list[int]] = defaultdict(list)
    for one in receiver.ids:
        of, sequence = lanes[one]
        order[of].append(sequence)
    assert all(each == [1, 2, 3] for each in order.values())
    with use_sites([site.pk]):
        assert Attempt.objects.count() == len(held)
        numbers = Dispatch.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(held) + 1))


def test_what_happens_at_once_to_one_patient_is_numbered_without_a_gap(
    receiver: Receiver, register: Register
) -> None:
    """Those who write for one patient come one after the other; the number of the second is not asked too early."""
    site = make_site()
    with use_sites([site.pk]):
        staffed(site.code)
        register(site, f"{receiver.url}/hooks")
        held = candidate("meets-everything", site)

    def tell() -> int:
        from eligibility.actions.telling import tell_of_step

        with use_sites([site.pk]):
            tell_of_step(held, "start", "candidate", detail={}, more={})
            return _next_of(held.patient_id) - 1

    with racing() as clients:
        told = clients.at_once([tell] * CLIENTS)
    first = min(told)
    assert sorted(told) == list(range(first, first + CLIENTS))
