"""PATIENT CHARACTERISTICS, bullets 1, 2 and 15: ECOG, life expectancy and the way to the centre."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Number,
    attested,
    ecog,
    haemolysed,
    lab,
    patient,
    unreadable,
    without_value,
)
from tests.protocols.verdicts import (
    Case,
    about,
    judge,
    met,
    never,
    not_met,
    refused_by_a_person,
    unknown,
)

status = about("ecog-0-2")
expectancy = about("life-expectancy-12-weeks")
drive = about("within-2-hour-drive")


def expects(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("life-expectancy-12-weeks", answer, on=on)


def lives(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("within-2-hour-drive", answer, on=on)


def scored(value: str, **unit: str) -> dict[str, Any]:
    return without_value("ecog", valueQuantity={"value": Number(value), **unit})


ECOG = [
    status("0, the fittest patient", met(), ecog("0")),
    status("1", met(changes_on="2026-12-17"), ecog("1")),
    status("2 is the line", met(), ecog("2")),
    status("3 is beyond it", not_met(), ecog("3")),
    status("4", not_met(), ecog("4")),
    status("5", not_met(), ecog("5")),
    status("6 is no ECOG score", unknown(), ecog("6")),
    status("-1 is no ECOG score", unknown(), ecog("-1")),
    *(
        status(f"the coded answer {code}", met(), ecog(code))
        for code in ("LA9622-7", "LA9623-5", "LA9624-3")
    ),
    *(
        status(f"the coded answer {code}", not_met(), ecog(code))
        for code in ("LA9625-0", "LA9626-8", "LA9627-6")
    ),
    status("another coded answer", unknown("unreadable"), ecog("LA9999-9")),
    status("a quantity without unit", met(), scored("2")),
    status("a quantity 0 without unit", met(), scored("0")),
    status("a quantity in scores", met(), lab("ecog", "2")),
    status("a quantity in kilograms", unknown("unit"), lab("ecog", "2", "kg")),
    status("one and a half", unknown(), scored("1.5")),
    status("in words", unknown("unreadable"), unreadable("ecog")),
    status("Karnofsky is never converted", unknown("missing"), lab("karnofsky", "90")),
    status("nothing on record", unknown("missing")),
    status("28 days ago", met(changes_on="2026-11-26"), ecog("1", on="2026-10-28")),
    status("29 days ago", unknown("too-old"), ecog("1", on="2026-10-27")),
    status("on the day", met(), ecog("1", on="2026-11-25")),
    status("after the day", unknown("missing"), ecog("1", on="2026-11-26")),
    status("this month", met(), ecog("1", on="2026-11")),
    status("some day in October", unknown("partial-date"), ecog("1", on="2026-10")),
    status("without a date", unknown("missing"), ecog("1", on=None)),
    status(
        "a tighter window of 14 days",
        unknown("too-old"),
        ecog("1", on="2026-11-10"),
        policy={"ecog": 14},
    ),
    status("preliminary", unknown("missing"), ecog("1", status="preliminary")),
    status("entered in error", unknown("missing"), ecog("1", status="entered-in-error")),
    status("amended", met(), ecog("1", status="amended")),
    status("without a value", unknown("missing"), haemolysed("ecog")),
    status(
        "the last one counts, better or worse", not_met(), ecog("1", on="2026-11-17"), ecog("3")
    ),
    status("the last one counts, also when better", met(), ecog("3", on="2026-11-17"), ecog("1")),
    status("two of one day that differ", unknown("conflicting"), ecog("1"), ecog("3")),
    status("two of one day that agree", met(), ecog("1"), ecog("2")),
    status(
        "two of one day, the later issued counts",
        met(),
        ecog("1", issued="2026-11-18T15:00:00Z"),
        ecog("3", issued="2026-11-18T12:00:00Z"),
    ),
]

LIFE = [
    expectancy("nobody has judged", unknown("needs-statement", kind="attestation")),
    expectancy("at least 12 weeks", met("attestation", changes_on="2026-12-19"), expects()),
    expectancy("said 28 days ago", met("attestation"), expects(on="2026-10-28")),
    expectancy("said 29 days ago", unknown("attestation-expired"), expects(on="2026-10-27")),
    expectancy("said on the day", met("attestation"), expects(on="2026-11-25")),
    expectancy("said the day after", unknown("needs-statement"), expects(on="2026-11-26")),
    expectancy("less", refused_by_a_person(), expects("not_met")),
    expectancy(
        "less, said a year ago: no expiry", refused_by_a_person(), expects("not_met", "2025-11-01")
    ),
    expectancy(
        "less, then more again", met("attestation"), expects("not_met", "2026-11-01"), expects()
    ),
    expectancy(
        "more, then less", refused_by_a_person(), expects(on="2026-11-01"), expects("not_met")
    ),
    expectancy(
        "the list may be in any order",
        refused_by_a_person(),
        expects("not_met"),
        expects(on="2026-11-01"),
    ),
    expectancy(
        "not applicable is no answer", unknown("needs-statement"), expects("not_applicable")
    ),
    expectancy("died on the day", never(), patient(deceasedDateTime="2026-11-25")),
    expectancy(
        "died before", never(conflicts=True), patient(deceasedDateTime="2026-11-01"), expects()
    ),
    expectancy("died this month", never(), patient(deceasedDateTime="2026-11")),
    expectancy(
        "died after the day", unknown("needs-statement"), patient(deceasedDateTime="2026-11-26")
    ),
    expectancy("died, nobody says when", never(), patient(deceasedBoolean=True)),
    expectancy("said not to have died", unknown("needs-statement"), patient(deceasedBoolean=False)),
    expectancy(
        "said not to have died, and judged",
        met("attestation"),
        patient(deceasedBoolean=False),
        expects(),
    ),
]

DRIVE = [
    drive("nobody has asked", unknown("needs-statement")),
    drive(
        "an address alone does not decide",
        unknown("needs-statement"),
        patient(address=[{"postalCode": "L8V 5C2", "city": "Hamilton", "country": "CA"}]),
    ),
    drive("50 minutes", met("attestation"), lives()),
    drive("said years ago: no expiry", met("attestation"), lives(on="2019-05-01")),
    drive("four hours", refused_by_a_person(), lives("not_met")),
    drive("moved since", refused_by_a_person(), lives(on="2025-01-01"), lives("not_met")),
    drive("not applicable is no answer", unknown("needs-statement"), lives("not_applicable")),
]


@pytest.mark.parametrize("case", [*ECOG, *LIFE, *DRIVE], ids=str)
def test_patient_condition(case: Case) -> None:
    judge(case)
