"""Orders of long lists and cursors in them: a page is everything before or after one row, so none is passed over.

A cursor stands in addresses and in the logs of servers: it names nobody, and says no day of birth.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

HIGHEST = 2_147_483_647
"""The highest number that the tables hold."""


class Place(NamedTuple):
    """Before (`back`) or after the row with this day, number, key and assignee, in an order of this name."""

    order: str
    back: bool
    day: date
    number: int
    pk: UUID
    whose: int | None


class Order(NamedTuple):
    """Columns by which a list is in order, downwards where a ``-`` stands before one; the last tells all rows apart."""

    columns: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.removeprefix("-") for column in self.columns)

    def sorted(self, *, back: bool) -> tuple[str, ...]:
        """As a query says it; `back`: from the end."""
        return tuple(
            name if up else f"-{name}"
            for name, up in zip(self.names, self._upwards(back), strict=True)
        )

    def beyond(self, values: Collection[Any], *, back: bool) -> Q:
        """What comes after (or, `back`, before) the row with these values."""
        upwards = self._upwards(back)
        if len(set(upwards)) == 1:
            # In one comparison, for which PostgreSQL goes straight to the place in an index.
            compared = TupleGreaterThan if upwards[0] else TupleLessThan
            return Q(compared(Tuple(*self.names), tuple(values)))
        further, alike = Q(), Q()
        for name, up, value in zip(self.names, upwards, values, strict=True):
            further |= alike & Q(**{f"{name}__{'gt' if up else 'lt'}": value})
            alike &= Q(**{name: value})
        return further

    def _upwards(self, back: bool) -> tuple[bool, ...]:
        return tuple(column.startswith("-") is back for column in self.columns)


ORDERS: Final[Mapping[str, Order]] = {
    "due": Order(("due", "number", "pk")),
    "number": Order(("number", "pk")),
    "-number": Order(("-number", "-pk")),
    # The youngest were born last.
    "age": Order(("-born", "-number", "-pk")),
    "-age": Order(("born", "number", "pk")),
    # Of one person, what is due first.
    "who": Order(("who", "due", "number", "pk")),
    "-who": Order(("-who", "due", "number", "pk")),
}
"""By their names in addresses."""


def written(place: Place) -> str:
    """As it stands in an address."""
    day = place.day.isoformat()
    of = [place.order, place.back, day, place.number, str(place.pk), place.whose]
    return urlsafe_b64encode(json.dumps(of).encode()).decode().rstrip("=")


def read(cursor: str, *, order: str) -> Place | None:
    """Where a cursor leads; None without one, for one of another order, and for what is none."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, back, day, number, pk, whose = json.loads(urlsafe_b64decode(padded))
        place = Place(name, back, date.fromisoformat(day), number, UUID(pk), whose)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    usable = _is_number(number) and (whose is None or _is_number(whose)) and type(back) is bool
    return place if usable and name == order else None


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= HIGHEST
