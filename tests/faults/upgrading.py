"""People who go on working while the database is migrated: plain SQL as the application's role, in its transactions.

The code of a release does not run on the schema before it, so what it would write is written here by SQL that both
schemas take: a result that arrives (the patient's row is held, the received resource and the fact are added), and an
act on a screening (claimed by its version, one event added). Each writer has rows of its own, so that whoever waits,
waits for the migration.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import psycopg2

PAUSE: Final = 0.005
DEADLOCK: Final = "40P01"
"""The database breaks a deadlock by undoing one of two; the application begins that anew, and so is it done here."""
Connect = Callable[[], Any]


@dataclass
class Told:
    """What was acknowledged, how long it took by phase (seconds), what was begun anew, and what went wrong."""

    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    slowest: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    anew: int = 0
    errors: list[str] = field(default_factory=list)


class Writers:
    """One thread for each patient and each screening; `phase` says what their times are counted as."""

    def __init__(self, connect: Connect, *, site: int, patients: list[str], screenings: list[str]):
        self.connect, self.site = connect, site
        self.phase, self.over = "before", threading.Event()
        self.told = Told()
        work = [(self.result_of, one) for one in patients] + [
            (self.act_on, one) for one in screenings
        ]
        self.threads = [threading.Thread(target=self._go_on, args=one, daemon=True) for one in work]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> Told:
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=60)
        return self.told

    def _go_on(self, act: Callable[[Any, str, str], None], of: str) -> None:
        done = self.told.acknowledged.setdefault(f"{act.__name__} {of}", [])
        with closing(self.connect()) as connection:
            while not self.over.is_set():
                key, phase, began = uuid4().hex, self.phase, time.monotonic()
                while True:
                    try:
                        with connection, connection.cursor() as cursor:
                            cursor.execute(
                                "SELECT set_config('trialscreen.sites', %s, true)", [str(self.site)]
                            )
                            act(cursor, of, key)
                    except psycopg2.Error as fault:
                        if fault.pgcode == DEADLOCK:
                            self.told.anew += 1
                            continue
                        self.told.errors.append(f"{act.__name__}: {fault.pgcode} {fault}")
                    else:
                        done.append(key)
                    break
                took = time.monotonic() - began
                self.told.slowest[phase] = max(self.told.slowest[phase], took)  # type: ignore[assignment]
                self.told.done[phase] += 1
                time.sleep(PAUSE)

    @staticmethod
    def result_of(cursor: Any, patient: str, key: str) -> None:
        cursor.execute("SELECT 1 FROM patients_patient WHERE id = %s FOR NO KEY UPDATE", [patient])
        cursor.execute(
            "UPDATE patients_patient SET record_version = record_version + 1 WHERE id = %s"
            " RETURNING record_version",
            [patient],
        )
        (version,) = cursor.fetchone()
        place = 100_000 + version
        copied(cursor, "patients_receivedresource", patient, key=key, position=place)
        copied(
            cursor, "patients_labresult", patient,
            ref=key, digest=key, since_version=version, superseded_version=None,
        )  # fmt: skip

    @staticmethod
    def act_on(cursor: Any, screening: str, key: str) -> None:
        cursor.execute("SELECT version FROM eligibility_screening WHERE id = %s", [screening])
        (seen,) = cursor.fetchone()
        cursor.execute(
            "UPDATE eligibility_screening SET version = version + 1 WHERE id = %s AND version = %s",
            [screening, seen],
        )
        if cursor.rowcount != 1:
            raise AssertionError("somebody else acts on a screening that is one writer's own")
        copied(
            cursor, "eligibility_event", screening, of="screening_id",
            sequence=100_000 + seen, note=key,
        )  # fmt: skip


def copied(cursor: Any, table: str, whose: str, *, of: str = "patient_id", **other: Any) -> None:
    """Add a row like the first one of a patient or screening, but for these columns; whatever the schema is."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id' ORDER BY 1",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    taken = ", ".join("%s" if name in other else f'"{name}"' for name in columns)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table}"
        f" WHERE {of} = %s ORDER BY id LIMIT 1",
        [*(other[name] for name in columns if name in other), whose],
    )
    if cursor.rowcount != 1:
        raise AssertionError(f"nothing to copy in {table}")


def lost_or_twice(cursor: Any, told: Told) -> Iterator[str]:
    """What was acknowledged and is not there exactly once in each table that it was written to."""
    tables = {
        "result_of": (("patients_receivedresource", "key"), ("patients_labresult", "ref")),
        "act_on": (("eligibility_event", "note"),),
    }
    for name, keys in told.acknowledged.items():
        for table, column in tables[name.split()[0]]:
            cursor.execute(
                f"SELECT {column}, count(*) FROM {table} WHERE {column} = ANY(%s) GROUP BY 1",
                [keys],
            )
            held = dict(cursor.fetchall())
            yield from (f"{table} {key}: {held.get(key, 0)}" for key in keys if held.get(key) != 1)


class Waits:
    """The longest that the application has waited for a lock, seen by asking every few milliseconds."""

    def __init__(self, connect: Connect, user: str) -> None:
        self.connect, self.user, self.over, self.longest = connect, user, threading.Event(), 0.0
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Waits:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join(timeout=30)

    def _look(self) -> None:
        with closing(self.connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                while not self.over.is_set():
                    cursor.execute(
                        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)"
                        " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                        " WHERE NOT l.granted AND a.usename = %s",
                        [self.user],
                    )
                    self.longest = max(self.longest, float(cursor.fetchone()[0]))
                    time.sleep(PAUSE)
