"""What PostgreSQL gives in no particular order, every test gets the other way round.

A query without an order mostly answers in the order of the insertions, until a page of the table is used again or
another plan is taken. A list that looked right a thousand times is then another one, on somebody else's machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import query

_WAYS: Final = (
    query.ModelIterable,
    query.ValuesIterable,
    query.ValuesListIterable,
    query.FlatValuesListIterable,
)


def read_backwards() -> None:
    """From now on, in this process: the rows of a query that asks for no order come last one first."""
    for way in _WAYS:
        way.__iter__ = _turned(way.__iter__)  # type: ignore[method-assign]


def _turned(rows: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    def turned(asked: Any) -> Iterator[Any]:
        return iter(rows(asked)) if asked.queryset.ordered else reversed(list(rows(asked)))

    return turned
