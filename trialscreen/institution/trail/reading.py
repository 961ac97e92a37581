"""Asking the trail: what there is of something, the last first, and who it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from trialscreen.institution.models.trail import TrailEntry
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.functions import INSTITUTION_SETTING

PAGE: Final = 100
MOST_PEOPLE: Final = 200
"""As many are offered to choose from."""


class Page(NamedTuple):
    """Some entries, the last first."""

    entries: list[TrailEntry]
    older: int | None
    """There are more, before the entry with this number."""


def page(where: Q, *, before: int | None = None, size: int = PAGE) -> Page:
    """The last `size` entries, or the last before the entry `before`; in the order of their numbers, not of a clock."""
    asked = TrailEntry.objects.filter(where)
    if before is not None:
        asked = asked.filter(pk__lt=before)
    found = list(asked.order_by("-pk")[: size + 1])
    more = len(found) > size
    return Page(found[:size], found[size - 1].pk if more else None)


def people(where: Q) -> list[tuple[int, str]]:
    """Number and name of everybody who is named in these entries, by name."""
    named = TrailEntry.objects.filter(where, account_id__isnull=False)
    found = named.order_by("by_name", "account_id").values_list("account_id", "by_name").distinct()
    return [(number, name) for number, name in found[:MOST_PEOPLE] if number is not None]


def on_days(first: date | None, last: date | None, zone: ZoneInfo) -> Q:
    """From the first to the last day, both included, by the clock of `zone`."""
    where = Q()
    if first is not None:
        where &= Q(at__gte=datetime.combine(first, time(), zone))
    if last is not None:
        where &= Q(at__lt=datetime.combine(last + timedelta(days=1), time(), zone))
    return where


@contextmanager
def use_institution() -> Iterator[None]:
    """A transaction in which the institution's own entries can be read, and no row of any site."""
    with use_sites(()):
        _tell("on")
        yield
        # After an error the rollback does the same.
        _tell("")


def _tell(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [INSTITUTION_SETTING, value])
