"""Which sites' rows may be seen: worked out once for each request, then told to PostgreSQL.

The application asks only for rows of the scope's sites, and behind it the database shows no other
(see :mod:`trialscreen.institution.row_security`). The database is told for one transaction at a
time, so nothing is left on a connection that the next request takes over; told nothing, it shows
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SETTING = "trialscreen.sites"


@contextmanager
def use_sites(site_ids: Iterable[int]) -> Iterator[None]:
    """A transaction in which the rows of these sites, and of no others, exist.

    May be nested: the inner block has its own sites, and the outer one has its back afterwards.
    """
    with transaction.atomic():
        before = _told()
        _tell(",".join(str(int(each)) for each in sorted(set(site_ids))))
        yield
        # After an error the rollback does the same.
        _tell(before)


def sites_in_use() -> frozenset[int]:
    """The sites that the database has been told of in this transaction."""
    return frozenset(int(each) for each in _told().split(",") if each)


def _told() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        return cursor.fetchone()[0] or ""


def _tell(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
