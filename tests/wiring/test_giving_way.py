"""Whoever migrates gives way to those who work, and begins anew."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from trialscreen.wiring.giving_way import LOCK_WAIT_MS, giving_way, in_order

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def somebody_reads() -> Iterator[threading.Event]:
    """A transaction on another connection that has looked at the sites; it ends when the event is set."""
    looked, over = threading.Event(), threading.Event()

    def read() -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM institution_site")
            looked.set()
            over.wait(30)
            cursor.execute("ROLLBACK")
        other.close()

    reader = threading.Thread(target=read)
    reader.start()
    assert looked.wait(30)
    try:
        yield over
    finally:
        over.set()
        reader.join(30)


def lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute("LOCK TABLE institution_site IN ACCESS EXCLUSIVE MODE")
        finally:
            cursor.execute("ROLLBACK")


def lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def test_it_is_begun_anew_until_nobody_holds_the_table() -> None:
    before, told = lock_timeout(), []
    with somebody_reads() as over:

        def tell(line: str) -> None:
            told.append(line)
            if len(told) == 2:
                over.set()

        giving_way(lock, tell)
    assert len(told) >= 2
    assert told[0].endswith("gave way and begins anew (1)")
    assert lock_timeout() == before


def test_it_gives_up_in_the_end_and_says_why() -> None:
    told: list[str] = []
    with somebody_reads(), pytest.raises(OperationalError, match="lock timeout"):
        giving_way(lock, told.append, attempts=3)
    assert len(told) == 2


def test_what_is_wrong_for_another_reason_is_not_tried_again() -> None:
    told: list[str] = []

    def wrong() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    with pytest.raises(ProgrammingError, match="no_such_table"):
        giving_way(wrong, told.append)
    assert told == []


def test_begun_anew_it_takes_what_it_was_short_of_together() -> None:
    held: list[list[str]] = []

    def change() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE institution_account IN ACCESS SHARE MODE")
            cursor.execute(
                "SELECT relation::regclass::text FROM pg_locks WHERE pid = pg_backend_pid()"
                " AND mode = 'AccessExclusiveLock' ORDER BY 1"
            )
            held.append([name for (name,) in cursor.fetchall()])
            cursor.execute("LOCK TABLE institution_site IN ACCESS EXCLUSIVE MODE")

    with somebody_reads() as over:
        giving_way(change, lambda _: over.set())
    assert held == [[], ["institution_account", "institution_site"]]


def test_what_is_referred_to_is_locked_before_what_refers_to_it_and_the_trail_last() -> None:
    inward = [
        "institution_site",
        "patients_patient",
        "patients_labresult",
        "institution_trailentry",
    ]
    with connection.cursor() as cursor:
        found = in_order(cursor, [*reversed(inward), "ALTER", "no_such_table"])
    assert found == inward


def test_it_waits_less_than_the_database_needs_to_find_a_deadlock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int FROM pg_settings WHERE name = 'deadlock_timeout'")
        (milliseconds,) = cursor.fetchone()
    assert milliseconds > LOCK_WAIT_MS
