"""A change and its entry are one; many write at once; and no clock says what was first."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Q

from tests.trail.kept import emptied
from trialscreen.institution.models import Site, TrailEntry
from trialscreen.institution.trail.actions import Word, note
from trialscreen.institution.trail.functions import WRITE
from trialscreen.institution.trail.reading import page
from trialscreen.institution.trail.verifying import verify
from trialscreen.wiring.owner import as_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("trail")]
KILLED = int(os.environ.get("KILLED_WRITERS", "6"))
TRANSACTIONS = int(os.environ.get("TRANSACTIONS", "20"))
THREADS = 8
WRITER = """
import sys, psycopg2
told = psycopg2.connect(sys.argv[1])
number = 0
print("writing", flush=True)
while True:
    with told, told.cursor() as cursor:
        for _ in range(5):
            cursor.execute("INSERT INTO auth_group (name) VALUES (%s)", [f"{sys.argv[2]}-{number}"])
            number += 1
"""


@pytest.fixture(autouse=True)
def nothing() -> None:
    emptied()


@pytest.mark.requirement(33)
def test_whoever_is_killed_leaves_both_or_neither() -> None:
    rng = random.Random(7)
    connection.ensure_connection()
    dsn = connection.connection.dsn
    for number in range(KILLED):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, dsn, str(number)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(rng.uniform(0.01, 0.15))
        writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=10)
    ended = time.monotonic() + 10
    while still_at_it() and time.monotonic() < ended:
        time.sleep(0.05)
    with as_owner():
        rows = set(Group.objects.values_list("name", flat=True))
        told = {
            (entry.new or {})["name"] for entry in TrailEntry.objects.filter(subject="auth_group")
        }
        assert rows == told
        assert rows
        assert len(rows) % 5 == 0
        assert verify().faults == []


def still_at_it() -> bool:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE 'INSERT INTO auth_group%%'"
        )
        return bool(cursor.fetchone()[0])


def test_many_write_to_several_chains_in_different_orders() -> None:
    sites = [
        Site.objects.create(
            code=f"s{n}", name="N", city="C", time_zone="UTC", opened_on=date(2026, 1, 1)
        )
        for n in range(THREADS)
    ]
    faults: list[BaseException] = []

    def writes(number: int) -> None:
        rng = random.Random(number)
        try:
            for turn in range(TRANSACTIONS):
                with transaction.atomic():
                    # One row of everybody's, held as it is held by the application; then chains in any order.
                    shared = Site.objects.select_for_update(no_key=True).get(pk=sites[turn % 2].pk)
                    for site in rng.sample(sites, 4):
                        note(Word.VIEWED, about="page", key=f"{number}-{turn}", site=site.pk)
                    note(Word.VIEWED, about="page", key=f"{number}-{turn}")
                    Site.objects.filter(pk=shared.pk).update(city=f"{number}-{turn}")
        except BaseException as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=writes, args=(number,)) for number in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(300)
    assert faults == []
    with as_owner():
        found = verify()
        assert found.faults == []
        acts = TrailEntry.objects.filter(kind="viewed").count()
        changes = TrailEntry.objects.filter(kind="update").count()
    assert (acts, changes) == (THREADS * TRANSACTIONS * 5, THREADS * TRANSACTIONS)


@pytest.mark.requirement(34)
def test_the_order_is_that_of_writing_while_the_clock_goes_back_an_hour() -> None:
    note(Word.VIEWED, about="page", key="first")
    replaced = WRITE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    try:
        with as_owner(), connection.cursor() as cursor:
            early = "clock_timestamp() - interval '1 hour'"
            cursor.execute(replaced.replace("clock_timestamp()", early))
        note(Word.VIEWED, about="page", key="second")
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(replaced)
    note(Word.VIEWED, about="page", key="third")
    with as_owner():
        found = page(Q(subject="page")).entries
        assert [one.key for one in found] == ["third", "second", "first"]
        assert found[1].at < found[2].at
        assert verify().faults == []
