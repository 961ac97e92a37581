"""FHIR dates as spans of days in the site's time zone.

A date may be a year, a month, a day or a moment. A moment with its offset is converted to the site's zone and cut to
its date; one without is cut to its date as it stands, and the record gets a remark. Week dates, times without a date
and days that do not exist are malformed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from patients.values import Days

LONGEST: Final = 60
"""Of a date, in characters."""
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<part>\d+))?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)


class Moment(NamedTuple):
    """A date as reported: its days, and whether a time of day came without its offset."""

    days: Days
    zone_missing: bool = False


def read_moment(text: str, zone: ZoneInfo) -> Moment:
    """The days that `text` (FHIR ``date``, ``dateTime`` or ``instant``) names. Raises `ValueError`."""
    if len(text) > LONGEST:
        raise ValueError("not a FHIR date")
    return _read(text, zone)


@lru_cache(maxsize=20_000)
def _read(text: str, zone: ZoneInfo) -> Moment:
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("not a FHIR date")
    year, month, day = match["year"], match["month"], match["day"]
    if month is None:
        return Moment(Days(date(int(year), 1, 1), date(int(year), 12, 31), text))
    if day is None:
        first = date(int(year), int(month), 1)
        return Moment(Days(first, first.replace(day=monthrange(first.year, first.month)[1]), text))
    whole = date(int(year), int(month), int(day))
    if match["hour"] is None:
        return Moment(Days(whole, whole, text))
    return _with_time(match, whole, zone, text)


def _with_time(match: re.Match[str], whole: date, zone: ZoneInfo, text: str) -> Moment:
    # A leap second is counted as the second before it: no verdict depends on a second.
    second = 59 if match["second"] == "60" else int(match["second"] or 0)
    part = ((match["part"] or "") + "000000")[:6]
    clock = time(int(match["hour"]), int(match["minute"]), second, int(part))
    if match["zone"] is None:
        return Moment(Days(whole, whole, text), zone_missing=True)
    try:
        instant = datetime.combine(whole, clock, UTC) - _offset(match["zone"])
        local = instant.astimezone(zone).date()
    except OverflowError:
        raise ValueError("beyond the calendar") from None
    return Moment(Days(local, local, text, instant))


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError("not a time zone offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] == "-" else offset


def happened(days: Days, received_on: date) -> Days:
    """`days` of something that has happened: a partial date cannot reach beyond the day it was received."""
    first, last = days.first, days.last
    if first == last or first is None or last is None or first > received_on:
        return days
    return days if last <= received_on else days._replace(last=received_on)


def latest(*candidates: Days | None) -> date | None:
    """The last possible day of the latest of some dates."""
    return max((days.last for days in candidates if days and days.last), default=None)


def earliest_of(spans: Sequence[Days]) -> Days | None:
    """The days on which the earliest of some reported dates can be."""
    if len(spans) < 2:
        return spans[0] if spans else None
    chosen = min(spans, key=_ends)
    return chosen._replace(
        first=min(_ends(days)[0] for days in spans), last=min(_ends(days)[1] for days in spans)
    )


def latest_of(spans: Sequence[Days]) -> Days | None:
    """The days on which the latest of some reported dates can be."""
    if len(spans) < 2:
        return spans[0] if spans else None
    chosen = max(spans, key=lambda days: _ends(days)[::-1])
    return chosen._replace(
        first=max(_ends(days)[0] for days in spans), last=max(_ends(days)[1] for days in spans)
    )


def _ends(days: Days) -> tuple[date, date]:
    """First and last day; reported dates always have both."""
    return days.first or date.min, days.last or date.max
