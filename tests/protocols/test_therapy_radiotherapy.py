"""PRIOR CONCURRENT THERAPY, bullet 4: four weeks since radiotherapy, and recovered.

Day 28 is enough, and then somebody must say that the patient has recovered. Within the 28 days
only the exception of the text helps: low-dose and not myelosuppressive, said after its end.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Resource, attested, condition, local, procedure
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    not_applicable,
    not_met,
    refused_by_a_person,
    unknown,
)

radiotherapy = about("radiotherapy-washout")

RADIATION = codes(
    "1287742003 1217123003 108290001 33195004 152198000 169340001 394935005 703423002 77401"
    " 77402 77407 77412 77373"
)
NONE = not_applicable("absence")
RECOVERED = unknown("needs-statement", kind="attestation")
TOO_EARLY = unknown("needs-statement", "newer-than-statement")
WHEN = unknown("partial-date", "needs-statement")


def course(on: str | None = None, **also: Any) -> Resource:
    return procedure("1287742003", on=on, **also)


def weeks(start: str, end: str | None = None, **also: Any) -> Resource:
    return procedure("1287742003", start=start, end=end, **also)


def said(answer: str = "met", on: str = "2026-11-20", **also: Any) -> dict[str, Any]:
    return attested("radiotherapy-washout", answer, on=on, **also)


def low_dose(on: str = "2026-11-20") -> dict[str, Any]:
    return said(on=on, detail="low-dose-exception")


FOUR_WEEKS = [
    radiotherapy("none on record", NONE),
    radiotherapy("28 days ago: recovered?", RECOVERED, course("2026-10-28")),
    radiotherapy("27 days ago", not_met(clears_on="2026-11-26"), course("2026-10-29")),
    radiotherapy("years ago: recovered?", RECOVERED, course("2020-01-01")),
    radiotherapy("after the day", NONE, course("2026-11-26")),
    *(
        radiotherapy(
            f"{code} recently", not_met(clears_on="2026-12-08"), procedure(code, on="2026-11-10")
        )
        for code in RADIATION
    ),
    radiotherapy(
        "the end of a course counts",
        not_met(clears_on="2026-11-26"),
        weeks("2026-09-28", "2026-10-29"),
    ),
    radiotherapy("under way", not_met(), weeks("2026-11-20", status="in-progress")),
    radiotherapy(
        "under way, its end planned",
        not_met(clears_on="2026-12-29"),
        weeks("2026-11-20", "2026-12-01", status="in-progress"),
    ),
    radiotherapy(
        "stopped early",
        not_met(clears_on="2026-12-08"),
        weeks("2026-11-02", "2026-11-10", status="stopped"),
    ),
    *(
        radiotherapy(f"one that is {status}", NONE, course("2026-11-10", status=status))
        for status in ("not-done", "preparation", "entered-in-error")
    ),
    radiotherapy(
        "nobody knows whether, recently",
        unknown("provisional"),
        course("2026-11-10", status="unknown"),
    ),
    radiotherapy(
        "begun and suspended", unknown("provisional"), weeks("2026-11-10", status="on-hold")
    ),
    radiotherapy("some day in October", WHEN, course("2026-10")),
    radiotherapy("some day in September: recovered?", RECOVERED, course("2026-09")),
    radiotherapy("some day this month", not_met(clears_on="2026-12-23"), course("2026-11")),
    radiotherapy("no date", WHEN, course()),
    radiotherapy("a period without end", WHEN, weeks("2026-01-01")),
    radiotherapy("a history of irradiation", WHEN, condition("Z92.3")),
    radiotherapy("a history of irradiation, resolved", WHEN, condition("Z92.3", status="resolved")),
    radiotherapy(
        "a code of this hospital, filed under radiotherapy",
        unknown("provisional"),
        procedure(local("RT-1"), on="2026-11-10", category="108290001"),
    ),
    radiotherapy("surgery is no radiotherapy", NONE, procedure("27842006", on="2026-11-10")),
    radiotherapy(
        "two courses: the later counts",
        not_met(clears_on="2026-12-08"),
        course("2026-11-01"),
        course("2026-11-10"),
    ),
    radiotherapy(
        "one long ago, one now",
        not_met(clears_on="2026-12-08"),
        course("2020-01-01"),
        course("2026-11-10"),
    ),
]

RECOVERY = [
    radiotherapy("recovered", met("attestation"), course("2026-09-30"), said()),
    radiotherapy(
        "recovered, said on the last day of it",
        met("attestation"),
        course("2026-10-28"),
        said(on="2026-10-28"),
    ),
    radiotherapy(
        "recovered, said the day before its end",
        TOO_EARLY,
        course("2026-10-28"),
        said(on="2026-10-27"),
    ),
    radiotherapy(
        "recovered, said long ago: no expiry",
        met("attestation"),
        course("2020-01-01"),
        said(on="2020-03-01"),
    ),
    radiotherapy(
        "recovered from the first, not yet from the second",
        TOO_EARLY,
        course("2020-01-01"),
        course("2026-09-30"),
        said(on="2020-03-01"),
    ),
    radiotherapy(
        "recovered within the 28 days is not enough",
        not_met(clears_on="2026-12-08", conflicts=True),
        course("2026-11-10"),
        said(),
    ),
    radiotherapy("not recovered", refused_by_a_person(), course("2026-09-30"), said("not_met")),
    radiotherapy(
        "not recovered, then recovered",
        met("attestation"),
        course("2026-09-30"),
        said("not_met", "2026-11-01"),
        said(),
    ),
    radiotherapy("recovered, day 28", met("attestation"), course("2026-10-28"), said()),
    radiotherapy(
        "recovered, day 27", not_met(clears_on="2026-11-26"), course("2026-10-29"), said()
    ),
    radiotherapy(
        "recovered, of an unknown day",
        unknown("partial-date", "newer-than-statement"),
        course(),
        said(),
    ),
    radiotherapy(
        "recovered, some day in September",
        met("attestation"),
        course("2026-09"),
        said(on="2026-09-30"),
    ),
    radiotherapy(
        "recovered, said within that month", TOO_EARLY, course("2026-09"), said(on="2026-09-29")
    ),
]

EXCEPTION = [
    radiotherapy("low-dose, said after it", met("attestation"), course("2026-11-10"), low_dose()),
    radiotherapy(
        "low-dose, said on its last day", met("attestation"), course("2026-11-20"), low_dose()
    ),
    radiotherapy(
        "low-dose, said before its end",
        not_met(clears_on="2026-12-19"),
        weeks("2026-11-10", "2026-11-21"),
        low_dose(),
    ),
    radiotherapy(
        "low-dose, under way, said since its start",
        met("attestation"),
        weeks("2026-11-20", status="in-progress"),
        low_dose(),
    ),
    radiotherapy(
        "low-dose, under way, said before its start",
        not_met(),
        weeks("2026-11-21", status="in-progress"),
        low_dose(),
    ),
    radiotherapy(
        "low-dose, under way since nobody says when: it may have begun after the statement",
        unknown("partial-date"),
        course(status="in-progress"),
        low_dose(),
    ),
    radiotherapy(
        "low-dose, under way since nobody says when, said today",
        met("attestation"),
        course(status="in-progress"),
        low_dose(on="2026-11-25"),
    ),
    radiotherapy(
        "low-dose, long ago: recovered as well",
        met("attestation"),
        course("2026-09-30"),
        low_dose(),
    ),
    radiotherapy(
        "low-dose, ended some day this month",
        unknown("partial-date", "newer-than-statement"),
        course("2026-11"),
        low_dose(on="2026-11-15"),
    ),
    radiotherapy(
        "low-dose, ended some day this month, said today",
        met("attestation"),
        course("2026-11"),
        low_dose(on="2026-11-25"),
    ),
    radiotherapy(
        "low-dose, no date, said today", met("attestation"), course(), low_dose(on="2026-11-25")
    ),
    radiotherapy(
        "one low-dose, one after the statement",
        not_met(clears_on="2026-12-22"),
        course("2026-11-10"),
        course("2026-11-24"),
        low_dose(),
    ),
    radiotherapy(
        "a detail nobody knows is a plain met",
        not_met(clears_on="2026-12-08"),
        course("2026-11-10"),
        said(detail="very-low"),
    ),
]

ANSWERED = [
    radiotherapy(
        "never irradiated, says an investigator",
        not_applicable("attestation"),
        said("not_applicable"),
    ),
    radiotherapy("never irradiated, by met", not_applicable("attestation"), said()),
    radiotherapy(
        "not applicable, to an old course",
        not_applicable("attestation"),
        course("2026-09-30"),
        said("not_applicable"),
    ),
    radiotherapy(
        "not applicable, to a recent course",
        not_met(clears_on="2026-12-08", conflicts=True),
        course("2026-11-10"),
        said("not_applicable"),
    ),
    radiotherapy("irradiated abroad, says the patient", refused_by_a_person(), said("not_met")),
    radiotherapy("set aside", NONE, course("2026-11-10", id="x"), set_aside=["Procedure/x"]),
]


@pytest.mark.parametrize("case", [*FOUR_WEEKS, *RECOVERY, *EXCEPTION, *ANSWERED], ids=str)
def test_radiotherapy(case: Case) -> None:
    judge(case)
