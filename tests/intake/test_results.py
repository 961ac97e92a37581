"""Laboratory results, scores and statuses: values, ranges, statuses, versions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from patients.facts import Result
from patients.values import Amount, Score, Sign, Unreadable
from tests.intake.build import (
    LOINC,
    RECEIVED,
    SNOMED,
    UCUM,
    concept,
    facts,
    intake,
    observation,
    quantity,
    reasons,
)


def one(code: str = "777-3", **more: Any) -> Result:
    [found] = facts(observation(code, **more)).results
    return found


def value(code: str, **more: Any) -> Any:
    return one(code, **more).value


def test_a_number_with_its_unit() -> None:
    found = one(
        valueQuantity=quantity(Decimal("231.0"), "10*9/L", unit="G/l"),
        issued="2026-11-18T20:00:00Z",
    )
    amount = found.value
    assert isinstance(amount, Amount)
    assert (str(amount.value), amount.unit, amount.dimension, amount.fault) == (
        "231.0",
        "G/l",
        "number",
        None,
    )
    assert amount.canonical == 231
    assert (found.analyte, found.code, found.status, found.counts) == (
        "platelets",
        "777-3",
        "final",
        True,
    )
    assert found.collected is not None
    assert found.collected.first == date(2026, 11, 18)
    assert found.issued is not None


UNREADABLE: list[dict[str, Any]] = [
    {"valueString": "120"},
    {"valueString": ""},
    {"valueString": 3},
    {"valueQuantity": {"value": "120", "unit": "10*9/L"}},
    {"valueQuantity": {"value": True, "unit": "10*9/L"}},
    {"valueQuantity": {"value": None, "unit": "10*9/L"}},
    {"valueQuantity": {"unit": "10*9/L"}},
    {"valueQuantity": {}},
    {"valueQuantity": None},
    {"valueQuantity": 120},
    {"valueQuantity": [quantity(120, "10*9/L")]},
    {"valueQuantity": quantity(120, "10*9/L", comparator="~")},
    {"valueQuantity": quantity(120, "10*9/L", unit=7)},
    {"valueQuantity": quantity(120, "10*9/L"), "valueString": "x"},
    {"valueQuantity": quantity(120, "10*9/L"), "dataAbsentReason": {"text": "lost"}},
    {"valueCodeableConcept": concept(text="120")},
    {"valueRange": {"low": quantity(100, "10*9/L")}},
    {"valueRatio": {}},
    {"valueBoolean": True},
    {"valueWhatever": 1},
]


@pytest.mark.parametrize("more", UNREADABLE)
def test_a_value_that_cannot_be_interpreted_is_still_a_result(more: dict[str, Any]) -> None:
    found = intake(observation("777-3", **more))
    assert isinstance(found.facts.results[0].value, Unreadable)
    assert found.account.by_outcome == {"used": 2}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"dataAbsentReason": concept(text="haemolysed")},
        {
            "valueQuantity": {
                "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]
            }
        },
    ],
)
def test_an_absent_value(more: dict[str, Any]) -> None:
    found = one(**more)
    assert found.value is None
    assert found.counts


@pytest.mark.parametrize(
    "more",
    [
        {"status": None},
        {"status": "finished"},
        {"code": None},
        {"code": {"coding": "x"}},
        {"effectiveDateTime": "2026-W47-1"},
        {"effectivePeriod": {"start": "2026-11-01"}},
        {"issued": "yesterday"},
        {"referenceRange": {}},
        {"referenceRange": [{"high": {"value": "20"}}]},
        {"referenceRange": [{"high": quantity(20, "10*9/L", comparator="<")}]},
        {"performer": {"display": "x"}},
        {"focus": {"reference": "x"}},
    ],
)
def test_malformed_elsewhere_is_unread(more: dict[str, Any]) -> None:
    whole = observation("777-3", valueQuantity=quantity(120, "10*9/L")) | more
    found = intake(whole)
    assert not found.facts.results
    assert [kind for kind, _ in reasons(found)] == ["unread"]


def test_status_or_code_missing_is_unread() -> None:
    for key in ("status", "code", "subject"):
        whole = observation("777-3", valueQuantity=quantity(120, "10*9/L"))
        del whole[key]
        assert [kind for kind, _ in reasons(intake(whole))] == ["unread"]


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "unknown"])
def test_results_that_do_not_count_are_facts_for_warnings(status: str) -> None:
    found = intake(observation("777-3", status=status, valueQuantity=quantity(120, "10*9/L")))
    [result] = found.facts.results
    assert (result.counts, result.status) == (False, status)
    assert reasons(found) == [("set-aside", "cancelled" if status == "cancelled" else "not-final")]
    assert found.account.by_outcome == {"set-aside": 1, "used": 1}


def test_entered_in_error_is_set_aside_even_when_nothing_else_is_given() -> None:
    bare = {"resourceType": "Observation", "id": "x", "status": "entered-in-error"}
    found = intake(bare)
    assert not found.facts.results
    assert reasons(found) == [("set-aside", "entered-in-error")]


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_results_that_count(status: str) -> None:
    assert one(status=status).counts


@pytest.mark.parametrize(
    ("dates", "collected", "own"),
    [
        ({"effectiveDateTime": "2026-11-22T03:30:00Z"}, date(2026, 11, 21), date(2026, 11, 21)),
        ({"effectivePeriod": {"start": "2026-11-01", "end": "2026-11-03"}}, date(2026, 11, 3), date(2026, 11, 3)),
        ({"effectivePeriod": {"start": "2026-11-01"}}, date(2026, 11, 1), date(2026, 11, 1)),
        ({"effectiveInstant": "2026-11-22T03:30:00Z"}, date(2026, 11, 21), date(2026, 11, 21)),
        ({"effectiveTiming": {"event": ["2026-11-01"]}}, None, None),
        ({"issued": "2026-11-19T12:00:00Z"}, None, date(2026, 11, 19)),
        ({"effectiveDateTime": "2026-11-18", "issued": "2026-11-19T12:00:00Z"}, date(2026, 11, 18), date(2026, 11, 19)),
        ({"effectiveDateTime": "2026-11"}, RECEIVED, RECEIVED),
    ],
)  # fmt: skip
def test_collected_and_own_date(dates: Any, collected: date | None, own: date | None) -> None:
    whole = observation("777-3") | dates
    if "effectiveDateTime" not in dates:
        del whole["effectiveDateTime"]
    [found] = facts(whole).results
    assert (found.collected and found.collected.last) == collected
    assert found.own == own


NEGATIVE: list[Any] = [
    concept((SNOMED, "260385009")),
    concept((SNOMED, "260415000")),
    concept((SNOMED, "260385009"), text="see the report"),
    *(
        concept(text=word)
        for word in ("Negative", " neg ", "NOT  detected", "nonreactive", "Non-Reactive")
    ),
]
POSITIVE: list[Any] = [
    concept((SNOMED, "10828004")),
    concept((SNOMED, "260373001")),
    *(concept(text=word) for word in ("positive", "POS", "Detected", "reactive")),
]
NEITHER: list[Any] = [
    concept((SNOMED, "82334004")),
    concept((SNOMED, "10828004"), (SNOMED, "260385009")),
    concept((SNOMED, "10828004"), text="negative"),
    concept(("urn:local", "260385009")),
    *(
        concept(text=word)
        for word in ("negative for HBsAg", "weakly reactive", "trace", "not done", "")
    ),
]
QUALITATIVE = [
    "2106-3",
    "80384-1",
    "2112-1",
    "2118-8",
    "2110-5",
    "5196-1",
    "13955-0",
    "56888-1",
    "75622-1",
]


@pytest.mark.parametrize("code", [*QUALITATIVE, "11259-9", "11011-4", "29610-3", "42595-9"])
def test_positive_and_negative(code: str) -> None:
    for given, expected in [(NEGATIVE, False), (POSITIVE, True)]:
        for coded in given:
            found = value(code, valueCodeableConcept=coded)
            assert isinstance(found, Sign)
            assert found.positive is expected
            if "text" in coded and len(coded) == 1:
                assert value(code, valueString=coded["text"]) == found._replace(text=coded["text"])
    for coded in NEITHER:
        assert isinstance(value(code, valueCodeableConcept=coded), Unreadable)


@pytest.mark.parametrize("code", QUALITATIVE)
def test_a_number_under_a_qualitative_test_is_not_interpretable(code: str) -> None:
    assert isinstance(value(code, valueQuantity=quantity(0, "m[IU]/mL")), Unreadable)
    assert isinstance(value(code, valueInteger=0), Unreadable)


@pytest.mark.parametrize("code", ["19080-1", "21198-7"])
def test_text_under_quantitative_hcg_is_not_interpretable(code: str) -> None:
    assert isinstance(value(code, valueString="negative"), Unreadable)
    assert isinstance(value(code, valueCodeableConcept=NEGATIVE[0]), Unreadable)
    assert value(code, valueQuantity=quantity(2, "m[IU]/mL")).dimension == "code:m[IU]/mL"


LOADS: list[tuple[Any, bool | None]] = [
    (quantity(0, "[IU]/mL"), False),
    (quantity(0), False),
    (quantity(Decimal("0.0"), "whatever"), False),
    (quantity(15, "[IU]/mL"), True),
    (quantity(15), True),
    (quantity(0, comparator=">"), True),
    (quantity(15, comparator=">"), True),
    (quantity(15, comparator=">="), True),
    (quantity(0, comparator=">="), None),
    (quantity(15, comparator="<"), None),
    (quantity(15, comparator="<="), None),
    (quantity(0, comparator="<="), None),
    (quantity(-1), None),
]


@pytest.mark.parametrize("code", ["11011-4", "20416-4", "42595-9", "29615-2", "11258-1"])
@pytest.mark.parametrize(("load", "positive"), LOADS)
def test_viral_loads(code: str, load: Any, positive: bool | None) -> None:
    found = value(code, valueQuantity=load)
    assert (found.positive if isinstance(found, Sign) else None) is positive


@pytest.mark.parametrize("code", ["38180-6", "47252-2"])
@pytest.mark.parametrize("number", [Decimal("-0.5"), 0, Decimal("1.2")])
def test_a_logarithm_is_positive_whatever_its_value(code: str, number: Any) -> None:
    assert value(code, valueQuantity=quantity(number, "{Log_IU}/mL")).positive is True
    assert value(code, valueQuantity=quantity(number, comparator=">=")).positive is True
    assert isinstance(value(code, valueQuantity=quantity(number, comparator="<")), Unreadable)


ECOG: list[tuple[dict[str, Any], int | None]] = [
    *(({"valueInteger": n}, n) for n in range(6)),
    *(
        ({"valueCodeableConcept": concept((LOINC, f"LA962{n + 2}-{c}"))}, n)
        for n, c in enumerate("753086")
    ),
    ({"valueQuantity": quantity(0)}, 0),
    ({"valueQuantity": quantity(1, "{score}")}, 1),
    ({"valueQuantity": quantity(Decimal("2.0"), unit="{score}")}, 2),
    ({"valueQuantity": quantity(1, "1")}, None),
    ({"valueQuantity": quantity(1, "%")}, None),
    ({"valueQuantity": quantity(1, comparator="<")}, None),
    ({"valueQuantity": quantity(Decimal("1.5"))}, None),
    ({"valueInteger": 6}, None),
    ({"valueInteger": -1}, None),
    ({"valueString": "1"}, None),
    ({"valueCodeableConcept": concept(text="1")}, None),
    ({"valueCodeableConcept": concept(("urn:local", "LA9622-7"))}, None),
    ({"valueCodeableConcept": concept((LOINC, "LA9622-7"), (LOINC, "LA9623-5"))}, None),
]


@pytest.mark.parametrize(("given", "score"), ECOG)
def test_ecog(given: dict[str, Any], score: int | None) -> None:
    found = value("89247-1", **given)
    assert (found.value if isinstance(found, Score) else None) == score


def test_ecog_with_another_unit_is_a_fault_of_the_unit() -> None:
    found = value("89247-1", valueQuantity=quantity(1, "%"))
    assert isinstance(found, Amount)
    assert (found.fault, found.canonical) == ("unit", None)


def test_karnofsky_is_shown_and_is_not_ecog() -> None:
    found = one("89243-0", valueInteger=90)
    assert found.analyte == "karnofsky"
    assert isinstance(found.value, Amount)
    assert found.value.canonical is None


def test_pregnancy_status() -> None:
    assert value("82810-3", valueCodeableConcept=concept((SNOMED, "77386006"))).positive is True
    assert value("82810-3", valueCodeableConcept=concept((SNOMED, "60001007"))).positive is False
    for other in (
        concept((SNOMED, "102874004")),
        concept(text="negative"),
        concept((SNOMED, "260385009")),
    ):
        assert isinstance(value("82810-3", valueCodeableConcept=other), Unreadable)


# --- reference ranges ---------------------------------------------------------------------------

MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
GENDER = "http://hl7.org/fhir/administrative-gender"


def range_of(**more: Any) -> Any:
    found = one("2160-0", valueQuantity=quantity(72, "umol/L"), referenceRange=[more])
    [reference] = found.ranges
    return reference


def test_limits_of_a_range() -> None:
    found = range_of(low=quantity(45, "umol/L"), high=quantity(90, "umol/L"))
    assert (found.low.canonical, found.high.canonical, found.excluded) == (45, 90, False)
    assert range_of(high=quantity(Decimal("0.09"), "mmol/L")).high.canonical == 90
    assert range_of(high=quantity(1, "mg/dL")).high.dimension == "mass"
    assert range_of(high={"value": 90}).high.canonical == 90
    assert range_of(high={"value": 90, "unit": "bananas"}).high.fault == "unit"
    assert range_of(high={"value": 90, "code": "umol/L"}).high.fault == "unit"
    assert range_of(high={"unit": "umol/L"}).high is None
    assert range_of(text="up to 90").high is None


def test_a_limit_without_unit_takes_the_unit_of_the_result() -> None:
    found = one(
        "2160-0",
        valueQuantity={"value": 72, "unit": "mcmol/L"},
        referenceRange=[{"high": {"value": 90}}],
    )
    assert found.ranges[0].high is not None
    assert found.ranges[0].high.canonical == 90
    bare = one("2160-0", valueQuantity={"value": 72}, referenceRange=[{"high": {"value": 90}}])
    assert bare.ranges[0].high is not None
    assert bare.ranges[0].high.fault == "unit"


@pytest.mark.parametrize(
    ("more", "sex", "excluded"),
    [
        ({}, None, False),
        ({"type": concept((MEANING, "normal"))}, None, False),
        ({"type": concept(("", "normal"))}, None, False),
        ({"type": concept((MEANING, "therapeutic"))}, None, True),
        ({"type": concept(("urn:local", "normal"))}, None, True),
        ({"type": concept(text="normal")}, None, True),
        ({"appliesTo": [concept((GENDER, "female"))]}, "female", False),
        ({"appliesTo": [concept((SNOMED, "248153007"))]}, "male", False),
        ({"appliesTo": [concept(("urn:local", "F"), (GENDER, "female"))]}, "female", False),
        ({"appliesTo": [concept((SNOMED, "77386006"))]}, None, True),
        ({"appliesTo": [concept((GENDER, "female")), concept(text="third trimester")]}, None, True),
        ({"appliesTo": [concept((GENDER, "female")), concept((GENDER, "male"))]}, None, True),
        ({"appliesTo": [concept((GENDER, "other"))]}, None, True),
        ({"appliesTo": []}, None, False),
    ],
)
def test_whom_a_range_is_for(more: Any, sex: str | None, excluded: bool) -> None:
    found = range_of(high=quantity(90, "umol/L"), **more)
    assert (found.sex, found.excluded) == (sex, excluded)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ({"value": 18}, {"value": 64}, (18, 64, False)),
        (quantity(18, "a"), None, (18, None, False)),
        (None, {"value": 64, "unit": "a"}, (None, 64, False)),
        (quantity(18, "a", unit="years"), None, (18, None, False)),
        (quantity(216, "mo"), None, (None, None, True)),
        ({"value": 18, "unit": "years"}, None, (None, None, True)),
        ({"unit": "mo"}, quantity(64, "a"), (None, 64, False)),
        (quantity(18, "a", comparator=">"), None, (None, None, True)),
    ],
)
def test_ages_of_a_range(low: Any, high: Any, expected: Any) -> None:
    age = {key: limit for key, limit in (("low", low), ("high", high)) if limit is not None}
    found = range_of(high=quantity(90, "umol/L"), age=age)
    assert (found.age_low, found.age_high, found.excluded) == expected


def test_laboratories() -> None:
    performers = [
        {"display": "  Central  LAB ", "reference": "Organization/Lab-1"},
        {"reference": "Practitioner/x"},
    ]
    found = one(performer=performers)
    assert found.laboratories == ("central lab", "organization/lab-1", "practitioner/x")
    assert found.laboratory == "  Central  LAB "
    assert one().laboratories == ()


# --- which kind ---------------------------------------------------------------------------------


def test_codes_that_no_criterion_uses_and_codes_not_known() -> None:
    found = intake(
        observation("2161-8", "a"), observation("16935-9", "b"), observation("1968-7", "c")
    )
    assert not found.facts.results
    assert reasons(found) == [
        ("not-used", "not-used"),
        ("unrecognised", "unrecognised-code"),
        ("not-used", "not-used"),
    ]
    assert {notice.about for notice in found.facts.notices} == {"observation"}


def test_several_codes_of_one_analyte_are_one_result() -> None:
    both = concept((LOINC, "751-8"), (LOINC, "26499-4"), ("urn:local", "NEUT"))
    assert len(facts(observation(both)).results) == 1
    mixed = concept((LOINC, "751-8"), (LOINC, "777-3"))
    assert [r.analyte for r in facts(observation(mixed)).results] == ["neutrophils", "platelets"]


@pytest.mark.parametrize(
    ("focus", "used"),
    [
        ({"reference": "Patient/p"}, True),
        ({"reference": "Condition/c"}, True),
        ({"reference": "RelatedPerson/baby"}, False),
        ({"reference": "Patient/baby"}, False),
        ({"type": "Group", "display": "donors"}, False),
        ({"reference": "https://x/Device/pump/_history/1"}, False),
    ],
)
def test_a_value_about_somebody_else_is_set_aside(focus: Any, used: bool) -> None:
    found = intake(observation("777-3", focus=[focus], valueQuantity=quantity(120, "10*9/L")))
    assert bool(found.facts.results) is used
    if not used:
        assert reasons(found) == [("set-aside", "about-another")]


def test_units_of_ucum_by_code_whatever_the_unit_says() -> None:
    found = value(
        "777-3", valueQuantity={"value": 5, "unit": "/uL", "system": UCUM, "code": "10*9/L"}
    )
    assert found.canonical == 5
