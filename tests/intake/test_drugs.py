"""Drug records: which drug, which dates, which route and intent, and what is set aside."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from patients.facts import Course
from tests.intake.build import (
    ATC,
    RECEIVED,
    RXNORM,
    SNOMED,
    concept,
    drug,
    facts,
    intake,
    intent,
    reasons,
)

ADMINISTRATION, STATEMENT, REQUEST = (
    "MedicationAdministration",
    "MedicationStatement",
    "MedicationRequest",
)
NIVOLUMAB = "L01FF01"
MARCH, MAY = "2026-03-01", "2026-05-01"
PERIOD = {"start": MARCH, "end": MAY}


def one(kind: str, code: str = NIVOLUMAB, **more: Any) -> Course:
    [found] = facts(drug(kind, code, **more)).courses
    return found


def short(found: Course) -> tuple[str, str, str, bool]:
    """Start, end, how it ended and whether it is uncertain, in words."""
    start = "-" if found.start is None else f"{found.start.first or '..'}/{found.start.last}"
    end = "-" if found.end is None else f"{found.end.first or '..'}/{found.end.last}"
    return start, end, found.ended, found.uncertain


def bounds(*periods: dict[str, str]) -> list[dict[str, Any]]:
    return [{"timing": {"repeat": {"boundsPeriod": period}}} for period in periods]


D, E, R = f"{MARCH}/{MARCH}", f"{MAY}/{MAY}", str(RECEIVED)
COURSES: list[tuple[str, str, dict[str, Any], tuple[str, str, str, bool]]] = [
    (ADMINISTRATION, "in-progress", {"effectivePeriod": PERIOD}, (D, E, "known", False)),
    (ADMINISTRATION, "in-progress", {"effectivePeriod": {"start": MARCH}}, (D, "-", "ongoing", False)),
    (ADMINISTRATION, "in-progress", {"effectiveDateTime": MARCH}, (D, "-", "ongoing", False)),
    (ADMINISTRATION, "in-progress", {}, ("-", "-", "ongoing", False)),
    (ADMINISTRATION, "completed", {"effectiveDateTime": MARCH}, (D, D, "known", False)),
    (ADMINISTRATION, "completed", {"effectivePeriod": PERIOD}, (D, E, "known", False)),
    (ADMINISTRATION, "completed", {"effectivePeriod": {"start": MARCH}}, (D, f"{MARCH}/{R}", "unknown", False)),
    (ADMINISTRATION, "completed", {"effectivePeriod": {"end": MAY}}, (f"../{MAY}", E, "known", False)),
    (ADMINISTRATION, "stopped", {}, (f"../{R}", f"../{R}", "unknown", False)),
    (ADMINISTRATION, "completed", {"effectiveDateTime": "2026-11"},
     (f"2026-11-01/{R}", f"2026-11-01/{R}", "known", False)),
    (ADMINISTRATION, "on-hold", {"effectiveDateTime": MARCH}, (D, "-", "ongoing", True)),
    (ADMINISTRATION, "unknown", {"effectivePeriod": PERIOD}, (D, E, "known", True)),
    (STATEMENT, "active", {"effectivePeriod": {"start": MARCH, "end": "2027-02"}},
     (D, "2027-02-01/2027-02-28", "known", False)),
    (STATEMENT, "active", {"effectivePeriod": {"start": MARCH, "end": "2026-11"}},
     (D, "2026-11-01/2026-11-30", "known", False)),
    (STATEMENT, "active", {}, ("-", "-", "ongoing", False)),
    (STATEMENT, "completed", {"effectivePeriod": {"start": MARCH, "end": "2026-11"}},
     (D, f"2026-11-01/{R}", "known", False)),
    (STATEMENT, "completed", {"effectiveDateTime": MARCH}, (D, D, "known", False)),
    (STATEMENT, "stopped", {"effectivePeriod": {"start": MARCH}}, (D, f"{MARCH}/{R}", "unknown", False)),
    (STATEMENT, "on-hold", {"effectivePeriod": {"start": MARCH}}, (D, "-", "ongoing", True)),
    (STATEMENT, "unknown", {}, ("-", "-", "ongoing", True)),
    (REQUEST, "active", {"authoredOn": MARCH}, (D, "-", "ongoing", False)),
    (REQUEST, "active", {"authoredOn": "2026-01-01", "dosageInstruction": bounds(PERIOD)}, (D, E, "known", False)),
    (REQUEST, "active", {"authoredOn": MARCH, "dosageInstruction": bounds({"end": MAY})}, (D, E, "known", False)),
    (REQUEST, "active",
     {"authoredOn": MARCH, "dosageInstruction": [{}, {"timing": {"repeat": {"boundsDuration": {}}}}]},
     (D, "-", "ongoing", False)),
    (REQUEST, "active", {"dosageInstruction": bounds({"start": MAY, "end": "2026-06"}, PERIOD)},
     (D, "2026-06-01/2026-06-30", "known", False)),
    (REQUEST, "active", {"dosageInstruction": bounds({"start": MAY}, PERIOD)}, (D, "-", "ongoing", False)),
    (REQUEST, "active", {"dosageInstruction": bounds({"start": "2026", "end": "2026"}, PERIOD)},
     (f"2026-01-01/{MARCH}", f"{MAY}/2026-12-31", "known", False)),
    (REQUEST, "completed", {"authoredOn": MARCH}, (D, f"{MARCH}/{R}", "unknown", False)),
    (REQUEST, "completed", {"dosageInstruction": bounds(PERIOD)}, (D, E, "known", False)),
    (REQUEST, "completed", {"dosageInstruction": bounds({"end": MAY})}, (f"../{MAY}", E, "known", False)),
    (REQUEST, "completed", {}, (f"../{R}", f"../{R}", "unknown", False)),
    (REQUEST, "stopped", {"dosageInstruction": bounds(PERIOD)}, (D, f"{MARCH}/{MAY}", "unknown", False)),
    (REQUEST, "stopped", {"dosageInstruction": bounds({"start": MARCH, "end": "2027-01-01"})},
     (D, f"{MARCH}/{R}", "unknown", False)),
    (REQUEST, "stopped", {"authoredOn": MARCH}, (D, f"{MARCH}/{R}", "unknown", False)),
    (REQUEST, "stopped", {"dosageInstruction": bounds({"end": MAY})}, (f"../{R}", f"../{MAY}", "unknown", False)),
    (REQUEST, "on-hold", {"authoredOn": MARCH}, (D, "-", "ongoing", True)),
    (REQUEST, "unknown", {"authoredOn": MARCH, "dosageInstruction": bounds(PERIOD)}, (D, E, "known", True)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "status", "more", "expected"), COURSES)
def test_dates_of_a_course(kind: str, status: str, more: Any, expected: Any) -> None:
    assert short(one(kind, status=status, **more)) == expected


OWN: list[tuple[str, str, dict[str, Any], date | None]] = [
    (ADMINISTRATION, "completed", {"effectiveDateTime": MARCH}, date(2026, 3, 1)),
    (ADMINISTRATION, "completed", {"effectivePeriod": PERIOD}, date(2026, 5, 1)),
    (ADMINISTRATION, "in-progress", {"effectivePeriod": PERIOD}, date(2026, 3, 1)),
    (STATEMENT, "stopped", {"effectivePeriod": {"start": MARCH}}, date(2026, 3, 1)),
    (STATEMENT, "active", {"effectivePeriod": {"end": MAY}}, None),
    (
        REQUEST,
        "active",
        {"authoredOn": "2026-02", "dosageInstruction": bounds(PERIOD)},
        date(2026, 3, 1),
    ),
    (
        REQUEST,
        "completed",
        {"authoredOn": "2026-02", "dosageInstruction": bounds(PERIOD)},
        date(2026, 5, 1),
    ),
    (
        REQUEST,
        "stopped",
        {"authoredOn": "2026-04-01", "dosageInstruction": bounds(PERIOD)},
        date(2026, 4, 1),
    ),
    (REQUEST, "active", {}, None),
]


@pytest.mark.parametrize(("kind", "status", "more", "own"), OWN)
def test_own_date(kind: str, status: str, more: Any, own: date | None) -> None:
    assert one(kind, status=status, **more).own == own


SET_ASIDE = [
    (ADMINISTRATION, {"status": "not-done"}, "not-done"),
    (ADMINISTRATION, {"status": "entered-in-error"}, "entered-in-error"),
    (STATEMENT, {"status": "not-taken"}, "not-taken"),
    (STATEMENT, {"status": "intended"}, "intended"),
    (STATEMENT, {"status": "entered-in-error"}, "entered-in-error"),
    (REQUEST, {"status": "draft"}, "draft"),
    (REQUEST, {"status": "cancelled"}, "cancelled"),
    (REQUEST, {"status": "entered-in-error"}, "entered-in-error"),
    (REQUEST, {"doNotPerform": True}, "do-not-perform"),
    (REQUEST, {"intent": "proposal"}, "not-an-order"),
    (REQUEST, {"intent": "plan"}, "not-an-order"),
    (REQUEST, {"intent": "option"}, "not-an-order"),
]


@pytest.mark.parametrize(("kind", "more", "reason"), SET_ASIDE)
def test_set_aside(kind: str, more: Any, reason: str) -> None:
    found = intake(drug(kind, NIVOLUMAB, **more))
    assert not found.facts.courses
    assert [(n.kind, n.reason, n.code, n.about) for n in found.facts.notices] == [
        ("set-aside", reason, NIVOLUMAB, "drug")
    ]


@pytest.mark.parametrize(
    "given", ["order", "original-order", "reflex-order", "filler-order", "instance-order"]
)
def test_orders_count(given: str) -> None:
    assert one(REQUEST, intent=given, doNotPerform=False)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "on"},
        {"intent": "wish"},
        {"doNotPerform": "no"},
        {"authoredOn": "x"},
        {"medicationReference": {"reference": "Medication/m"}},
        {"medicationString": "aspirin"},
        {"medicationCodeableConcept": []},
        {"dosageInstruction": [{"route": "oral"}]},
        {
            "dosageInstruction": [
                {"timing": {"repeat": {"boundsPeriod": {"start": MAY, "end": MARCH}}}}
            ]
        },
    ],
)
def test_malformed_is_unread(more: Any) -> None:
    found = intake(drug(REQUEST, NIVOLUMAB) | more)
    assert [kind for kind, _ in reasons(found)] == ["unread"]
    assert not found.facts.courses


def test_required_elements() -> None:
    for key in ("status", "intent", "medicationCodeableConcept", "subject"):
        whole = drug(REQUEST, NIVOLUMAB)
        del whole[key]
        assert [kind for kind, _ in reasons(intake(whole))] == ["unread"]


# --- which drug ---------------------------------------------------------------------------------


def by_reference(reference: Any, *more: dict[str, Any], **record: Any) -> Any:
    whole = drug(STATEMENT, NIVOLUMAB) | {"medicationReference": reference} | record
    del whole["medicationCodeableConcept"]
    return intake(whole, *more)


MEDICATION = {"resourceType": "Medication", "id": "m", "code": concept((ATC, NIVOLUMAB))}


def test_drug_by_reference() -> None:
    referenced = by_reference({"reference": "Medication/m"}, MEDICATION)
    assert referenced.facts.courses[0].classes == {"immunotherapy"}
    assert referenced.account.by_outcome == {"supporting": 1, "used": 2}
    contained = by_reference({"reference": "#m"}, contained=[MEDICATION])
    assert contained.facts.courses[0].classes == {"immunotherapy"}
    named = MEDICATION | {"identifier": [{"value": "7"}]}
    assert by_reference({"identifier": {"value": "7"}}, named).facts.courses


def test_drug_that_is_not_found() -> None:
    wrong = [
        ({"reference": "Medication/none", "display": "nivo"}, ()),
        ({"reference": "#none"}, ()),
        ({"display": "nivolumab"}, ()),
        ({"reference": "Patient/p"}, ()),
        ({"reference": "Medication/m"}, (MEDICATION | {"status": "entered-in-error"},)),
        ({"reference": "Medication/m"}, (MEDICATION | {"modifierExtension": []},)),
    ]
    for reference, more in wrong:
        found = by_reference(reference, *more)
        assert not found.facts.courses
        assert ("unrecognised", "drug-not-found") in reasons(found)
    assert (
        by_reference({"reference": "Medication/none", "display": "nivo"}).facts.notices[0].text
        == "nivo"
    )


def test_codes_that_give_no_class() -> None:
    found = intake(
        drug(STATEMENT, "C09AA02", "a"),
        drug(STATEMENT, "L03AA02", "b"),
        drug(STATEMENT, "161", "c", system=RXNORM),
        drug(STATEMENT, "x", "d", medicationCodeableConcept=concept(text="herbal tea")),
    )
    assert [(n.kind, n.id, n.text) for n in found.facts.notices] == [
        ("not-used", "a", ""),
        ("unrecognised", "b", ""),
        ("unrecognised", "c", ""),
        ("unrecognised", "d", "herbal tea"),
    ]


def test_several_classes_apply_together() -> None:
    both = concept((ATC, "L01AX03"), (ATC, "L01EC01"), (ATC, "H02AB02"))
    found = one(STATEMENT, medicationCodeableConcept=both)
    assert found.classes == {"chemotherapy", "targeted", "corticosteroid"}
    assert found.exposure == "systemic"


# --- intent and route ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), [None]),
        (("373846009",), ["adjuvant"]),
        (("373847000",), ["neoadjuvant"]),
        (("363676003",), ["palliative"]),
        (("373808002",), [None]),
        (("399707004",), [None]),
        (("373846009", "363676003"), ["adjuvant", "palliative"]),
        (("373846009", "373846009"), ["adjuvant"]),
        (("373846009", "373808002"), ["adjuvant", None]),
    ],
)
def test_each_intent_is_a_course(codes: tuple[str, ...], expected: list[str | None]) -> None:
    found = facts(drug(STATEMENT, NIVOLUMAB, extension=intent(*codes))).courses
    assert [course.intent for course in found] == expected
    assert all(course.exposure is None for course in found)


ORAL, SKIN, RECTAL = "26643006", "6064005", "37161004"
DEXAMETHASONE, PREDNISONE, CREAM = (RXNORM, "3264"), (RXNORM, "8640"), (ATC, "D07AC01")
EXPOSURES: list[tuple[tuple[str, str], list[Any], list[str]]] = [
    (PREDNISONE, [], ["systemic"]),
    (CREAM, [], ["topical"]),
    (DEXAMETHASONE, [], ["undetermined"]),
    (DEXAMETHASONE, [ORAL], ["systemic"]),
    (DEXAMETHASONE, ["54485002"], ["topical"]),
    (DEXAMETHASONE, ["447694001"], ["topical"]),
    (PREDNISONE, [SKIN], ["topical"]),
    (CREAM, ["47625008"], ["systemic"]),
    (CREAM, [RECTAL], ["undetermined"]),
    (PREDNISONE, [concept(text="by mouth")], ["undetermined"]),
    (PREDNISONE, [concept(("urn:local", ORAL))], ["undetermined"]),
    (PREDNISONE, [concept(("urn:local", "PO"), (SNOMED, ORAL))], ["systemic"]),
    (DEXAMETHASONE, [ORAL, SKIN], ["systemic", "topical"]),
    (DEXAMETHASONE, [ORAL, ORAL], ["systemic"]),
    (DEXAMETHASONE, [ORAL, None], ["systemic"]),
]


@pytest.mark.parametrize(("product", "routes", "expected"), EXPOSURES)
def test_where_a_corticosteroid_acts(product: Any, routes: list[Any], expected: list[str]) -> None:
    dosages: list[dict[str, Any]] = [
        {} if r is None else {"route": concept((SNOMED, r)) if isinstance(r, str) else r}
        for r in routes
    ]
    for kind, key in ((STATEMENT, "dosage"), (REQUEST, "dosageInstruction")):
        record = drug(kind, "x", medicationCodeableConcept=concept(product)) | {key: dosages}
        found = facts(record).courses
        assert [course.exposure for course in found] == expected
        assert {course.classes for course in found} == {frozenset({"corticosteroid"})}


def test_the_route_of_an_administration_is_not_in_a_list() -> None:
    given = {"route": concept((SNOMED, ORAL))}
    assert (
        one(
            ADMINISTRATION, "x", medicationCodeableConcept=concept(DEXAMETHASONE), dosage=given
        ).exposure
        == "systemic"
    )


def test_products_of_two_kinds_without_route() -> None:
    both = concept(PREDNISONE, CREAM)
    assert one(STATEMENT, medicationCodeableConcept=both).exposure == "undetermined"


def test_monthly_orders_are_courses_of_their_own() -> None:
    orders = [drug(REQUEST, "H02AB07", f"m{n}", authoredOn=f"2026-0{n}-01") for n in range(1, 7)]
    assert len(facts(*orders).courses) == 6
