"""What the trail costs whoever writes, and how long it takes to verify a long one.

``ENTRIES`` is how long; goal: a million in 60 seconds.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from trialscreen.institution.trail.verifying import verify
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
OF_A_TRANSACTION = 20
GOAL = 60
# Every entry is of as many characters as one of a laboratory result.
FILL = """
DO $$ BEGIN
    FOR i IN 1..{0} LOOP
        PERFORM trail_write(i %% 10, 'insert', 'patients_labresult', i::text || '-' || j, gen_random_uuid(), NULL,
            jsonb_build_object('fact', repeat('laboratory ', 40), 'analyte', 'creatinine', 'value', j))
        FROM generate_series(1, {1}) j;
        COMMIT;
    END LOOP;
END $$
"""


@pytest.fixture
def long_trail() -> Iterator[None]:
    with as_owner():
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                FILL.format(ENTRIES // OF_A_TRANSACTION, OF_A_TRANSACTION).replace("%%", "%")
            )
            cursor.execute("VACUUM ANALYZE institution_trailentry, institution_traillink")
        print(f"\n{ENTRIES:,} entries written in {time.perf_counter() - began:.0f} s")
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE institution_trailentry, institution_traillink, institution_trailhead"
        )


def test_a_long_trail_is_verified(long_trail: None) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    found = verify()
    took, own = time.perf_counter() - began, time.process_time() - worked
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(
        f"{found.entries:,} entries in {found.links:,} links verified in {took:.0f} s (goal {GOAL} s),"
        f" {own:.0f} s of it our own; memory grew by {grown} MB"
    )
    assert found.faults == []
    assert found.entries >= ENTRIES


@pytest.mark.parametrize("rows", [1, 100, 5_000])
def test_what_a_statement_costs_with_the_trail(rows: int) -> None:
    """The same insertion by the owner, with the triggers and without."""
    took = {}
    with as_owner():
        for role in ("origin", "replica"):
            times = []
            for _ in range(5):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL session_replication_role = {role}")
                    began = time.perf_counter()
                    cursor.execute(
                        "INSERT INTO auth_group (name) SELECT 'g' || i FROM generate_series(1, %s) i",
                        [rows],
                    )
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    times.append(time.perf_counter() - began)
                    transaction.set_rollback(True)
            took[role] = min(times) * 1000
    print(
        f"\n{rows:>5} rows: {took['origin']:.1f} ms with the trail and its seal, {took['replica']:.1f} ms without,"
        f" ratio {took['origin'] / took['replica']:.1f}"
    )
