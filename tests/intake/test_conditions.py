"""Conditions: classes, statuses, dates, and codes that stand for a treatment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from patients.facts import Condition, Course, Operation
from patients.values import Days
from tests.intake.build import (
    ICD,
    ICD_O,
    RECEIVED,
    SNOMED,
    concept,
    condition,
    facts,
    intake,
    reasons,
)

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"


def one(code: Any = "C43.59", **more: Any) -> Condition:
    [found] = facts(condition(code, **more)).conditions
    return found


def test_every_recognised_coding_counts() -> None:
    found = one(
        code=concept((ICD, "I10"), ("urn:local", "X"), (ICD, "A41.9"), (SNOMED, "61977001"))
    )
    assert found.classes == {"infection", "hepatitis-b"}
    assert found.code == "A41.9"


def test_not_used_and_unrecognised_are_kept_apart() -> None:
    found = intake(
        condition("I10", "a"),
        condition("X1", "b", system="urn:local"),
        condition({"text": "feels unwell"}, "c"),
        condition(concept(("urn:local", "1"), ("urn:local", "2"), (SNOMED, "38341003")), "d"),
        condition("D48.5", "e"),
        {k: v for k, v in condition("", "f").items() if k != "code"},
        condition(concept(("urn:local", "1"), (ICD, "I10")), "g"),
    )
    assert not found.facts.conditions
    assert [(n.kind, n.id, n.code) for n in found.facts.notices] == [
        ("not-used", "a", "I10"),
        ("unrecognised", "b", "X1"),
        ("unrecognised", "c", ""),
        ("unrecognised", "d", "1"),
        ("unrecognised", "d", "2"),
        ("unrecognised", "d", "38341003"),
        ("unrecognised", "e", "D48.5"),
        ("unrecognised", "f", ""),
        ("not-used", "g", "I10"),
    ]
    assert found.facts.notices[2].text == "feels unwell"
    assert {n.about for n in found.facts.notices} == {"condition"}
    assert found.account.by_outcome == {"not-used": 2, "unrecognised": 5, "used": 1}


@pytest.mark.parametrize(
    ("verification", "provisional"),
    [
        (concept((VERIFICATION, "confirmed")), False),
        (concept(("http://hl7.org/fhir/condition-ver-status", "confirmed")), False),
        (concept(("", "confirmed")), False),
        (concept((VERIFICATION, "unconfirmed")), True),
        (concept((VERIFICATION, "provisional")), True),
        (concept((VERIFICATION, "differential")), True),
        (concept((VERIFICATION, "probable")), True),
        (concept(("urn:local", "confirmed")), True),
        (concept(text="confirmed"), True),
        (concept(("urn:local", "9"), (VERIFICATION, "confirmed")), False),
        (concept((VERIFICATION, "confirmed"), (VERIFICATION, "differential")), True),
    ],
)
def test_verification(verification: Any, provisional: bool) -> None:
    assert one(verificationStatus=verification).provisional is provisional


def test_verification_missing_is_confirmed() -> None:
    assert one().provisional is False


@pytest.mark.parametrize("code", ["entered-in-error", "refuted"])
def test_set_aside(code: str) -> None:
    found = intake(condition("C43.59", verificationStatus=concept((VERIFICATION, code))))
    assert not found.facts.conditions
    assert [(n.kind, n.reason, n.code) for n in found.facts.notices] == [
        ("set-aside", code, "C43.59")
    ]
    assert found.account.by_outcome == {"set-aside": 1, "used": 1}


@pytest.mark.parametrize(
    ("given", "clinical"),
    [
        (concept((CLINICAL, "active")), "active"),
        (concept((CLINICAL, "relapse")), "relapse"),
        (concept((CLINICAL, "resolved")), "resolved"),
        (concept((CLINICAL, "gone")), None),
        (concept(("urn:local", "active")), None),
        (concept((CLINICAL, "active"), (CLINICAL, "resolved")), None),
        (concept(text="active"), None),
    ],
)
def test_clinical_status(given: Any, clinical: str | None) -> None:
    assert one(clinicalStatus=given).clinical == clinical
    assert one().clinical is None


def test_inconclusive_hiv_is_provisional_beside_certain_codes() -> None:
    assert one("R75").provisional
    both = facts(condition(concept((ICD, "R75"), (ICD, "A41.9")))).conditions
    assert [(sorted(c.classes), c.provisional) for c in both] == [
        (["infection"], False),
        (["hiv"], True),
    ]
    assert one(concept((ICD, "R75"), (ICD, "B20"))).provisional is False


DAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("dates", "onset", "abated"),
    [
        ({}, None, None),
        ({"onsetDateTime": "2026-03-14"}, (DAY, DAY), None),
        ({"onsetPeriod": {"start": "2026-03-14", "end": "2026-04"}}, (DAY, DAY), None),
        ({"onsetPeriod": {"end": "2026-04"}}, None, None),
        ({"onsetAge": {"value": 40}}, None, None),
        ({"onsetString": "long ago"}, None, None),
        ({"recordedDate": "2026-03-14"}, None, None),
        ({"abatementDateTime": "2026-03-14"}, None, (DAY, DAY)),
        ({"abatementDateTime": "2026-11"}, None, (date(2026, 11, 1), RECEIVED)),
        (
            {"onsetDateTime": "2026-03-14", "abatementDateTime": "2026-03"},
            (DAY, DAY),
            (DAY, date(2026, 3, 31)),
        ),
        (
            {"onsetDateTime": "2026-03", "abatementDateTime": "2026-03-14"},
            (date(2026, 3, 1), DAY),
            (DAY, DAY),
        ),
        ({"abatementDateTime": "2027-01-02"}, None, (date(2027, 1, 2), date(2027, 1, 2))),
        ({"abatementPeriod": {"start": "2026-01-01", "end": "2026-03-14"}}, None, (DAY, DAY)),
        ({"abatementPeriod": {"start": "2026-01-01"}}, None, (None, RECEIVED)),
        ({"abatementString": "gone", "onsetDateTime": "2026-03-14"}, (DAY, DAY), (DAY, RECEIVED)),
        ({"abatementAge": {"value": 40}}, None, (None, RECEIVED)),
        ({"abatementRange": {}}, None, (None, RECEIVED)),
    ],
)
def test_onset_and_abatement(dates: Any, onset: Any, abated: Any) -> None:
    found = one(**dates)
    assert (found.onset and (found.onset.first, found.onset.last)) == onset
    assert (found.abated and (found.abated.first, found.abated.last)) == abated


@pytest.mark.parametrize(
    ("dates", "own"),
    [
        ({}, None),
        ({"onsetDateTime": "2026-03"}, date(2026, 3, 31)),
        ({"onsetDateTime": "2026-03", "recordedDate": "2026-03-14"}, date(2026, 3, 31)),
        ({"onsetDateTime": "2026-03-01", "recordedDate": "2026-11"}, RECEIVED),
        ({"abatementDateTime": "2026-03-14"}, None),
    ],
)
def test_own_date(dates: Any, own: date | None) -> None:
    assert one(**dates).own == own


@pytest.mark.parametrize(
    "more",
    [
        {"onsetDateTime": "2026", "onsetString": "x"},
        {"onsetBoolean": True},
        {"abatementBoolean": True},
        {"code": "C43"},
        {"code": {"coding": {}}},
        {"code": {"coding": [3]}},
        {"code": {"coding": [{"code": 3}]}},
        {"verificationStatus": "confirmed"},
        {"clinicalStatus": [{}]},
        {"bodySite": {}},
        {"extension": {}},
        {"recordedDate": "x"},
        {"subject": "Patient/p"},
        {"subject": {}},
        {"subject": {"display": "her"}},
        {"subject": {"reference": 3}},
        {"id": 7},
    ],
)
def test_malformed_is_unread(more: Any) -> None:
    found = intake(condition("C43.59") | more)
    assert [kind for kind, _ in reasons(found)] == ["unread"]
    assert found.account.by_outcome == {"unread": 1, "used": 1}
    assert not found.facts.conditions


def test_a_secondary_cancer_in_the_brain() -> None:
    site = [concept((SNOMED, "83251001"))]
    assert "brain-metastasis" in one("C79.9", bodySite=site).classes
    assert one("C79.9", bodySite=site).sites == {"brain"}
    assert "brain-metastasis" not in one("C43.59", bodySite=site).classes
    assert one("C79.9", bodySite=[concept((SNOMED, "10200004"))]).classes == {"secondary-cancer"}


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICD_O, "8720/3", {"melanoma-invasive"}),
        (ICD_O, "87203", {"melanoma-invasive"}),
        ("urn:oid:2.16.840.1.113883.6.43.1", "8772/3", {"melanoma-invasive"}),
        (ICD_O, "8799/3", {"melanoma-invasive"}),
        (ICD_O, "8720/2", {"melanoma-in-situ"}),
        (ICD_O, "8720/6", set()),
        (ICD_O, "8719/3", set()),
        (ICD_O, "8800/3", set()),
        (ICD_O, "8720", set()),
        (SNOMED, "8720/3", set()),
    ],
)
def test_morphology_extension(system: str, code: str, expected: set[str]) -> None:
    extension = [{"url": MORPHOLOGY, "valueCodeableConcept": concept((system, code))}]
    assert one(extension=extension).morphologies == expected


def test_eye_melanoma_coded_twice() -> None:
    assert one(concept((ICD, "C69.3"), (SNOMED, "1197334002"))).classes == {
        "non-cutaneous-melanoma"
    }


# --- codes that stand for a treatment -----------------------------------------------------------

PAST = Days(None, RECEIVED)


def course(code: str, **more: Any) -> Course:
    [found] = facts(condition(code, **more)).courses
    return found


def test_history_of_irradiation() -> None:
    found = facts(condition("Z92.3", onsetDateTime="2026-01-02"))
    [operation] = found.operations
    assert isinstance(operation, Operation)
    assert operation.classes == {"radiotherapy"}
    assert (operation.start, operation.end, operation.ended) == (PAST, PAST, "unknown")
    assert operation.not_before is not None
    assert operation.own == date(2026, 1, 2)
    assert found.conditions[0].classes == {"history-of-irradiation"}


@pytest.mark.parametrize(
    ("code", "drug", "uncertain"),
    [
        ("Z92.21", "chemotherapy-history", False),
        ("Z92.6", "chemotherapy-history", False),
        ("Z92.26", "immunotherapy", False),
        ("Z51.11", "chemotherapy", True),
        ("Z51.1", "chemotherapy", True),
        ("Z51.12", "immunotherapy", False),
    ],
)
def test_history_and_encounters(code: str, drug: str, uncertain: bool) -> None:
    found = course(code)
    assert found.classes == {drug}
    assert (found.uncertain, found.intent) == (uncertain, None)
    begun_for_certain = drug == "chemotherapy-history"
    assert (found.start, found.end) == (None if begun_for_certain else PAST, PAST)
    assert found.ended == "unknown"
    assert course(code, verificationStatus=concept((VERIFICATION, "provisional"))).uncertain


def test_dates_of_an_encounter() -> None:
    begun = course("Z51.11", onsetDateTime="2026-03-14")
    assert (begun.start and begun.start.first, begun.ended) == (DAY, "unknown")
    assert begun.end == Days(DAY, RECEIVED)
    over = course("Z51.12", onsetDateTime="2026-03-01", abatementDateTime="2026-03-14")
    assert (over.end and over.end.last, over.ended) == (DAY, "known")
    assert course("Z51.12", abatementString="over").ended == "unknown"


def test_a_treatment_that_begins_later_says_so() -> None:
    for code in ("Z92.26", "Z92.21", "Z51.11", "Z79.52"):
        found = course(code, onsetDateTime="2027-01-02")
        assert found.not_before is not None
        assert found.not_before.first == date(2027, 1, 2)
    assert (
        course("Z51.11", onsetDateTime="2027-01-02").start
        == course("Z92.26", onsetDateTime="2027-01-02").not_before
    )


ACTIVE = concept((CLINICAL, "active"))
RESOLVED = concept((CLINICAL, "resolved"))


@pytest.mark.parametrize(
    ("more", "ended", "last"),
    [
        ({"clinicalStatus": ACTIVE}, "ongoing", None),
        ({}, "ongoing", None),
        ({"clinicalStatus": RESOLVED}, "unknown", RECEIVED),
        ({"clinicalStatus": ACTIVE, "abatementDateTime": "2026-03-15"}, "known", DAY),
        (
            {"clinicalStatus": RESOLVED, "abatementDateTime": "2026-12-15"},
            "known",
            date(2026, 12, 14),
        ),
    ],
)
def test_long_term_steroids_are_uncertain_while_active(
    more: Any, ended: str, last: date | None
) -> None:
    found = course("Z79.52", onsetDateTime="2026-01-01", **more)
    assert found.classes == {"corticosteroid"}
    assert (found.exposure, found.uncertain) == ("systemic", True)
    assert (found.ended, found.end and found.end.last) == (ended, last)
