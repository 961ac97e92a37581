"""Calendar arithmetic, and what an inexact day leaves open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from eligibility.rules.days import (
    completed_years,
    elapsed,
    happened,
    latest_shifted,
    plus_days,
    plus_months,
    plus_years,
)
from patients.values import Days


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-03-20", 3, "2026-06-20"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-01-31", 0, "2026-01-31"),
        ("2008-02-29", 216, "2026-02-28"),
    ],
)
def test_months_are_clamped_to_the_end_of_the_month(start: str, months: int, end: str) -> None:
    assert plus_months(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_years_of_a_leap_day() -> None:
    assert plus_years(date(2008, 2, 29), 18) == date(2026, 2, 28)
    assert completed_years(date(2008, 2, 29), date(2026, 2, 27)) == 17
    assert completed_years(date(2008, 2, 29), date(2026, 2, 28)) == 18
    assert completed_years(date(2008, 2, 29), date(2028, 2, 28)) == 19
    assert completed_years(date(2008, 2, 29), date(2028, 2, 29)) == 20


def test_age_agrees_with_the_birthday_on_every_day() -> None:
    for birth in (date(2008, 2, 29), date(2008, 11, 22), date(2007, 12, 31)):
        for step in range(-3, 4):
            day = plus_years(birth, 18) + timedelta(days=step)
            assert (completed_years(birth, day) >= 18) is (step >= 0)


def test_the_calendar_ends_without_an_error() -> None:
    assert plus_days(date.max, 1) == date.max
    assert plus_days(date.min, -1) == date.min
    assert plus_months(date(9999, 11, 30), 3) == date.max


SPAN = Days(date(2026, 3, 1), date(2026, 3, 31), "2026-03")


@pytest.mark.parametrize(
    ("day", "answer"),
    [("2026-02-28", False), ("2026-03-01", None), ("2026-03-30", None), ("2026-03-31", True)],
)
def test_whether_an_inexact_day_has_come(day: str, answer: bool | None) -> None:
    assert happened(SPAN, date.fromisoformat(day)) is answer


@pytest.mark.parametrize(
    ("day", "answer"),
    [("2026-03-28", False), ("2026-03-29", None), ("2026-04-27", None), ("2026-04-28", True)],
)
def test_whether_time_since_an_inexact_day_has_passed(day: str, answer: bool | None) -> None:
    assert elapsed(SPAN, date.fromisoformat(day), lambda end: plus_days(end, 28)) is answer
    assert latest_shifted(SPAN, lambda end: plus_days(end, 28)) == date(2026, 4, 28)


def test_open_ends() -> None:
    past = Days(None, date(2026, 3, 31))
    assert happened(past, date(2026, 3, 30)) is None
    assert happened(past, date(2026, 3, 31)) is True
    assert happened(None, date(1900, 1, 1)) is True
    assert elapsed(None, date(2100, 1, 1), plus_28) is False
    assert latest_shifted(None, plus_28) is None


def plus_28(day: date) -> date:
    return plus_days(day, 28)
