"""What befalls an installation while clients work: processes killed and stopped, connections cut. Each by its pid.

Every fault is one of a closed list, chosen by a seed; after each it is waited until the product says that it is ready.
Nobody helps: what ends is started again as whoever keeps the processes would.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.faults.history.installation import Installation
from tests.faults.history.proxy import Fate
from tests.faults.history.scarce import answers, can_be_filled, full, no_connections
from tests.operations.drill import Drill
from trialscreen.wiring.embedded.processes import ProcessFault

STOPPED_SECONDS = (2, 6)
AT_WORK = 1.0
"""Seconds of ordinary work before the next fault."""
RESTART_SECONDS = 60


class Faults:
    """A schedule of faults, and for how long the product was away after each."""

    def __init__(self, served: Installation, drill: Drill, *, seed: int) -> None:
        self.served, self.drill = served, drill
        self.chance = random.Random(seed)
        self.happened: Counter[str] = Counter()
        self.ready_after: dict[str, list[float]] = defaultdict(list)
        self.ways: list[Callable[[], None]] = [
            self.a_web_worker_is_killed,
            self.a_child_of_the_worker_is_killed,
            self.the_worker_is_killed,
            self.a_backend_is_killed,
            self.all_backends_are_ended,
            self.the_postmaster_is_killed,
            self.the_broker_is_killed,
            self.the_broker_forgets,
            self.a_web_worker_stands_still,
            self.the_worker_stands_still,
            self.the_broker_stands_still,
            self.the_database_stands_still,
            self.connections_are_cut_before,
            self.connections_are_cut_while,
            self.connections_are_cut_after,
            self.no_connection_is_left,
        ]
        if can_be_filled(drill.place):
            self.ways.append(self.the_disk_is_full)
        # For trying out some of them alone: the words of their names.
        words = os.environ.get("FAULT_KINDS", "").split(",")
        self.ways = [one for one in self.ways if any(word in one.__name__ for word in words)]
        self.answered: dict[str, dict[tuple[int, str | None], int]] = {}

    def run(self, count: int) -> None:
        """So many, each kind as often as the others, in an order of chance."""
        planned: list[Callable[[], None]] = []
        while len(planned) < count:
            planned += self.chance.sample(self.ways, len(self.ways))
        for way in planned[:count]:
            time.sleep(AT_WORK * self.chance.random())
            began = time.monotonic()
            way()
            acted = time.monotonic() - began
            waited = self.served.await_ready()
            name = way.__name__.replace("_", " ")
            self.happened[name] += 1
            # What is stopped, or started by its keeper, is no time of the product's own.
            self.ready_after[name].append(round(waited, 1))
            assert acted < RESTART_SECONDS * 2, name

    # -- killed ------------------------------------------------------------------------------

    def a_web_worker_is_killed(self) -> None:
        self._kill(self.chance.choice(children(self.served.web.pid) or [0]))

    def a_child_of_the_worker_is_killed(self) -> None:
        for child in children(self.served.worker.pid):
            self._kill(child)

    def the_worker_is_killed(self) -> None:
        """The parent with all it has started; its keeper starts it again."""
        with suppress(ProcessLookupError):
            os.killpg(self.served.worker.pid, signal.SIGKILL)
        until(lambda: not self.served.worker.is_running)
        self.served.look_after()

    def a_backend_is_killed(self) -> None:
        """One of those that serve the application; PostgreSQL then ends all and recovers."""
        told = self.drill.sql(
            "SELECT string_agg(pid::text, ',') FROM pg_stat_activity"
            " WHERE datname = 'trialscreen' AND backend_type = 'client backend'"
        )
        ours = set(children(self._postmaster()))
        pids = [int(each) for each in (told or "").split(",") if each and int(each) in ours]
        if pids:
            self._kill(self.chance.choice(pids))

    def all_backends_are_ended(self) -> None:
        self.drill.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = 'trialscreen'"
        )

    def the_postmaster_is_killed(self) -> None:
        """It alone: the others notice, and end by themselves. Its keeper tries until it starts."""
        process = self.drill.postgres.process
        assert process is not None
        self._kill(process.pid)
        until(lambda: not process.is_running)
        self._start_the_database()

    def the_broker_is_killed(self) -> None:
        process = self.served.valkey.process
        assert process is not None
        self._kill(process.pid)
        process.end(patience=5)
        time.sleep(self.chance.random())
        self.served.valkey.start()

    def the_broker_forgets(self) -> None:
        """Emptied: every message that waited is gone."""
        self.served.forget()

    # -- stopped -----------------------------------------------------------------------------

    def a_web_worker_stands_still(self) -> None:
        self._stop([self.chance.choice(children(self.served.web.pid) or [0])])

    def the_worker_stands_still(self) -> None:
        pid = self.served.worker.pid
        self._stop([pid, *children(pid)])

    def the_broker_stands_still(self) -> None:
        process = self.served.valkey.process
        assert process is not None
        self._stop([process.pid])

    def the_database_stands_still(self) -> None:
        pid = self._postmaster()
        self._stop([pid, *children(pid)])

    # -- cut ---------------------------------------------------------------------------------

    def connections_are_cut_before(self) -> None:
        self._cut(Fate.BEFORE)

    def connections_are_cut_while(self) -> None:
        self._cut(Fate.WHILE)

    def connections_are_cut_after(self) -> None:
        self._cut(Fate.AFTER)

    # -- run out -----------------------------------------------------------------------------

    def no_connection_is_left(self) -> None:
        with no_connections(self.drill):
            told = answers(self.served.port, self.chance.uniform(*STOPPED_SECONDS))
        self.answered["no connection is left"] = told
        assert set(told) == {(503, "10")}, told

    def the_disk_is_full(self) -> None:
        """What needs room is refused, or PostgreSQL ends, and its keeper starts it when there is room."""
        with full(self.drill.place.home):
            told = answers(self.served.port, self.chance.uniform(*STOPPED_SECONDS))
        self.answered["the disk is full"] = told
        # Reading goes on, unless the database has ended.
        assert set(told) <= {(503, "10"), (302, None)}, told
        self._database_runs()

    # -- by which ----------------------------------------------------------------------------

    def _postmaster(self) -> int:
        process = self.drill.postgres.process
        assert process is not None
        return process.pid

    def _database_runs(self) -> None:
        process = self.drill.postgres.process
        assert process is not None
        # It may be about to end: what it could not write is known to it a moment later.
        time.sleep(1)
        if not process.is_running:
            self._start_the_database()

    def _start_the_database(self) -> None:
        end = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                self.drill.start()
            except ProcessFault:
                assert time.monotonic() < end, "PostgreSQL does not start again"
                time.sleep(0.3)
            else:
                return

    def _cut(self, fate: Fate) -> None:
        """Every second connection for a second."""
        proxy = self.served.proxy
        before = dict(proxy.shares)
        proxy.shares = {fate: 0.5}
        time.sleep(1)
        proxy.shares = before

    def _kill(self, pid: int) -> None:
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _stop(self, pids: list[int]) -> None:
        held = [pid for pid in pids if pid]
        seconds = self.chance.uniform(*STOPPED_SECONDS)
        try:
            for pid in held:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            time.sleep(seconds)
        finally:
            for pid in held:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in told.read_text().split()] if told.exists() else []


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
