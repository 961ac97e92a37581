"""The last migrations of each application run while people write: nothing acknowledged is lost, nobody waits long.

`UPGRADE_ROWS=1000000` fills the facts first (`make faults`: 1,000,000), `UPGRADE_BACK=n` goes n migrations of each
application back and forward again. The time that somebody waits is printed, and held to its goal at full size alone: a
machine that is busy with other tests tells nothing.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests.faults.upgrading import Waits, Writers, lost_or_twice
from tests.operations.drill import Drill, drill
from tests.operations.test_migrations import OURS, names_of
from trialscreen.wiring.embedded.postgres import APPLICATION_USER, DATABASE, USER

ROWS = int(os.environ.get("UPGRADE_ROWS", "2000"))
BACK = int(os.environ.get("UPGRADE_BACK", "1"))
LONGEST_WAIT = 1.0
QUIET_SECONDS = 1.0

pytestmark = [pytest.mark.requirement(80), pytest.mark.xdist_group("drill")]


def connected(one: Drill, user: str) -> Any:
    return psycopg2.connect(host=str(one.place.sockets), user=user, dbname=DATABASE)


def fill(one: Drill, rows: int) -> None:
    """So many facts that are superseded, past the triggers: they are here for their number alone."""
    with closing(connected(one, USER)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT string_agg(column_name, ', ' ORDER BY column_name) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = 'patients_labresult'"
            " AND column_name NOT IN ('id', 'ref', 'digest', 'superseded_version')"
        )
        (columns,) = cursor.fetchone()
        cursor.execute(
            f"INSERT INTO patients_labresult ({columns}, ref, digest, superseded_version)"
            f" SELECT {columns}, 'fill-' || n, md5(n::text), since_version + 1"
            " FROM (SELECT * FROM patients_labresult ORDER BY id LIMIT 1) held, generate_series(1, %s) n",
            [rows],
        )
    with closing(connected(one, USER)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE patients_labresult")


def listed(one: Drill, statement: str) -> list[Any]:
    with closing(connected(one, USER)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def writers_of(one: Drill) -> Writers:
    (site,) = listed(one, "SELECT id FROM institution_site")
    return Writers(
        lambda: connected(one, APPLICATION_USER),
        site=site,
        patients=listed(one, "SELECT id::text FROM patients_patient ORDER BY 1"),
        screenings=listed(one, "SELECT id::text FROM eligibility_screening ORDER BY 1"),
    )


def test_nothing_is_lost_and_nobody_waits_long_while_it_is_migrated() -> None:
    with drill() as one:
        one.use()
        fill(one, ROWS)
        for app in OURS:
            one.manage("migrate", app, names_of(app)[-1 - BACK])
        undone = one.manage("showmigrations", "--list", *OURS).count("[ ]")
        writers = writers_of(one)
        writers.start()
        time.sleep(QUIET_SECONDS)
        with Waits(lambda: connected(one, USER), APPLICATION_USER) as waits:
            writers.phase, began = "while", time.monotonic()
            gave_way = one.manage("migrate", "--noinput").count("gave way")
            took = time.monotonic() - began
            writers.phase = "after"
            time.sleep(QUIET_SECONDS)
        told = writers.end()
        with closing(connected(one, USER)) as connection, connection.cursor() as cursor:
            wrong = list(lost_or_twice(cursor, told))
        slowest = {phase: round(seconds, 3) for phase, seconds in told.slowest.items()}
        print(  # noqa: T201 - shown with -s
            f"\n{undone} migrations over {ROWS} facts in {took:.1f} s; writes {dict(told.done)}, the slowest"
            f" {slowest} s; the longest wait for a lock {waits.longest:.3f} s; the migration gave way {gave_way} times;"
            f" writes begun anew after a deadlock: {told.anew}"
        )
        assert undone >= len(OURS)
        assert told.errors == []
        assert wrong == []
        assert min(told.done[phase] for phase in ("before", "while", "after")) > 0
        if ROWS >= 1_000_000:
            assert waits.longest < LONGEST_WAIT
        # The code of the release goes on upon what it finds, and the trail has all of it.
        one.use()
        one.check(go_on=False)
