"""Cursors of long lists: a page is everything before or after one row, so no row is counted or passed over."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

HIGHEST = 2_147_483_647
"""The highest number that the tables hold."""


class Place(NamedTuple):
    """Before (`back`) or after the row with this day, number and key, in an order of this name."""

    order: str
    back: bool
    day: date
    number: int
    pk: UUID


def written(place: Place) -> str:
    """As it stands in an address."""
    of = [place.order, place.back, place.day.isoformat(), place.number, str(place.pk)]
    return urlsafe_b64encode(json.dumps(of).encode()).decode().rstrip("=")


def read(cursor: str, *, order: str) -> Place | None:
    """Where a cursor leads; None without one, for one of another order, and for what is none."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, back, day, number, pk = json.loads(urlsafe_b64decode(padded))
        place = Place(name, back, date.fromisoformat(day), number, UUID(pk))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    usable = type(number) is int and 0 <= number <= HIGHEST and type(back) is bool
    return place if usable and name == order else None


def beyond(names: Collection[str], values: Collection[Any], *, greater: bool) -> Q:
    """What comes after (or before) these values in the order of these columns."""
    further, alike = Q(), Q()
    for name, value in zip(names, values, strict=True):
        further |= alike & Q(**{f"{name}__{'gt' if greater else 'lt'}": value})
        alike &= Q(**{name: value})
    return further
