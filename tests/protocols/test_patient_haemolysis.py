"""PATIENT CHARACTERISTICS, bullet 12 and its three: no history of haemolysis.

History is history: a record counts whatever its clinical status, at any time. Each sub-bullet has
its own diseases, and the parent bullet those that no sub-bullet names.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import attested, condition, who_icd
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    never,
    refused_by_a_person,
    unknown,
)

OTHER = "no-hemolytic-disorder"
SICKLE = "no-sickle-cell-anemia"
THALASSAEMIA = "no-thalassemia"
AUTOIMMUNE = "no-autoimmune-hemolytic-anemia"
DISEASES = {
    OTHER: codes(
        "D55 D55.0 D55.9 D58.0 D58.9 D59.2 D59.3 D59.4 D59.5 D59.6 D59.8 D59.9 D580 61261009"
        " 128086004 38911009 51071000 111407006"
    ),
    SICKLE: codes(
        "D57.00 D57.1 D57.20 D57.4 D57.40 D57.80 D571 127040003 417357006 35434009 36472007"
    ),
    THALASSAEMIA: codes("D56.0 D56.1 D56.2 D56.5 D56.8 D56.9 D57.4 D57.40 D561 40108008 36472007"),
    AUTOIMMUNE: codes("D59.0 D59.1 D59.11 D59.10 D5911 413603009 3978000 398937006 309742004"),
}
TRAITS = {
    SICKLE: codes("D57.3 D573 16402000"),
    THALASSAEMIA: codes("D56.3 D563 191187006 269175006"),
}
HARMLESS = codes("D56.4 D50.9 D64.9 D60.9")


def said(criterion: str, answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested(criterion, answer, on=on)


def history(name: str) -> list[Case]:
    """What the four have in common."""
    row, code = about(name), DISEASES[name][0]
    return [
        row("nothing on record", met("absence")),
        row("confirmed by a coordinator", met("attestation"), said(name)),
        row("confirmed 28 days ago", met("attestation"), said(name, on="2026-10-28")),
        row("confirmed 29 days ago: as if never", met("absence"), said(name, on="2026-10-27")),
        *(row(f"{disease}", never(), condition(disease)) for disease in DISEASES[name]),
        *(
            row(f"{status} long ago", never(), condition(code, status=status, onset="1999-01-01"))
            for status in ("resolved", "remission", "inactive", None)
        ),
        row("ended long ago", never(), condition(code, abated="2001-05-05", status="resolved")),
        row("without any date", never(), condition(code, verification=None)),
        row("begins after the day", met("absence"), condition(code, onset="2026-11-26")),
        *(
            row(f"{how}", unknown("provisional"), condition(code, verification=how))
            for how in ("unconfirmed", "provisional", "differential")
        ),
        *(
            row(f"{how}", met("absence"), condition(code, verification=how))
            for how in ("refuted", "entered-in-error")
        ),
        row(
            "suspected, then cleared",
            met("attestation"),
            condition(code, verification="provisional", recorded="2026-11-19"),
            said(name),
        ),
        row(
            "cleared, then suspected",
            unknown("newer-than-statement"),
            condition(code, verification="provisional", recorded="2026-11-21"),
            said(name),
        ),
        row("a record against the statement", never(conflicts=True), condition(code), said(name)),
        row("told by the patient", refused_by_a_person("none"), said(name, "not_met")),
        row("not applicable is no answer", met("absence"), said(name, "not_applicable")),
        *(row(f"{code} is none of them", met("absence"), condition(code)) for code in HARMLESS),
        *(
            row(f"{foreign} belongs to another bullet", met("absence"), condition(foreign))
            for another, listed in DISEASES.items()
            for foreign in listed
            if another != name and foreign not in DISEASES[name]
        ),
    ]


def traits(name: str) -> list[Case]:
    """A trait is for a clinician to judge."""
    row, code = about(name), TRAITS[name][0]
    return [
        *(
            row(f"{trait} is a trait", unknown("needs-judgement"), condition(trait))
            for trait in TRAITS[name]
        ),
        row(
            "a trait, judged",
            met("attestation"),
            condition(code, recorded="2009-01-01"),
            said(name),
        ),
        row(
            "a trait, judged before it was recorded",
            unknown("newer-than-statement"),
            condition(code, recorded="2026-11-21"),
            said(name),
        ),
        row(
            "a trait, judged too long ago",
            unknown("attestation-expired"),
            condition(code, recorded="2009-01-01"),
            said(name, on="2026-10-01"),
        ),
        row("a trait and the disease", never(), condition(code), condition(DISEASES[name][0])),
        row("a trait refuted", met("absence"), condition(code, verification="refuted")),
        row("a trait is no other haemolytic disorder", unknown(), condition(code)),
    ]


CASES = [
    *(row for name in DISEASES for row in history(name)),
    *(row for name in TRAITS for row in traits(name)),
    *(
        about(OTHER)(f"{code} fails no parent bullet", met("absence"), condition(code))
        for code in codes("D57.3 D56.3 D57.1 D56.1 D59.1")
    ),
    about(AUTOIMMUNE)("D59.1 of the WHO", never(), condition(who_icd("D59.1"))),
    about(SICKLE)("one concept in two vocabularies", never(), condition("D57.1", "127040003")),
    about(SICKLE)("one concept of two classes fails both", never(), condition("D57.3", "36472007")),
    about(THALASSAEMIA)(
        "one concept of two classes fails both", never(), condition("D57.3", "36472007")
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_haemolysis(case: Case) -> None:
    judge(case)
