"""Calendar arithmetic on days and on spans of days.

A month is a calendar month, clamped to the month's end (30 Nov + 3 months = 28 Feb; 29 Feb 2008 + 18 years =
28 Feb 2026). A week is seven days. Nothing here asks what day it is.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from patients.facts import Course, Operation
from patients.values import Days

Shift = Callable[[date], date]


def plus_days(day: date, days: int) -> date:
    """The day `days` later (or earlier), kept within what a calendar date can express."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def plus_months(day: date, months: int) -> date:
    """The same day of the month, `months` calendar months later, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def plus_years(day: date, years: int) -> date:
    return plus_months(day, 12 * years)


def completed_years(birth: date, day: date) -> int:
    """Age in completed years; a 29 February birthday falls on 28 February in common years."""
    years = day.year - birth.year
    return years if day >= plus_years(birth, years) else years - 1


def happened(span: Days | None, on: date) -> bool | None:
    """Whether what is dated `span` has happened on or before `on`; None when that depends on the day it was.

    No span at all means that it has happened, on a day that does not matter.
    """
    if span is None:
        return True
    if span.last is not None and span.last <= on:
        return True
    if span.first is not None and span.first > on:
        return False
    return None


def begun(treatment: Course | Operation, on: date) -> bool | None:
    """Whether a treatment has begun on or before `on`; None when that depends on the day its dates can be.

    A condition code that stands for a treatment has not begun before its own onset either.
    """
    started, noted = happened(treatment.start, on), happened(treatment.not_before, on)
    if started is False or noted is False:
        return False
    return True if started and noted else None


def elapsed(span: Days | None, on: date, shift: Shift) -> bool | None:
    """Whether `on` has reached `shift(day)` for the day dated by `span`; None when that depends on the day.

    No span means that it has not ended: the time has not begun to run.
    """
    if span is None:
        return False
    if span.last is not None and shift(span.last) <= on:
        return True
    if span.first is not None and on < shift(span.first):
        return False
    return None


def latest_shifted(span: Days | None, shift: Shift) -> date | None:
    """The day from which `elapsed` is certain, or None when there is no such day."""
    return shift(span.last) if span is not None and span.last is not None else None


def edges(*spans: Days | None) -> Iterator[date]:
    """First and last days of the spans: where something about them can change."""
    for span in spans:
        if span is not None:
            if span.first is not None:
                yield span.first
            if span.last is not None:
                yield span.last
