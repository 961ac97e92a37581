"""The same while processes are killed and stopped and connections cut, on a PostgreSQL of its own.

`FAULTS=n` asks for so many (`make faults`: one of each; none in `make test`: too long), `SEED=n` for others.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.history.happening import Faults
from tests.faults.history.installation import CLIENTS, READY_SECONDS, SHARES, History, Installation
from tests.faults.history.scarce import small_disk
from tests.operations.drill import Drill
from trialscreen.wiring.embedded.places import passing_place
from trialscreen.wiring.embedded.postgres import Postgres
from trialscreen.wiring.embedded.programs import postgres_programs

FAULTS = int(os.environ.get("FAULTS", "0"))
SEED = int(os.environ.get("SEED") or time.time())
CANDIDATES = 6 if FAULTS < 100 else 24
WITHOUT_END = 10**9

pytestmark = pytest.mark.xdist_group("away")


@pytest.fixture
def drill() -> Iterator[Drill]:
    """A server that keeps what it has acknowledged, whatever is killed."""
    place = passing_place()
    try:
        with small_disk(place) as disk:
            postgres = Postgres(disk, place.home)
            try:
                postgres.start()
                one = Drill(disk, postgres, postgres_programs(disk))
                one.manage("migrate", "--noinput")
                yield one
            finally:
                postgres.stop()
    finally:
        place.leave()


@pytest.mark.skipif(not FAULTS, reason="FAULTS=n asks for it; make faults does")
@pytest.mark.requirement(33, 46, 47, 71, 84)
def test_nothing_is_lost_or_done_twice_whatever_is_killed(drill: Drill, tmp_path: Path) -> None:
    served = Installation(drill.environment(), drill.place, tmp_path, seed=SEED, clients=CLIENTS)
    try:
        history = History(served, operations=WITHOUT_END, candidates=CANDIDATES)
        served.start()
        served.proxy.shares = dict(SHARES)
        faults = Faults(served, drill, seed=SEED)

        def meanwhile() -> None:
            faults.run(FAULTS)
            history.over.set()

        seconds = history.go_on(meanwhile)
        served.await_ready()
        drained = served.await_drained()
        report, told = history.check()
    finally:
        served.stop()
    print(  # noqa: T201 - shown with -s
        f"\n{FAULTS} faults in {seconds:.0f} s of work (SEED={SEED}), {report.operations} operations:"
        f" {dict(report.outcomes)}"
        f"\n  seconds until ready again: {dict(faults.ready_after)}"
        f"\n  answered while something had run out (status, Retry-After): {faults.answered}"
        f"\n  connections: { ({fate.value: n for fate, n in served.proxy.happened.items()}) }"
        f"\n  unanswered, sent again: {dict(report.resolved)}; done: {dict(told['done'])}"
        f"\n  {told['entries']} entries of the trail verified; nothing left to assess after {drained:.0f} s"
    )
    assert report.faults == [], "\n".join(map(str, report.faults[:20]))
    assert max(max(each) for each in faults.ready_after.values()) <= READY_SECONDS
