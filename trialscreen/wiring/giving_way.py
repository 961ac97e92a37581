"""Changing tables while people work on them: whoever changes them waits briefly, gives way, and begins anew.

A statement that alters a table waits for those who read or write it, and everybody who comes later waits behind it. So
the wait is short, what the migration had locked is free again when it gives up, and that is before the database looks
for a deadlock, which it could end by undoing what a person does.

A migration that locks the facts first and the patients afterwards meets, on busy tables, somebody who goes the other
way each time it begins. So it takes, once it has begun anew, the locks that it was short of together, where it needs
the first of them, and in the order in which those who write take them: what is referred to before what refers to it,
the trail last.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db import OperationalError, connection

LOCK_WAIT_MS: Final = 400
"""How long people wait at most behind a migration that waits. Below PostgreSQL's deadlock_timeout of 1 s."""
LONGEST_PAUSE_SECONDS: Final = 2.0
ATTEMPTS: Final = 60
"""About two minutes. Whoever holds a table longer than that has to be ended by a person."""
_GIVES_WAY: Final = frozenset({"55P03", "40P01"})
"""lock_not_available and deadlock_detected."""
_ROWS: Final = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_TRAIL: Final = "institution_trail"


def giving_way(
    work: Callable[[], object], tell: Callable[[str], None], *, attempts: int = ATTEMPTS
) -> None:
    """Do `work` on the default connection, again and again until it need not wait long for a lock.

    `tell` gets a line for each time that it gave way.

    Raises:
        OperationalError: the last one, when it gave way `attempts` times; and any that is about something else.
    """
    locks = LocksAhead()
    for attempt in range(1, attempts):
        try:
            return _waiting_briefly(work, locks)
        except OperationalError as fault:
            if getattr(fault.__cause__, "pgcode", None) not in _GIVES_WAY:
                raise
            locks.missed()
            tell(
                f"Somebody works on a table that is to change: gave way and begins anew ({attempt})"
            )
            time.sleep(min(0.1 * attempt, LONGEST_PAUSE_SECONDS))
    return _waiting_briefly(work, locks)


class LocksAhead:
    """Sees each statement; where one changes a table that an earlier transaction was short of, locks all of those."""

    def __init__(self) -> None:
        self._transaction: object = None
        self._named: set[str] = set()
        self._wanted: list[str] = []

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        transaction = connection.atomic_blocks[0] if connection.atomic_blocks else None
        if transaction is not self._transaction:
            self._transaction, self._named = transaction, set()
        if transaction is not None and not _ROWS.match(sql):
            named = set(_WORD.findall(sql))
            if not named.isdisjoint(self._wanted):
                self._lock()
            self._named |= named
        return execute(sql, params, many, context)

    def missed(self) -> None:
        """The transaction came to nothing: the tables that it named are wanted together by the next one."""
        with connection.cursor() as cursor:
            self._wanted = in_order(cursor, self._named.union(self._wanted))
        self._transaction, self._named = None, set()

    def _lock(self) -> None:
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            for table in self._wanted:
                cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        self._named.update(self._wanted)
        self._wanted = []


def in_order(cursor: Any, names: Iterable[str]) -> list[str]:
    """Of these names the tables, those that are referred to before those that refer to them, the trail last."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname = ANY(%s)"
        " AND relnamespace = current_schema()::regnamespace",
        [list(names)],
    )
    tables = {name for (name,) in cursor.fetchall()}
    cursor.execute(
        "SELECT f.relname, t.relname FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid"
        " JOIN pg_class t ON t.oid = c.confrelid WHERE c.contype = 'f' AND f.oid <> t.oid"
    )
    refers: dict[str, set[str]] = {}
    for table, to in cursor.fetchall():
        refers.setdefault(table, set()).add(to)
    depth = {table: len(_referred_to(table, refers)) for table in tables}
    return sorted(tables, key=lambda table: (table.startswith(_TRAIL), depth[table], table))


def _referred_to(table: str, refers: dict[str, set[str]]) -> set[str]:
    """Every table that this one needs, over others too: a table has more of them than each that it refers to."""
    found: set[str] = set()
    ahead = [table]
    while ahead:
        new = refers.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return found


def _waiting_briefly(work: Callable[[], object], locks: LocksAhead) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_WAIT_MS}ms"])
    try:
        with connection.execute_wrapper(locks):
            work()
    finally:
        if connection.connection is not None and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
