"""Real workers killed at work, a real broker emptied and killed, messages lost, repeated and late: nothing is lost.

Every worker, the broker and the database are processes of their own. `KILLS=n` sets how often something is interrupted
(25; 1,000 with `make faults`), `SEED=n` which.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import redis
from celery import Celery
from django.db import connection

from eligibility import demonstration, tasks
from eligibility.overtaken import overtaken
from patients.actions import Attribution, receive_bundle, record_attestation
from patients.models import Patient
from tests.faults.anew import PROTOCOL, assert_as_anew
from tests.wiring.test_worker_end_to_end import await_that, kill_outright
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.embedded.places import passing_place
from trialscreen.wiring.embedded.processes import Process
from trialscreen.wiring.embedded.valkey import Valkey

KILLS = int(os.environ.get("KILLS", "25"))
SEED = int(os.environ.get("SEED", "20261125"))
BETWEEN_CHECKS = 20
SWEEP_AGAIN = 10
"""Seconds after which a sweep is asked for again, as beat does each minute."""
ZONES = {"montreal": "America/Montreal", "vancouver": "America/Vancouver"}
STORIES = [one.key for one in demonstration.catalogue() if one.expects.status != "ineligible"][:6]
SHORT = 0.06
"""Seconds: about two assessments. An interruption falls anywhere within."""
Start = Callable[[], Process]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A broker of this test's own: it is going to be killed."""
    place = passing_place()
    broker = Valkey(place, place.home, durable=False)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
        place.leave()


@pytest.fixture
def broker_url(valkey: Valkey) -> str:
    return valkey.url


class Ward:
    """Two sites whose records change, the post between them and a worker, and what befalls both."""

    def __init__(self, valkey: Valkey, start_worker: Start, sender: Celery) -> None:
        self.chance = random.Random(SEED)
        self.valkey, self.start_worker, self.sender = valkey, start_worker, sender
        self.broker = redis.Redis(unix_socket_path=valkey.url.removeprefix("redis+socket://"))
        self.happened: Counter[str] = Counter()
        self.late: list[list[Any]] = []
        self.fate: Callable[[list[Any]], object] = self.send
        self.worker = start_worker()
        self.patients: list[tuple[UUID, Site]] = []
        for code, zone in ZONES.items():
            site = Site.objects.create(
                code=code, name=code, city=code, time_zone=zone, opened_on=date(2026, 1, 1)
            )
            for key in STORIES[len(self.patients) :][:3]:
                self.patients.append((self.receive(key, site, 0), site))

    # -- records -----------------------------------------------------------------------------

    def receive(self, key: str, site: Site, days_ago: int) -> UUID:
        today = tasks.today_at(site)
        bundle = demonstration.bundle(key, on=today - timedelta(days_ago))
        with use_sites([site.pk]):
            raw = demonstration.to_json(bundle)
            by = Attribution()
            receipt = receive_bundle(raw, site=site, source="ehr", by=by, received_on=today)
        return receipt.patient.pk

    def change(self) -> None:
        number = self.chance.randrange(len(self.patients))
        patient, site = self.patients[number]
        if self.chance.random() < 0.2:
            self.receive(STORIES[number], site, self.chance.randrange(20))
            return
        with use_sites([site.pk]):
            record_attestation(
                patient=Patient.objects.get(pk=patient),
                trial=PROTOCOL.trial,
                criterion="informed-consent",
                wording_digest="",
                answer=self.chance.choice(["met", "not_met"]),
                stated_on=tasks.today_at(site),
                by=None,
                by_name="Dr Invented",
            )

    # -- the post ----------------------------------------------------------------------------

    def post(self, *, args: list[Any], **_: Any) -> None:
        """In place of `apply_async`: what becomes of a message is chosen for it."""
        self.fate(args)

    def send(self, args: list[Any]) -> None:
        self.sender.send_task("eligibility.assess", args=args, retry=False, ignore_result=True)

    def change_and(self, fate: Callable[[list[Any]], object]) -> None:
        self.fate = fate
        try:
            self.change()
        finally:
            self.fate = self.send

    # -- interruptions -----------------------------------------------------------------------

    def a_message_is_lost(self) -> None:
        self.change_and(lambda args: None)

    def a_message_is_repeated(self) -> None:
        times = self.chance.randint(2, 5)

        def repeatedly(args: list[Any]) -> None:
            for _ in range(times):
                self.send(args)

        self.change_and(repeatedly)

    def a_message_is_late(self) -> None:
        self.change_and(self.late.append)

    def late_messages_arrive_in_any_order(self) -> None:
        self.chance.shuffle(self.late)
        while self.late:
            self.send(self.late.pop())

    def a_child_is_killed_at_work(self) -> None:
        """The process of the pool that runs the task, as the kernel would when memory runs out."""
        self.work_for_a_moment()
        for child in self.children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def the_worker_is_killed(self) -> None:
        self.work_for_a_moment()
        if self.worker.is_running:
            kill_outright(self.worker)
        self.worker = self.start_worker()

    def a_child_stands_still(self) -> None:
        children = self.children()
        self.work_for_a_moment()
        for how in (signal.SIGSTOP, signal.SIGCONT):
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(child, how)
            self.change()

    def the_broker_forgets(self) -> None:
        self.work_for_a_moment()
        self.broker.flushall()

    def the_broker_is_killed(self) -> None:
        self.work_for_a_moment()
        assert self.valkey.process is not None
        os.kill(self.valkey.process.pid, signal.SIGKILL)
        self.valkey.process.end(patience=10)
        self.change()  # with nobody to tell
        self.valkey.start()

    def the_database_hangs_up(self) -> None:
        self.work_for_a_moment()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )

    def work_for_a_moment(self) -> None:
        """Two messages, and the worker somewhere between the first and behind the last."""
        await_that(self.there_is_a_worker, self.worker)
        self.change()
        self.change()
        time.sleep(self.chance.random() * SHORT)
        self.happened["… while a message was being worked on"] += self.broker.hlen("unacked") > 0

    def there_is_a_worker(self) -> bool:
        """As whoever runs a worker sees to it: one whose only child was killed as it came up has ended."""
        if not self.worker.is_running:
            self.happened["… so that the worker ended by itself"] += 1
            self.worker = self.start_worker()
        return bool(self.children())

    def children(self) -> list[int]:
        held = Path(f"/proc/{self.worker.pid}/task/{self.worker.pid}/children")
        try:
            return [int(each) for each in held.read_text().split()]
        except FileNotFoundError:
            return []

    def interrupt(self) -> None:
        often = {
            self.a_message_is_lost: 10,
            self.a_message_is_repeated: 10,
            self.a_message_is_late: 10,
            self.late_messages_arrive_in_any_order: 5,
            self.a_child_is_killed_at_work: 30,
            self.a_child_stands_still: 10,
            self.the_worker_is_killed: 5,
            self.the_broker_forgets: 8,
            self.the_broker_is_killed: 4,
            self.the_database_hangs_up: 8,
        }
        way = self.chance.choices(list(often), list(often.values()))[0]
        self.happened[way.__name__] += 1
        way()

    # -- afterwards --------------------------------------------------------------------------

    def sweep(self) -> None:
        """One sweep finds everything; a worker that has yet to come up, or was hung up on, is asked again."""
        asked = 0.0

        def done() -> bool:
            nonlocal asked
            if not self.left():
                return True
            self.there_is_a_worker()
            if time.monotonic() > asked + SWEEP_AGAIN:
                asked = time.monotonic()
                self.sender.send_task("eligibility.sweep", retry=False, ignore_result=True)
                self.happened["sweeps"] += 1
            return False

        await_that(done, self.worker)

    def left(self) -> list[Any]:
        found: list[Any] = []
        for site in {site.pk: site for _, site in self.patients}.values():
            with use_sites([site.pk]):
                today = {site.pk: tasks.today_at(site)}
                found += overtaken(digest=PROTOCOL.digest(), today=today)
        return found


@pytest.fixture
def ward(
    valkey: Valkey, start_worker: Start, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ward]:
    from trialscreen.wiring.celery import app

    settings.BROKER_URL = valkey.url
    conf = {name: app.conf[name] for name in ("task_serializer", "accept_content")}
    with Celery("sender", broker=valkey.url, set_as_current=False) as sender:
        sender.conf.update(conf, broker_transport_options=app.conf.broker_transport_options)
        waiting: list[Any] = []
        monkeypatch.setattr(
            tasks.assess_patient, "apply_async", lambda **told: waiting.append(told)
        )
        made = Ward(valkey, start_worker, sender)
        monkeypatch.setattr(tasks.assess_patient, "apply_async", made.post)
        yield made


@pytest.mark.requirement(84)
def test_after_interruptions_of_real_processes_a_sweep_leaves_what_assessing_anew_gives(
    ward: Ward,
) -> None:
    for number in range(1, KILLS + 1):
        ward.interrupt()
        if number % BETWEEN_CHECKS == 0 or number == KILLS:
            ward.sweep()
            assert_as_anew(ward.patients)
    print(dict(ward.happened))  # noqa: T201 - shown with -s
    assert ward.happened["a_child_is_killed_at_work"] + ward.happened["the_worker_is_killed"] > 0
