"""PATIENT CHARACTERISTICS, bullet 11 and its five: no uncontrolled illness.

The text does not say "no known", so silence decides nothing: without a statement each is unknown.
Infection and unstable angina fail by an active record; heart failure, arrhythmia and psychiatric
illness are for a person to judge, and a newer active record opens the question again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import attested, condition
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    not_met,
    refused_by_a_person,
    unknown,
)

other = about("no-uncontrolled-illness")
infection = about("no-active-infection")
failure = about("no-symptomatic-chf")
angina = about("no-unstable-angina")
arrhythmia = about("no-cardiac-arrhythmia")
psychiatric = about("no-limiting-psychiatric-social")

ASK = unknown("needs-statement", kind="attestation")
INFECTIONS = codes(
    "A41.9 B00.9 B09 B25.9 B89 B99.9 G00.9 I33.0 J09.X2 J18.9 K65.0 L00 L03.115 L08.9 M00.9"
    " M86.9 N10 N39.0 J189 40733004 91302008 233604007 68566005 128045006 6142004"
)
NOT_INFECTIONS = codes("B18.1 B20 B90.9 J20.9 J06.9 L10.0 K66.0 N39.3 M01.X0 G01 Z86.19 I38")
ANGINAS = codes(
    "I20.0 I25.110 I25.700 I25.710 I25.720 I25.730 I25.750 I25.760 I25.790 I25110 4557003"
    " 15960061000119102"
)
STABLE = codes("I20.9 I20.8 I25.10 I25.119 I25.701 I21.4 194828000")
BY_STATEMENT = {
    "no-symptomatic-chf": codes("I50.9 I50 I11.0 42343007 84114007"),
    "no-cardiac-arrhythmia": codes("I47.1 I48.91 I49.9 698247007 49436004"),
    "no-limiting-psychiatric-social": codes(
        "F01.50 F32.9 F99 74732009 35489007 58214004 13746004 69322001"
    ),
}


def said(criterion: str, answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested(criterion, answer, on=on)


def by_statement(row: Callable[..., Case], name: str) -> list[Case]:
    """What all six have in common: 28 days, met and not met, silence is unknown."""
    return [
        row("nobody has judged", ASK),
        row("none, says a person", met("attestation", changes_on="2026-12-19"), said(name)),
        row("said 28 days ago", met("attestation"), said(name, on="2026-10-28")),
        row("said 29 days ago", unknown("attestation-expired"), said(name, on="2026-10-27")),
        row("said on the day", met("attestation"), said(name, on="2026-11-25")),
        row("said the day after", ASK, said(name, on="2026-11-26")),
        row("there is one, says a person", refused_by_a_person(), said(name, "not_met")),
        row("there was one a year ago", refused_by_a_person(), said(name, "not_met", "2025-11-20")),
        row("not applicable is no answer", ASK, said(name, "not_applicable")),
        row("diabetes does not decide", ASK, condition("E11.9")),
    ]


def re_opened(name: str, listed: list[str]) -> list[Case]:
    """Judged by a person; an active record of the list that is newer asks again."""
    row = about(name)
    return [
        *(row(f"{code} alone decides nothing", ASK, condition(code)) for code in listed),
        *(
            row(
                f"{code} recorded after the statement",
                unknown("newer-than-statement"),
                condition(code, recorded="2026-11-21"),
                said(name),
            )
            for code in listed
        ),
        row(
            "recorded that day",
            met("attestation"),
            condition(listed[0], recorded="2026-11-20"),
            said(name),
        ),
        row(
            "begun after the statement",
            unknown("newer-than-statement"),
            condition(listed[0], onset="2026-11-22"),
            said(name),
        ),
        row("recorded on no known day", met("attestation"), condition(listed[0]), said(name)),
        row(
            "recorded after it, but over",
            met("attestation"),
            condition(listed[0], recorded="2026-11-21", status="resolved"),
            said(name),
        ),
        row(
            "recorded after it, but refuted",
            met("attestation"),
            condition(listed[0], recorded="2026-11-21", verification="refuted"),
            said(name),
        ),
        row(
            "begins after the day",
            met("attestation"),
            condition(listed[0], onset="2026-12-01"),
            said(name),
        ),
        row(
            "of another list",
            met("attestation"),
            condition("J18.9", recorded="2026-11-21"),
            said(name),
        ),
    ]


def decided_by_record(name: str, code: str) -> list[Case]:
    """An active record fails the criterion; a doubtful one leaves it unknown."""
    row = about(name)
    return [
        row("active", not_met(), condition(code)),
        row("recurrence", not_met(), condition(code, status="recurrence")),
        row("relapse", not_met(), condition(code, status="relapse")),
        row("resolved", ASK, condition(code, status="resolved")),
        row("in remission", ASK, condition(code, status="remission")),
        row("inactive", ASK, condition(code, status="inactive")),
        row("of no clinical status", unknown("provisional"), condition(code, status=None)),
        row("of no clinical status, ended", ASK, condition(code, status=None, abated="2026-11-01")),
        *(
            row(f"{how}", unknown("provisional"), condition(code, verification=how))
            for how in ("unconfirmed", "provisional", "differential")
        ),
        *(
            row(f"{how}", ASK, condition(code, verification=how))
            for how in ("refuted", "entered-in-error")
        ),
        row(
            "unconfirmed and over",
            ASK,
            condition(code, verification="unconfirmed", status="resolved"),
        ),
        row("begins on the day", not_met(), condition(code, onset="2026-11-25")),
        row("begins after the day", ASK, condition(code, onset="2026-11-26")),
        row("ends on the day", ASK, condition(code, abated="2026-11-25")),
        row(
            "ends the day after",
            not_met(clears_on="2026-11-26"),
            condition(code, abated="2026-11-26"),
        ),
        row(
            "will end on 5 December",
            not_met(clears_on="2026-12-05"),
            condition(code, abated="2026-12-05"),
        ),
        row(
            "... though called resolved",
            not_met(clears_on="2026-12-05"),
            condition(code, abated="2026-12-05", status="resolved"),
        ),
        row(
            "two, one of no known end",
            not_met(),
            condition(code, abated="2026-12-05"),
            condition(code),
        ),
        row(
            "two, the later end counts",
            not_met(clears_on="2026-12-09"),
            condition(code, abated="2026-12-05"),
            condition(code, abated="2026-12-09"),
        ),
        row("ended some day this month", ASK, condition(code, abated="2026-11")),
        row(
            "ended by age",
            ASK,
            condition(
                code,
                abatementAge={
                    "value": 42,
                    "unit": "a",
                    "system": "http://unitsofmeasure.org",
                    "code": "a",
                },
            ),
        ),
        row("active, against a statement", not_met(conflicts=True), condition(code), said(name)),
        row(
            "suspected after the statement",
            unknown("newer-than-statement"),
            condition(code, verification="provisional", recorded="2026-11-21"),
            said(name),
        ),
        row(
            "suspected before the statement",
            met("attestation"),
            condition(code, verification="provisional", recorded="2026-11-19"),
            said(name),
        ),
        row("set aside", ASK, condition(code, id="x"), set_aside=["Condition/x"]),
    ]


CASES = [
    *by_statement(other, "no-uncontrolled-illness"),
    *by_statement(infection, "no-active-infection"),
    *by_statement(failure, "no-symptomatic-chf"),
    *by_statement(angina, "no-unstable-angina"),
    *by_statement(arrhythmia, "no-cardiac-arrhythmia"),
    *by_statement(psychiatric, "no-limiting-psychiatric-social"),
    other(
        "a pneumonia fails its own bullet, not this one",
        met("attestation"),
        condition("J18.9"),
        said("no-uncontrolled-illness"),
    ),
    *(row for name, listed in BY_STATEMENT.items() for row in re_opened(name, listed)),
    *(infection(f"{code} is an infection", not_met(), condition(code)) for code in INFECTIONS),
    *(infection(f"{code} is not one of the list", ASK, condition(code)) for code in NOT_INFECTIONS),
    *decided_by_record("no-active-infection", "J18.9"),
    *(angina(f"{code} is unstable", not_met(), condition(code)) for code in ANGINAS),
    *(angina(f"{code} is not unstable angina", ASK, condition(code)) for code in STABLE),
    *decided_by_record("no-unstable-angina", "I20.0"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_illness(case: Case) -> None:
    judge(case)
