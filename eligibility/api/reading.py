"""How the parameters of an address are read: a day only as ``2026-11-25``."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from django.http import QueryDict
from rest_framework.exceptions import ValidationError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(query: QueryDict) -> date | None:
    """The day of ``?on=``, None without one.

    Raises:
        ValidationError: for any other way of writing a day, and for two days.
    """
    values = query.getlist("on")
    if not values:
        return None
    if len(values) == 1 and _DAY.fullmatch(values[0]):
        with suppress(ValueError):
            return date.fromisoformat(values[0])
    raise ValidationError({"on": "One calendar date, written YYYY-MM-DD."}, code="not-a-date")


def switch_of(query: QueryDict, name: str) -> bool:
    """``?name=true`` or ``false``; absent is false."""
    values = query.getlist(name)
    if not values:
        return False
    if values in (["true"], ["false"]):
        return values == ["true"]
    raise ValidationError({name: "Either true or false."}, code="not-a-boolean")
