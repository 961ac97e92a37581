"""Calendar days, imprecise dates as sets of possible days, and the arithmetic on them.

A ``Span`` is the set of days that a date can be, first and last day included. A precise date is a
span of one day. Nothing here rounds: months and years clamp to the end of the month, weeks are
seven days.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

FAR_PAST = date(1000, 1, 1)
"""Stands for "any day in the past" as the first day of a span that is open to the past."""

_FORM = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?)?)?)?"
)


class NotADate(ValueError):
    """The text is not a FHIR date, dateTime or instant."""


@dataclass(frozen=True)
class Span:
    """The days that a date can be, both ends included."""

    first: date
    last: date

    def cut(self, received: date) -> Span:
        """Of something that has happened: not after the day on which the data was received.

        A span that lies wholly after that day has not happened and is left alone.
        """
        if self.first <= received < self.last:
            return Span(self.first, received)
        return self


@dataclass(frozen=True)
class Moment:
    """A FHIR date as read: its possible local days and, when it has one, its instant."""

    days: Span
    instant: datetime | None


def one_day(day: date) -> Span:
    return Span(day, day)


def read(text: object, zone: tzinfo) -> Moment:
    """Read a FHIR date, dateTime or instant. Raises ``NotADate``.

    A time of day without offset is dropped (only its date is used).
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None or not isinstance(text, str):
        raise NotADate(text)
    year, month, day, hour, _, _, offset = found.groups()
    try:
        if month is None:
            return Moment(Span(date(int(year), 1, 1), date(int(year), 12, 31)), None)
        if day is None:
            first = date(int(year), int(month), 1)
            return Moment(Span(first, end_of_month(first)), None)
        if hour is None or offset is None:
            return Moment(one_day(date(int(year), int(month), int(day))), None)
        instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise NotADate(text) from error
    return Moment(one_day(instant.astimezone(zone).date()), instant)


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day if it has no such day."""
    count = day.year * 12 + (day.month - 1) + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


def completed_years(birth: date, on: date) -> int:
    """Age in completed years; a birthday of 29 February falls on 28 February of common years."""
    age = on.year - birth.year
    return age if on >= add_years(birth, age) else age - 1


def around(*days: date, reach: int = 1) -> set[date]:
    """Every day within ``reach`` days of one of the given days."""
    return {add_days(day, step) for day in days for step in range(-reach, reach + 1)}


def possible_days(span: Span, marks: Iterable[date]) -> list[date]:
    """The days of the span on which a verdict can turn: its ends and the marks inside it.

    Two neighbouring days between which no mark lies cannot differ in a verdict, so that trying
    these days is as good as trying all of them, provided the marks hold both sides of each turn.
    """
    inside = {day for day in marks if span.first <= day <= span.last}
    return sorted(inside | {span.first, span.last})
