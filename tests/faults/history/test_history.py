"""Eight clients over HTTP, with a real server and worker: what they were told and what is held agree.

`OPERATIONS=300000` asks for more than the usual few hundred, `SEED=n` for others. Some connections are cut, before the
request arrives, while it is worked on, and before the answer arrives; such requests are sent again with their keys.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.faults.history.checker import Report
from tests.faults.history.installation import CLIENTS, SHARES, History, Installation
from tests.wiring.test_worker_end_to_end import own_url
from trialscreen.wiring.embedded.places import passing_place

OPERATIONS = int(os.environ.get("OPERATIONS", "400"))
THOROUGH = 5_000
CANDIDATES = 6 if OPERATIONS < THOROUGH else 24
SEED = int(os.environ.get("SEED") or (time.time() if OPERATIONS >= THOROUGH else 1))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


@pytest.mark.requirement(46, 47, 84)
def test_what_was_told_and_what_is_held_agree(tmp_path: Path) -> None:
    report, said = worked(tmp_path, OPERATIONS)
    print(said)  # noqa: T201 - shown with -s
    assert report.faults == [], "\n".join(map(str, report.faults[:20]))
    assert report.outcomes["ok"] > report.operations / 2


@pytest.mark.skipif(OPERATIONS < THOROUGH, reason="OPERATIONS=5000 asks for it; make faults does")
def test_a_server_that_forgets_is_found_by_the_same_clients(tmp_path: Path) -> None:
    """Without keys and versions: were nothing found here, finding nothing above would show nothing."""
    report, said = worked(tmp_path, 400, application="tests.faults.history.forgetful")
    print(said, sorted(report.kinds()))  # noqa: T201 - shown with -s
    assert {"duplicate", "stale overwrite"} <= report.kinds()


def worked(folder: Path, operations: int, **other: str) -> tuple[Report, str]:
    """Work, let it come to rest, and check."""
    place = passing_place()
    environment = os.environ | {"DATABASE_URL": own_url()}
    served = Installation(environment, place, folder, seed=SEED, clients=CLIENTS, **other)
    try:
        history = History(served, operations=operations, candidates=CANDIDATES)
        served.start()
        served.proxy.shares = dict(SHARES)
        seconds = history.go_on()
        drained = served.await_drained()
        report, told = history.check()
    finally:
        served.stop()
        place.leave()
    return report, (
        f"\n{report.operations} operations in {seconds:.0f} s (SEED={SEED}): {dict(report.outcomes)}"
        f"\n  connections: { ({fate.value: n for fate, n in served.proxy.happened.items()}) }"
        f"\n  unanswered, sent again: {dict(report.resolved)}; done: {dict(told['done'])}"
        f"\n  {told['entries']} entries of the trail verified; nothing left to assess after {drained:.0f} s"
    )
