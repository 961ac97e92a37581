"""What a search asks of the trial's records: the same forms of values as in every search at ``/fhir``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from patients.api.fhir.parameters import plain, read_date, split, whole_second

Used = Sequence[tuple[str, str]]


def wanted(used: Used) -> Iterable[tuple[str, list[str]]]:
    """Each parameter with the values of which one is enough."""
    for name, value in used:
        yield name, split(value, ",")


def token(value: str) -> tuple[str | None, str]:
    """``code``, ``|code`` or ``system|code``; None: of any system."""
    *system, code = (plain(one) for one in split(value, "|"))
    return (system[0] if system else None), code


def is_named(value: str, held: Iterable[tuple[str, str]]) -> bool:
    """Whether a token names one of these, each with its system."""
    system, code = token(value)
    return any(code in ("", one) and system in (None, of) for of, one in held)


def is_within(value: str, at: datetime) -> bool:
    """Whether a moment is as a date with its prefix asks; a day is one of UTC, as the moment is of no site."""
    prefix, *asked = read_date("_lastUpdated", value, "UTC")
    start, end = whole_second(*asked)
    return compared_moment(prefix, at, start, end)


def compared_moment(prefix: str, at: datetime, start: datetime, end: datetime) -> bool:
    return {
        "eq": start <= at <= end,
        "ne": not start <= at <= end,
        "gt": at > end,
        "lt": at < start,
        "ge": at >= start,
        "le": at <= end,
        "sa": at > end,
        "eb": at < start,
    }[prefix]
