"""Days of treatment as the registry record gives them, and the file that a calendar reads."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from eligibility import protocols
from eligibility.models import Registration, Screening, Trial
from eligibility.presenters import calendar as words
from eligibility.reports.calendar import Appointment, as_ics
from trialscreen.institution.models import Site

TREATMENT = protocols.treatment("NCT00514085")
MONDAY = date(2026, 11, 30)
STAMP = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)


def held() -> Registration:
    site = Site(code="edmonton", name="Cross Cancer Institute", time_zone="America/Edmonton")
    trial = Trial(number="NCT00514085")
    screening = Screening(site=site, trial=trial, number=12)
    return Registration(
        site=site,
        trial=trial,
        screening=screening,
        subject_number=3,
        registered_on=date(2026, 11, 27),
        at=STAMP,
    )


def days(part: str, cycles: int = 1) -> list[date]:
    schedule = TREATMENT.of_part(part)
    assert schedule is not None
    return [one.on for one in schedule.treatment_days(MONDAY, cycles=cycles)]


def test_part_a_is_days_1_to_5_of_weeks_1_3_and_5_of_8() -> None:
    found = days("A", 2)
    first = [*range(5), *range(14, 19), *range(28, 33)]
    assert [(on - MONDAY).days for on in found] == [*first, *(56 + one for one in first)]


def test_part_b_is_days_1_to_5_of_weeks_1_and_3_of_6() -> None:
    first = [*range(5), *range(14, 19)]
    assert [(on - MONDAY).days for on in days("B", 2)] == [*first, *(42 + one for one in first)]


def test_there_is_no_part_c() -> None:
    assert TREATMENT.of_part("C") is None
    assert TREATMENT.of_part("") is None


def page(first: date = MONDAY, cycles: int = 1, part: str = "A") -> words.Page:
    schedule = TREATMENT.of_part(part)
    assert schedule is not None
    return words.present(held(), schedule, TREATMENT, first=first, cycles=cycles, today=MONDAY)


def test_the_page_says_when_and_quotes_what() -> None:
    shown = page()
    assert shown.summary == (
        "Day 1 on 30 Nov 2026; 15 days of treatment until 1 Jan 2027; the last cycle ends on 24 Jan 2027."
    )
    assert [len(cycle.weeks) for cycle in shown.cycles] == [8]
    assert [week.number for week in shown.cycles[0].weeks if week.treated] == [1, 3, 5]
    assert "Starting dose of 50μg/kg/day as an IV push" in [quote.text for quote in shown.quotes]
    assert shown.warnings == ()


def test_a_first_day_within_a_week_leads_into_weekends_and_says_so() -> None:
    shown = page(first=date(2026, 12, 3))
    assert shown.weekdays[0] == "Thu"
    assert shown.warnings == ("6 days of treatment fall on a weekend: day 1 is a Thu.",)


def test_a_first_day_before_the_registration_is_said() -> None:
    assert page(first=date(2026, 11, 23)).warnings[0].startswith("Day 1 lies before")


def test_every_quote_is_in_the_registry_record() -> None:
    registry = " ".join(REGISTRY.split())
    for quote in (*TREATMENT.quotes, *(one.quote for one in TREATMENT.schedules)):
        assert quote.text in registry


REGISTRY = """
Patients receive recombinant human interleukin-21 (rIL-21) IV on days 1-5 of weeks 1, 3 and 5. Treatment repeats every 8
weeks in the absence of disease progression or unacceptable toxicity. Patients achieving a complete response (CR) or
partial response (PR) receive 2 courses beyond CR or PR. Patients with stable disease receive a maximum of 3 courses of
rIL-21. After completion of study treatment, patients are followed at 4 weeks.
Patients enrolled in Part A will receive treatment daily x 5 on weeks 1, 3, and 5 of an 8 week cycle.
Patients enrolled in Part B will receive treatment daily x 5 on weeks 1, and 3 of a 6 week cycle
Other: immunohistochemistry staining method Cycle 1 Day 1 and Cycle 1 Day 29
Other: pharmacological study Starting dose of 50μg/kg/day as an IV push
"""


def ics(first: date = MONDAY) -> str:
    schedule = TREATMENT.of_part("A")
    assert schedule is not None
    shown = words.appointments(held(), schedule, TREATMENT, first=first, cycles=1)
    return as_ics("EDM-0012", shown, stamped=STAMP).decode()


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_file_keeps_the_rules_of_its_format() -> None:
    raw = ics().encode()
    assert raw.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    lines = unfolded(raw.decode())
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 15
    assert "DTSTART;VALUE=DATE:20261130" in lines
    assert "DTEND;VALUE=DATE:20261201" in lines
    assert lines.count("DTSTAMP:20261125T163000Z") == 15
    said = next(line for line in lines if line.startswith("DESCRIPTION:"))
    assert "As registered: “Patients enrolled in Part A will receive treatment daily x 5" in said
    assert "weeks 1\\, 3\\, and 5" in said


def test_uids_are_stable_and_unlike_each_other() -> None:
    schedule = TREATMENT.of_part("A")
    assert schedule is not None
    registration = held()
    there, again = (
        [
            one.uid
            for one in words.appointments(registration, schedule, TREATMENT, first=first, cycles=3)
        ]
        for first in (MONDAY, date(2026, 12, 7))
    )
    assert there == again
    assert len(set(there)) == 45


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"),
        ("a\r\nb\rc\nd", "a\\nb\\nc\\nd"),
        ("a\x00b\x07c", "abc"),
        ("END:VEVENT\r\nBEGIN:VEVENT", "END:VEVENT\\nBEGIN:VEVENT"),
    ],
)
def test_text_is_escaped(said: str, written: str) -> None:
    raw = as_ics("n", [Appointment("u", MONDAY, said, "d")], stamped=STAMP).decode()
    assert f"SUMMARY:{written}" in unfolded(raw)
    assert unfolded(raw).count("BEGIN:VEVENT") == 1


def test_a_line_is_never_folded_within_a_character() -> None:
    name = "é" * 60 + "王" * 40 + "😀" * 30
    raw = as_ics(name, [], stamped=STAMP)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    for line in raw.split(b"\r\n"):
        line.decode()
    assert f"X-WR-CALNAME:{name}" in unfolded(raw.decode())
