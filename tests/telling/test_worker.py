"""The same with real workers and a real broker: killed over a POST, emptied, and nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import Celery
from django.utils import timezone

from eligibility.models import Dispatch
from tests.eligibility.stored import make_site
from tests.telling.conftest import Register
from tests.telling.outbox import lane, queued
from tests.telling.receiver import Received, Receiver
from tests.wiring.test_worker_end_to_end import (
    await_that,
    broker_url,
    kill_outright,
    start_worker,
)
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.embedded.processes import Process

__all__ = ["broker_url", "start_worker"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


@pytest.mark.requirement(71)
def test_a_worker_killed_over_a_post_and_an_emptied_broker_lose_nothing(
    broker_url: str,
    start_worker: Callable[[], Process],
    receiver: Receiver,
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEBUG", "1")  # so that the worker may tell this machine
    site = make_site()
    with use_sites([site.pk]):
        endpoint = register(site, f"{receiver.url}/hooks").endpoint
        places = [place for _ in range(5) for place in lane(messages=4)]
        held = queued(endpoint, places, at=timezone.now())
    reached, release = threading.Event(), threading.Event()

    def answers(_one: Received) -> int:
        if len(receiver.received) == 8:
            reached.set()
            release.wait(60)
        return 204

    receiver.answers = answers
    first = start_worker()
    with Celery("sender", broker=broker_url, set_as_current=False) as sender:
        sender.conf.update(task_serializer="json", accept_content=["json"])

        def ask(task: str, *args: Any) -> None:
            sender.send_task(task, args=args, ignore_result=True)

        ask("eligibility.tell_endpoint", endpoint.pk, site.pk)
        await_that(reached.is_set, first)
        kill_outright(first)
        release.set()
        redis.Redis(unix_socket_path=broker_url.removeprefix("redis+socket://")).flushall()
        with use_sites([site.pk]):
            claimed = Dispatch.objects.exclude(held_until=None)
            assert claimed.count() == 1
            # Forty-five seconds later.
            claimed.update(held_until=timezone.now() - timedelta(seconds=1))
        second = start_worker()

        def all_told() -> bool:
            with use_sites([site.pk]):
                return not Dispatch.objects.filter(state=Dispatch.WAITING).exists()

        ask("eligibility.tell")
        await_that(all_told, second)
    often = Counter(receiver.ids)
    assert set(often) == {str(one.message) for one in held}
    assert sorted(often.values()) == [1] * 19 + [2]
    first_times = list(dict.fromkeys(receiver.ids))
    of_lane = {str(one.message): (one.lane, one.sequence) for one in held}
    for _of in {one.lane for one in held}:
        told = [of_lane[one][1] for one in first_times if of_lane[one][0] == _of]
        assert told == [1, 2, 3, 4]
