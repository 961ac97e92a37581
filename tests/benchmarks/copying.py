"""What storing is measured against: COPY of the rows that were stored, from tuples, into tables of the same form.

COPY is given the values as Python has them and writes their text itself. It neither parses nor checks what a hospital
sent, it decides nothing, and nobody asks it whose rows it may write. Told apart are the rows of the tables alone, and
the entries of the trail that go with them: they are stored as well, and sealed.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.owner import as_owner

AT_ONCE = 4_000
"""Rows of one COPY and one transaction: about as many as one step of an import stores in all tables."""
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copies_of_the_same_rows(site: Site, tables: Sequence[str]) -> Iterator[tuple[str, float, int]]:
    """What was copied into what, in how many seconds, and how many rows; at last all of it with its trail."""
    held = {table: _rows(table, site) for table in tables}
    count = sum(map(len, held.values()))
    with as_owner():
        _told(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)" for table in tables)
        yield "rows into tables with their indexes", _copied(site, held), count
        _told(told for table in tables for told in _keys(table, tables))
        yield "rows into tables with indexes and keys", _copied(site, held), count
        before = _entries()
        _told(told for table in tables for told in _trail(table))
        seconds = _copied(site, held)
        yield "rows with indexes, keys and trail", seconds, count + _entries() - before
        _told(f"DROP TABLE bench_{table} CASCADE" for table in reversed(tables))


def _told(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _rows(table: str, site: Site) -> list[tuple[Any, ...]]:
    """As Python has them: JSON as dictionaries, numbers as decimals, days as days."""
    with use_sites([site.pk]), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        texts = [one.name for one in cursor.description or () if one.type_code == _JSONB]
        names = [one.name for one in cursor.description or ()]
        places = [names.index(name) for name in texts]
        rows = []
        for row in cursor.fetchall():
            values = list(row)
            for place in places:
                held = values[place]
                values[place] = json.loads(held) if isinstance(held, str) else held
            rows.append(tuple(values))
    return rows


_JSONB = 3802


def _keys(table: str, tables: Sequence[str]) -> Iterator[str]:
    """The foreign keys of a table, among the copies where those are referred to."""
    every = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
    for name, key in _asked(f"{every} WHERE contype = 'f' AND conrelid = %s::regclass", table):
        told = re.sub(r"REFERENCES (\w+)", lambda of: _copy_of(of[1], tables), key)
        yield f"ALTER TABLE bench_{table} ADD CONSTRAINT {name} {told}"


def _copy_of(other: str, tables: Sequence[str]) -> str:
    return f"REFERENCES {'bench_' if other in tables else ''}{other}"


def _trail(table: str) -> Iterator[str]:
    every = "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
    for (told,) in _asked(
        f"{every} WHERE tgname = 'trail_insert' AND tgrelid = %s::regclass", table
    ):
        yield told.replace(f"public.{table} ", f"bench_{table} ")


def _entries() -> int:
    ((count,),) = _asked("SELECT count(*) FROM institution_trailentry")
    return int(count)


def _asked(query: str, *about: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, about)
        return list(cursor.fetchall())


def _copied(site: Site, held: dict[str, list[tuple[Any, ...]]]) -> float:
    """Seconds; each piece is kept when it is copied, as each step of an import is."""
    _told([f"TRUNCATE {', '.join(f'bench_{table}' for table in held)}"])
    taken = 0.0
    for table, every in held.items():
        rows = iter(every)
        while piece := list(itertools.islice(rows, AT_ONCE)):
            begun = time.perf_counter()
            with use_sites([site.pk]), connection.cursor() as cursor:
                text = "".join(map(_line, piece))
                cursor.copy_expert(f"COPY bench_{table} FROM STDIN", io.StringIO(text))
            taken += time.perf_counter() - begun
    return taken


def _line(row: tuple[Any, ...]) -> str:
    return "\t".join(map(_field, row)) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, dict):
        value = json.dumps(value)
    elif isinstance(value, list):
        value = "{" + ",".join(map(json.dumps, value)) + "}"
    elif isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(_ESCAPED)
