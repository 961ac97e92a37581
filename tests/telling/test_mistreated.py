"""Two real workers, a real broker and the schedule, with everything that goes wrong at the same time.

Receivers that are slow, refuse, hang and hang up; hints that come up to five times and late, tasks that nobody knows
and that are no JSON; messages that end the process that sends them; a worker killed and the broker emptied in between.
`TOLD=n` asks for another number of messages (3,000 in full; 20 usually), over five endpoints.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import redis
from celery import Celery
from django.utils import timezone
from kombu.messaging import Producer

from eligibility.models import Attempt, Dispatch
from tests.eligibility.stored import make_site
from tests.telling.conftest import Register
from tests.telling.outbox import lane, queued
from tests.telling.receiver import Received, Receiver, receiving
from tests.wiring.test_worker_end_to_end import ROOT, broker_url, kill_outright, own_url
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.embedded.processes import Process

__all__ = ["broker_url"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
TOLD = int(os.environ.get("TOLD", "20"))
POISONED = max(1, TOLD // 1000)
IN_LANE = 4
LONGEST = 120 + TOLD


class There(NamedTuple):
    """An endpoint, who receives for it, and what it is to be told."""

    endpoint: int
    secret: str
    receiver: Receiver
    held: list[Dispatch]


def slow(_one: Received, _often: int) -> int:
    time.sleep(0.05)
    return 204


def refusing(_one: Received, often: int) -> int:
    return 500 if often <= 2 else 200


def hanging(one: Received, often: int) -> int:
    if often == 1 and int(one.id[-2:], 16) < 16:
        time.sleep(3)
    return 204


def hanging_up(one: Received, often: int) -> int | None:
    return None if often == 1 and int(one.id[-1], 16) < 4 else 204


def well(_one: Received, _often: int) -> int:
    return 204


def behaving(receiver: Receiver, how: Callable[[Received, int], int | None]) -> None:
    often: Counter[str] = Counter()

    def answers(one: Received) -> int | None:
        often[one.id] += 1
        return how(one, often[one.id])

    receiver.answers = answers


@pytest.fixture
def there(register: Register) -> Iterator[tuple[Site, list[There]]]:
    site = make_site()
    lanes = TOLD // 5 // IN_LANE
    with ExitStack() as stack:
        made = []
        for how in (well, slow, refusing, hanging, hanging_up):
            receiver = stack.enter_context(receiving())
            behaving(receiver, how)
            with use_sites([site.pk]):
                given = register(site, f"{receiver.url}/{how.__name__}", name=how.__name__)
                places = [one for _ in range(lanes) for one in lane(messages=IN_LANE)]
                held = queued(given.endpoint, places, at=timezone.now())
            made.append(There(given.endpoint.pk, given.secret, receiver, held))
        yield site, made


@pytest.fixture
def start(broker_url: str, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def run(poison: str, *more: str) -> Process:
        told = {"DATABASE_URL": own_url(), "BROKER_URL": broker_url, "POISON": poison, "DEBUG": "1"}
        named = ("--without-gossip", "--without-mingle", "--concurrency", "2")
        worker = Process(
            "the worker",
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "tests.telling.mistreated",
                "worker",
                *named,
                *more,
            ],
            tmp_path / f"worker-{len(started)}.log",
            environment=os.environ | told,
            folder=ROOT,
        )
        started.append(worker)
        worker.start()
        return worker

    yield run
    for one in started:
        one.end(patience=10)


@pytest.mark.requirement(71)
def test_everything_that_goes_wrong_at_once_loses_nothing(
    broker_url: str,
    start: Callable[..., Process],
    there: tuple[Site, list[There]],
    tmp_path: Path,
) -> None:
    site, endpoints = there
    poison = [endpoints[n % 5].held[n // 5 * IN_LANE] for n in range(POISONED)]
    with use_sites([site.pk]):
        # Two tries are left of five: the processes that it ends are few, and it is parked all the same.
        few = Dispatch.objects.filter(pk__in=[one.pk for one in poison])
        few.update(tries=3 if TOLD < 1000 else 0)
    named = " ".join(str(one.message) for one in poison)
    begun = time.monotonic()
    first = start(named, "--beat", "--schedule", str(tmp_path / "beat"), "--hostname", "a@%h")
    start(named, "--hostname", "b@%h")
    ends = threading.Event()
    pestering = threading.Thread(target=pester, args=(broker_url, endpoints, site, ends))
    pestering.start()
    try:
        await_that(lambda: left(site) <= len(poison) + TOLD // 2, first)
        kill_outright(first)
        redis.Redis(unix_socket_path=broker_url.removeprefix("redis+socket://")).flushall()
        third = start(named, "--beat", "--schedule", str(tmp_path / "beat"), "--hostname", "c@%h")
        await_that(lambda: left(site) == 0, third)
    finally:
        ends.set()
        pestering.join()
    judge(site, endpoints, {str(one.message) for one in poison})
    sent = sum(len(one.receiver.received) for one in endpoints)
    print(f"{TOLD} messages, {sent} requests, {time.monotonic() - begun:.0f} s")  # noqa: T201


def pester(broker_url: str, endpoints: list[There], site: Site, ends: threading.Event) -> None:
    """Hints, each up to five times and out of order, with what no worker can use between them."""
    chance = random.Random(20261125)
    with Celery("sender", broker=broker_url, set_as_current=False) as sender:
        sender.conf.update(task_serializer="json", accept_content=["json"])
        producer = Producer(sender.connection_for_write())
        for _ in range(TOLD // 4):
            for _again in range(chance.randint(1, 5)):
                one = chance.choice(endpoints)
                args = [one.endpoint, site.pk]
                late = {"countdown": chance.randint(0, 2)}
                sender.send_task("eligibility.tell_endpoint", args, ignore_result=True, **late)
            if chance.random() < 0.1:
                sender.send_task("eligibility.no_such_task", [1], ignore_result=True)
                sender.send_task("eligibility.tell_endpoint", ["x", None], ignore_result=True)
                of = {"task": "eligibility.tell_endpoint", "id": str(uuid.uuid4())}
                said = {"content_type": "application/json", "content_encoding": "utf-8"}
                producer.publish(b"{no json", routing_key="celery", headers=of, **said)
            if ends.wait(0.02):
                return


def judge(site: Site, endpoints: list[There], poison: set[str]) -> None:
    with use_sites([site.pk]):
        held = Dispatch.objects.all()
        assert {str(one.message) for one in held.filter(state="parked")} == poison
        assert held.filter(state="delivered").count() == len(held) - len(poison)
        broken_off = Attempt.objects.filter(delivery__state="parked")
        assert {one.outcome for one in broken_off} == {"broken-off"}
    for one in endpoints:
        assert set(one.receiver.ids) == {str(each.message) for each in one.held} - poison
        assert all(each.is_signed_with(one.secret) for each in one.receiver.received)
        assert max(Counter(one.receiver.ids).values()) <= 5
        places = {str(each.message): (each.lane, each.sequence) for each in one.held}
        order: defaultdict[Any, list[int]] = defaultdict(list)
        for ident in dict.fromkeys(one.receiver.ids):
            of, sequence = places[ident]
            order[of].append(sequence)
        assert all(each == sorted(each) for each in order.values())


def left(site: Site) -> int:
    with use_sites([site.pk]):
        return Dispatch.objects.filter(state=Dispatch.WAITING).count()


def await_that(is_so: Callable[[], bool], worker: Process) -> None:
    end = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < end, worker.last_lines()
        time.sleep(0.2)
