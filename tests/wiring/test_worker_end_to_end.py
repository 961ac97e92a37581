"""One message all the way: a real worker process, a real Valkey, the real database.

No eager mode anywhere: what is shown here is what happens when it runs.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from celery import Celery
from django.db import connection

from trialscreen.institution.models import WorkerPulse
from trialscreen.wiring.embedded.places import passing_place
from trialscreen.wiring.embedded.processes import Process
from trialscreen.wiring.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180
WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
WHEN = datetime(2026, 11, 22, 9, 14, tzinfo=UTC)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


@pytest.fixture(scope="module")
def broker_url() -> Iterator[str]:
    place = passing_place()
    valkey = Valkey(place, place.home, durable=False)
    try:
        valkey.start()
        yield valkey.url
    finally:
        valkey.stop()
        place.leave()


@pytest.fixture
def start_worker(broker_url: str, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """Start a worker on this test's own database; all are ended afterwards."""
    started: list[Process] = []

    def start() -> Process:
        worker = Process(
            "the worker",
            [
                *(sys.executable, "-m", "celery", "--app", "trialscreen.wiring.celery", "worker"),
                *("--concurrency", "1", "--without-gossip", "--without-mingle"),
            ],
            tmp_path / f"worker-{len(started)}.log",
            environment=os.environ | {"DATABASE_URL": own_url(), "BROKER_URL": broker_url},
            folder=ROOT,
        )
        started.append(worker)
        worker.start()
        return worker

    yield start
    for worker in started:
        worker.end(patience=10)


def own_url() -> str:
    """The database of this test process, as pytest-django named it."""
    at: dict[str, Any] = connection.settings_dict
    secret = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{at['USER']}{secret}@{quote(at['HOST'], safe='')}{port}/{at['NAME']}"


def send_pulse(broker_url: str, worker: str) -> None:
    """As the application sends it, from another process than the worker's."""
    from trialscreen.wiring.celery import app

    settings = {name: app.conf[name] for name in ("task_serializer", "accept_content")}
    with Celery("sender", broker=broker_url, set_as_current=False) as sender:
        sender.conf.update(settings)
        sender.send_task("wiring.pulse", args=[worker, WHEN.isoformat()], ignore_result=True)


def seen(worker: str) -> datetime | None:
    return WorkerPulse.objects.filter(worker=worker).values_list("seen_at", flat=True).first()


def await_that(is_so: Callable[[], bool], worker: Process) -> None:
    """Fails with the end of the worker's log when it takes too long."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"it did not happen in {PATIENCE} s\n{worker.last_lines()}"
        time.sleep(0.1)


def test_a_message_becomes_a_row(broker_url: str, start_worker: Callable[[], Process]) -> None:
    worker = start_worker()
    send_pulse(broker_url, "one")
    await_that(lambda: seen("one") == WHEN, worker)


def test_a_message_outlives_the_worker_that_was_killed_over_it(
    broker_url: str, start_worker: Callable[[], Process]
) -> None:
    """The row is locked, so the task waits in the middle of its work when its worker is killed."""
    first = start_worker()
    WorkerPulse.objects.create(worker="two", seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    with a_locked_row("two") as others_waiting:
        send_pulse(broker_url, "two")
        await_that(others_waiting, first)
        kill_the_child_at_work(first)
    await_that(lambda: seen("two") == WHEN, first)


def test_a_message_sent_while_no_worker_runs_is_kept(
    broker_url: str, start_worker: Callable[[], Process]
) -> None:
    first = start_worker()
    send_pulse(broker_url, "before")
    await_that(lambda: seen("before") == WHEN, first)
    kill_outright(first)
    send_pulse(broker_url, "three")
    second = start_worker()
    await_that(lambda: seen("three") == WHEN, second)


class a_locked_row:  # noqa: N801 - read as "with a locked row"
    """Another connection holds the row; gives a question whether somebody waits for it."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._other = connection.copy()

    def __enter__(self) -> Callable[[], bool]:
        self._other.set_autocommit(False)
        with self._other.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM institution_workerpulse WHERE worker = %s FOR UPDATE", [self._worker]
            )
        return self._others_wait

    def __exit__(self, *_: object) -> None:
        self._other.rollback()
        self._other.close()

    @staticmethod
    def _others_wait() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) {WAITING}")
            return bool(cursor.fetchone()[0])


def kill_outright(worker: Process) -> None:
    """The worker and its pool; returns when their connections are closed.

    A Redis-like broker may still hand a message to a worker whose end it has not noticed, and that
    message is gone. That moment is why every enqueued intention is also a row found by a query.
    """
    os.killpg(worker.pid, signal.SIGKILL)
    await_that(lambda: not worker.is_running and not any_left(worker.pid), worker)


def any_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def kill_the_child_at_work(worker: Process) -> None:
    """The process of the pool that runs the task, as the kernel would when memory runs out."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    assert children
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    # The server does not notice yet that its client is gone, and would carry the statement out.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {WAITING}")
