"""Dates on the pages: 22 Nov 2026, 3–17 Dec 2026."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility.presenters.dates import day, days_between, in_prose, span


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026-11-22", "22 Nov 2026"),
        (date(2026, 3, 1), "1 Mar 2026"),
        ("2026-03", "Mar 2026"),
        ("2026", "2026"),
        ("2026-02-30", "2026-02-30"),
        (None, ""),
    ],
)
def test_a_day_is_written_as_the_clinic_writes_it(given: date | str | None, shown: str) -> None:
    assert day(given) == shown


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2026-12-03", "2026-12-17", "3–17 Dec 2026"),
        ("2026-11-28", "2026-12-03", "28 Nov–3 Dec 2026"),
        ("2026-12-28", "2027-01-03", "28 Dec 2026–3 Jan 2027"),
        ("2026-12-03", "2026-12-03", "3 Dec 2026"),
    ],
)
def test_a_span_names_what_differs_once(first: str, last: str, shown: str) -> None:
    assert span(first, last) == shown


def test_a_sentence_gets_the_same_dates_and_keeps_its_numbers() -> None:
    said = in_prose("Given 2025-03 to 2026-03-20; code 1234-56, order 2026-11-22-7, 2026-13.")
    assert said == "Given Mar 2025 to 20 Mar 2026; code 1234-56, order 2026-11-22-7, 2026-13."


def test_both_ends_of_a_span_count() -> None:
    assert days_between(date(2026, 12, 3), date(2026, 12, 3)) == "1 day"
    assert days_between(date(2026, 12, 3), date(2026, 12, 17)) == "15 days"
