"""The naive reading of laboratory results, ECOG, histology and lesions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.naive import codes
from tests.naive.sample import Sample, back, concept, icd, snomed

DECIDED = ("met", "evidence")
FAILS = ("not_met", "evidence")


def neutrophils(value: str, unit: str | None, on: str = "2026-11-18", **more: Any) -> tuple:
    return Sample().lab("751-8", value, unit, on, **more).of("granulocytes")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1.5", "10*9/L", DECIDED),
        ("1.499", "10*9/L", FAILS),
        ("1500", "/uL", DECIDED),
        ("1500", "{cells}/uL", DECIDED),
        ("1499.9999999999999999999999999999999", "/mm3", FAILS),
        ("1.5", "K/uL", DECIDED),
        ("1.5", "x10^9 / L", DECIDED),
        ("3000", "10*3/uL", ("unknown", "implausible")),
        ("60", "%", ("unknown", "unit")),
        ("3.9", None, ("unknown", "unit")),
        ("0", "10*9/L", FAILS),
        ("0.001", "10*9/L", ("unknown", "implausible")),
    ],
)
def test_units_and_limits(value: str, unit: str | None, expected: tuple) -> None:
    assert neutrophils(value, unit) == expected


@pytest.mark.parametrize(
    ("comparator", "value", "expected"),
    [
        ("<", "1.5", FAILS),
        ("<=", "1.5", ("unknown", "comparator")),
        ("<", "1.6", ("unknown", "comparator")),
        (">", "1.5", DECIDED),
        (">=", "1.5", DECIDED),
        (">=", "1.4", ("unknown", "comparator")),
    ],
)
def test_comparators_are_bounds(comparator: str, value: str, expected: tuple) -> None:
    assert neutrophils(value, "10*9/L", comparator=comparator) == expected


def test_the_window_has_both_ends() -> None:
    assert neutrophils("3", "10*9/L", back(14)) == DECIDED
    assert neutrophils("3", "10*9/L", back(15)) == ("unknown", "too-old")
    assert neutrophils("3", "10*9/L", back(-1)) == ("unknown", "missing")
    assert neutrophils("3", "10*9/L", "2026-11-10T04:59:00Z") == ("unknown", "too-old")
    assert neutrophils("3", "10*9/L", "2026-11-11T05:00:00Z") == DECIDED


def test_the_last_collected_result_counts_and_the_next_never_stands_in() -> None:
    sample = Sample().lab("777-3", "50", "10*9/L", back(2)).lab("777-3", "250", None, back(1))
    assert sample.of("platelets") == ("unknown", "unit")
    sample = Sample().lab("777-3", "99", "10*9/L", back(2)).lab("777-3", "100", "10*9/L", back(1))
    assert sample.of("platelets") == DECIDED


def test_ties() -> None:
    def two(**more: dict) -> tuple:
        one, other = more.get("one", {}), more.get("other", {})
        sample = Sample().lab("777-3", "99", "10*9/L", back(1), **one)
        return sample.lab("777-3", "100", "10*9/L", back(1), **other).of("platelets")

    early, late = {"issued": "2026-11-25T10:00:00Z"}, {"issued": "2026-11-25T11:00:00Z"}
    assert two() == ("unknown", "conflicting")
    assert two(one=early) == ("unknown", "conflicting")
    assert two(one=early, other=late) == DECIDED
    assert two(one=late, other=early) == FAILS


def test_versions_of_a_result() -> None:
    number = [{"system": "lab", "value": "7"}]

    def versions(status: str) -> tuple:
        sample = Sample().lab("777-3", "100", "10*9/L", back(1), identifier=number)
        issued = {"issued": "2026-11-25T10:00:00Z"}
        sample.lab("777-3", "99", "10*9/L", back(1), identifier=number, status=status, **issued)
        return sample.of("platelets")

    assert versions("corrected") == FAILS
    assert versions("preliminary") == ("unknown", "missing")
    assert versions("entered-in-error") == ("unknown", "missing")


def test_granulocytes_go_before_neutrophils_of_the_same_time() -> None:
    sample = (
        Sample().lab("751-8", "1.2", "10*9/L", back(1)).lab("30394-1", "1.6", "10*9/L", back(1))
    )
    assert sample.of("granulocytes") == DECIDED


def test_partial_collection_dates() -> None:
    assert neutrophils("3", "10*9/L", "2026-11") == ("unknown", "partial-date")
    sample = Sample().lab("751-8", "3", "10*9/L", "2026-11").given(received_on="2026-11-10")
    assert sample.of("granulocytes", "2026-11-10") == DECIDED


def test_upper_limits() -> None:
    def bilirubin(**more: Any) -> tuple:
        ranges = more.pop("ranges", [])
        sample = Sample(gender="female", birthDate="1984-05-17")
        sample.lab("14631-6", "20", "umol/L", back(1), **more)
        return sample.given(reference_ranges=ranges).of("bilirubin-normal")

    assert bilirubin(high="20") == DECIDED
    assert bilirubin(high="0.02", high_unit="mmol/L") == DECIDED
    assert bilirubin(high="19.99") == FAILS
    assert bilirubin(high="1.2", high_unit="mg/dL") == ("unknown", "unit")
    assert bilirubin() == ("unknown", "no-reference-range")
    row = {"analyte": "bilirubin", "sex": "any", "high": "21", "unit": "umol/L"}
    assert bilirubin(ranges=[row]) == DECIDED
    assert bilirubin(ranges=[row, {**row, "sex": "female", "high": "19"}]) == FAILS
    assert bilirubin(ranges=[row, {**row, "high": "19"}]) == ("unknown", "no-reference-range")
    assert bilirubin(ranges=[{**row, "to": back(2)}]) == ("unknown", "no-reference-range")
    lab = {**row, "laboratory": "lab a", "high": "19"}
    assert bilirubin(ranges=[row, lab], performer=[{"display": "Lab  A"}]) == FAILS


def test_ranges_for_a_sex() -> None:
    def for_sex(gender: str | None) -> tuple:
        male = [concept(codes.GENDER, "male")]
        female = [snomed("248152002")]
        high = {"value": 20, "unit": "U/L"}
        ranges = [
            {"high": {**high, "value": 40}, "appliesTo": male},
            {"high": high, "appliesTo": female},
        ]
        sample = Sample(**({"gender": gender} if gender else {}))
        sample.lab("1920-8", "60", "U/L", back(1), referenceRange=ranges)
        sample.lab("1742-6", "10", "IU/L", back(1), high="40")
        return sample.of("ast-alt")

    assert for_sex("male") == DECIDED
    assert for_sex("female") == FAILS
    assert for_sex(None) == ("unknown", "no-reference-range")


def test_exact_multiples_of_the_limit() -> None:
    equal = Sample().lab("14682-9", "135", "umol/L", back(1), high="90")
    assert equal.of("creatinine") == DECIDED
    above = Sample().lab("14682-9", "135.0000001", "umol/L", back(1), high="90")
    assert above.clears("creatinine") == ("not_met", "new_data", None)
    katal = Sample().lab("1920-8", "1.25", "ukat/L", back(1), high="30", high_unit="U/L")
    assert katal.lab("1742-6", "1", "U/L", back(1), high="40").of("ast-alt") == DECIDED


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueInteger": 0}, DECIDED),
        ({"valueInteger": 2}, DECIDED),
        ({"valueInteger": 3}, FAILS),
        ({"valueInteger": 7}, ("unknown", "unreadable")),
        ({"valueCodeableConcept": concept(codes.LOINC, "LA9625-0")}, FAILS),
        ({"valueQuantity": {"value": 1, "unit": "{score}"}}, DECIDED),
        ({"valueQuantity": {"value": 1, "unit": "mm"}}, ("unknown", "unit")),
    ],
)
def test_ecog(value: dict, expected: tuple) -> None:
    sample = Sample().result("89247-1", effectiveDateTime=back(28), **value)
    assert sample.of("ecog-0-2") == expected
    assert sample.of("ecog-0-2", "2026-11-26") == ("unknown", "too-old")


# histology


def test_histology() -> None:
    name = "histology-cutaneous-melanoma"
    proof = {"valueCodeableConcept": concept(codes.ICDO3[0], "8720/3")}
    assert Sample().condition("C43.59").of(name) == ("unknown", "missing")
    assert Sample().condition("C43.59").result("31206-6", **proof).of(name) == DECIDED
    in_situ = {"valueCodeableConcept": concept(codes.ICDO3[0], "8720/2")}
    assert Sample().condition("C43.59").result("31206-6", **in_situ).of(name)[0] == "unknown"
    eye = Sample().condition(snomed("1197334002"))
    assert eye.clears(name) == ("not_met", "none", None)
    assert Sample().condition(snomed("372244006")).of(name) == ("unknown", "site-not-stated")
    assert Sample().condition("C43.59", verification="provisional").of(name) == (
        "unknown",
        "provisional",
    )
    report = {"code": concept(codes.LOINC, "22637-3"), "conclusionCode": [icd("C43.5")]}
    reported = Sample().condition("C43.59").add("DiagnosticReport", status="final", **report)
    assert reported.of(name) == DECIDED


# lesions

XRAY = snomed("399208008")
CT = snomed("77477000")
SPIRAL = snomed("77477000", "Spiral CT")
MRI = snomed("113091000")


@pytest.mark.parametrize(
    ("size", "method", "expected"),
    [
        ("20", XRAY, DECIDED),
        ("19.9", XRAY, FAILS),
        ("10", SPIRAL, DECIDED),
        ("9.9", SPIRAL, FAILS),
        ("20", CT, DECIDED),
        ("15", CT, ("unknown", "method-not-stated")),
        ("9.9", CT, FAILS),
        ("24", MRI, ("unknown", "method-not-stated")),
        ("24", None, ("unknown", "method-not-stated")),
        ("9", MRI, FAILS),
    ],
)
def test_measurable(size: str, method: dict | None, expected: tuple) -> None:
    assert Sample().lesion(size, back(15), method).of("measurable-disease") == expected


def test_the_site_states_that_its_scanners_are_spiral() -> None:
    sample = Sample().lesion("10", back(15), CT).given(policy={"ct_is_spiral": True})
    assert sample.of("measurable-disease") == DECIDED


def test_centimetres_and_the_window_of_lesions() -> None:
    assert Sample().lesion("2.0", back(28), XRAY, unit="cm").of("measurable-disease") == DECIDED
    assert Sample().lesion("20", back(29), XRAY).of("measurable-disease") == ("unknown", "too-old")


def test_nonbulky() -> None:
    name = "nonbulky-disease"
    assert Sample().lesion("50", back(1), XRAY).of(name) == DECIDED
    assert Sample().lesion("50.1", back(1), XRAY).clears(name) == ("not_met", "new_data", None)
    assert Sample().lesion("50.1", back(1), MRI).of(name) == ("unknown", "method-not-stated")
    one, two = [{"reference": "BodyStructure/1"}], [{"reference": "BodyStructure/2"}]
    sample = Sample().lesion("60", back(90), CT, focus=one).lesion("24", back(9), CT, focus=two)
    assert sample.of(name) == ("unknown", "too-old")
    assert sample.lesion("40", back(8), CT, focus=one).of(name) == DECIDED


def test_two_readings_of_lesions_without_identity() -> None:
    sample = Sample().lesion("24", back(20), XRAY).lesion("12", back(10), XRAY)
    assert sample.of("measurable-disease") == ("unknown", "conflicting")
    same_day = Sample().lesion("24", back(10), XRAY).lesion("12", back(10), XRAY)
    assert same_day.of("measurable-disease") == DECIDED


def test_a_statement_settles_only_older_measurements() -> None:
    name = "measurable-disease"
    mri = Sample().lesion("24", back(10), MRI)
    assert mri.said(name, "met", back(10)).of(name) == ("met", "attestation")
    newer = Sample().lesion("24", back(10), MRI).said(name, "met", back(11))
    assert newer.of(name) == ("unknown", "newer-than-statement")


def test_brain() -> None:
    name = "no-brain-metastases"
    assert Sample().of(name) == ("met", "absence")
    assert Sample().condition("C79.31", "resolved").clears(name) == ("not_met", "none", None)
    assert Sample().condition("C79.9", bodySite=[snomed("12738006")]).of(name) == FAILS
    assert Sample().condition("C79.40").of(name) == ("unknown", "site-not-stated")
    assert Sample().condition("C79.49").of(name) == ("met", "absence")
    seen = Sample().lesion("4", "2020-01-01", MRI, bodySite=snomed("12738006"))
    assert seen.of(name) == ("unknown", "needs-judgement")


def test_tissue() -> None:
    name = "tumor-tissue-available"
    block = Sample().add("Specimen", status="available", type=snomed(codes.FFPE))
    assert block.of(name) == DECIDED
    gone = Sample().add("Specimen", status="unavailable", type=snomed(codes.FFPE))
    assert gone.of(name) == ("unknown", "missing")
