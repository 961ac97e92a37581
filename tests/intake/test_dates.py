"""FHIR dates as spans of days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.intake.fhir.dates import happened, latest, read_moment
from patients.values import Days, ended_by
from tests.intake.build import RECEIVED, TORONTO, condition, facts, intake, reasons


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-11-22T03:30Z", date(2026, 11, 21)),
        ("2026-11-22T03:30:00Z", date(2026, 11, 21)),
        ("2026-11-22T04:59:59.999Z", date(2026, 11, 21)),
        ("2026-11-22T05:00:00Z", date(2026, 11, 22)),
        ("2026-11-21T23:30:00-05:00", date(2026, 11, 21)),
        ("2026-11-22T12:00:00+14:00", date(2026, 11, 21)),
        ("2026-07-01T03:59:59Z", date(2026, 6, 30)),
        ("2026-07-01T04:00:00Z", date(2026, 7, 1)),
        ("2016-12-31T23:59:60Z", date(2016, 12, 31)),
        ("2028-02-29T23:59:58-05:00", date(2028, 2, 29)),
    ],
)
def test_moments_are_cut_in_the_zone_of_the_site(text: str, local: date) -> None:
    moment = read_moment(text, TORONTO)
    assert (moment.days.first, moment.days.last) == (local, local)
    assert moment.days.instant is not None
    assert not moment.zone_missing


def test_the_instant_is_kept() -> None:
    days = read_moment("2026-11-21T23:30:15.25-05:00", TORONTO).days
    assert days.instant == datetime(2026, 11, 22, 4, 30, 15, 250_000, UTC)
    assert read_moment("2026-11-22T03:30Z", ZoneInfo("Asia/Tokyo")).days.first == date(2026, 11, 22)


def test_a_time_without_its_zone_is_its_date() -> None:
    moment = read_moment("2026-11-22T23:59:00", TORONTO)
    assert moment.zone_missing
    assert (moment.days.first, moment.days.instant) == (date(2026, 11, 22), None)
    found = intake(
        condition("C43.59", onsetDateTime="2026-01-02T10:00:00", recordedDate="2026-01-02T10:00:00")
    )
    assert reasons(found) == [("remark", "time-zone-missing")]
    assert found.account.by_outcome == {"used": 2}


MALFORMED = (
    "2026-13|2026-00|2026-11-31|2026-02-29|2026-W01-1|2026-W01|20261122|2026-11-22 10:00|2026-11-22T|2026-11-22T10|"
    "2026-11-22T10:00:00+15:00|2026-11-22T24:00:00Z|2026-11-22T10:60Z|2026-11-22T10:00:00+05|22-11-2026|26|"
    "0000|0000-01-01|10000|2026-1-2|2026-11-22Z|-2026|２０２６|2026-11-22T10:00:61Z|0001-01-01T00:00:00+14:00|"
    "9999-12-31T23:59:59-14:00| 2026|2026 |now|"
)


@pytest.mark.parametrize("text", MALFORMED.split("|"))
def test_malformed_dates(text: str) -> None:
    with pytest.raises(ValueError):
        read_moment(text, TORONTO)
    found = intake(condition("C43.59", onsetDateTime=text))
    assert reasons(found) == [("unread", "malformed")]
    assert "Bundle.entry[1].resource.onsetDateTime" in found.facts.notices[0].detail


@pytest.mark.parametrize("value", [None, 2026, True, ["2026"], {"value": "2026"}])
def test_dates_of_another_type(value: object) -> None:
    assert reasons(intake(condition("C43.59", onsetDateTime=value))) == [("unread", "malformed")]


@given(st.dates(), st.integers(0, 86_399), st.sampled_from(["Z", "+05:30", "-11:00"]))
def test_no_moment_overflows(day: date, second: int, zone: str) -> None:
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    try:
        days = read_moment(f"{day.isoformat()}T{clock}{zone}", TORONTO).days
    except ValueError:
        assert day.year in (1, 9999)
    else:
        assert days.first is not None
        assert abs((days.first - day).days) <= 1


def test_partial_dates_of_the_past_are_cut_at_receipt() -> None:
    month = read_moment("2026-11", TORONTO).days
    assert happened(month, RECEIVED) == Days(date(2026, 11, 1), RECEIVED, "2026-11")
    assert happened(month, date(2026, 12, 1)).last == date(2026, 11, 30)
    assert happened(month, date(2026, 10, 1)) == month
    day = read_moment("2026-12-24", TORONTO).days
    assert happened(day, RECEIVED) == day


def test_unknown_ends_and_latest() -> None:
    start = Days(date(2026, 3, 1), date(2026, 3, 31))
    assert ended_by(start, RECEIVED) == Days(date(2026, 3, 1), RECEIVED)
    assert ended_by(None, RECEIVED) == Days(None, RECEIVED)
    ahead = Days(date(2027, 1, 1), date(2027, 1, 1))
    assert ended_by(ahead, RECEIVED) == ahead
    assert ended_by(Days(date(2026, 3, 1), None), RECEIVED) == Days(date(2026, 3, 1), RECEIVED)
    assert latest(None, start, Days(None, date(2025, 1, 1))) == date(2026, 3, 31)
    assert latest(None) is None


def test_a_period_that_ends_before_it_starts_is_unread() -> None:
    found = intake(condition("C43.59", onsetPeriod={"start": "2026-03-02", "end": "2026-03-01"}))
    assert reasons(found) == [("unread", "malformed")]
    same = facts(condition("C43.59", onsetPeriod={"start": "2026-03", "end": "2026-03-01"}))
    assert len(same.conditions) == 1
