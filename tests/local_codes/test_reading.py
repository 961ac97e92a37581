"""What a map does to the reading of a record, by itself: it adds where the standard says nothing, and nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility import demonstration
from patients.codec import encode
from patients.codes.loader import CONTENT
from patients.codes.local import NO_LOCAL_CODES, LocalCode, LocalCodes, concerned
from patients.facts import Intake
from patients.intake.fhir import read_bundle
from tests.local_codes.build import LAB, LOINC, bundle, observation

ON = date(2026, 11, 25)
SNOMED, ICD = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"
KEYS = tuple(one.key for one in demonstration.catalogue())


def mapped(*lines: tuple[str, str, str, str, str]) -> LocalCodes:
    return LocalCodes(tuple(LocalCode(*line, since=1) for line in lines), 1)  # type: ignore[arg-type]


NEUT = mapped(("observation", LAB, "NEUT", LOINC, "751-8"))


def read(sent: Any, local: LocalCodes = NO_LOCAL_CODES) -> Intake:
    return read_bundle(sent, received_on=ON, zone=ZoneInfo("America/Toronto"), local_codes=local)


def every(intake: Intake) -> list[Any]:
    facts = intake.facts
    kinds = (facts.conditions, facts.results, facts.courses, facts.operations, facts.histologies)
    return [encode(one) for kind in (*kinds, facts.lesions, facts.notices) for one in kind]


@pytest.mark.parametrize("key", KEYS)
def test_records_of_the_standard_read_the_same_whatever_the_map_says(key: str) -> None:
    """Even a map that reads every one of their codes as something else: nobody asks it."""
    sent: Any = demonstration.bundle(key, on=ON)
    codings = {
        (one.get("system", ""), one["code"])
        for entry in sent["entry"]
        for at in ("code", "medicationCodeableConcept")
        for one in (entry["resource"].get(at) or {}).get("coding", ())
    }
    plain = read(sent)
    unread = {(one.system, one.code) for one in plain.facts.notices if one.kind == "unrecognised"}
    against = mapped(
        *(("observation", *one, LOINC, "777-3") for one in codings - unread),
        *(("condition", *one, ICD, "B20") for one in codings - unread),
        *(("drug", *one, ATC, "L01BC01") for one in codings - unread),
    )
    assert every(read(sent, against)) == every(plain)
    assert every(read(sent, LocalCodes((), 7))) == every(plain)


def test_a_recognised_coding_speaks_alone() -> None:
    """Also where it says that no criterion uses the record: direct bilirubin under a code that the map calls total."""
    local = mapped(("observation", LAB, "BILI", LOINC, "14631-6"))
    beside = bundle(observation("o", (LOINC, "1968-7"), (LAB, "BILI")))
    assert every(read(beside, local)) == every(read(beside))
    assert (
        read(bundle(observation("o", (LAB, "BILI"))), local).facts.results[0].analyte == "bilirubin"
    )


def test_a_value_and_its_unit_stay_as_they_were_sent() -> None:
    odd = {
        "valueQuantity": {"value": 3000, "unit": "10*3/uL", "system": "http://unitsofmeasure.org"}
    }
    standard = read(bundle(observation("o", (LOINC, "751-8"), **odd))).facts.results[0]
    local = read(bundle(observation("o", (LAB, "NEUT"), **odd)), NEUT).facts.results[0]
    assert local == standard
    assert getattr(local.value, "fault", None) == "implausible"


def test_what_was_read_so_says_it_and_keeps_the_code_as_sent() -> None:
    found = read(bundle(observation("o", (LAB, "NEUT"), (LAB, "N2"))), NEUT)
    said = {(one.code, one.reason): one.detail for one in found.facts.notices}
    assert said.keys() == {("NEUT", "local-code"), ("N2", "beside-local-code")}
    assert "read as 751-8" in said["NEUT", "local-code"]
    assert "version 1 of this site" in said["NEUT", "local-code"]
    assert found.account.by_outcome == {"used": 2}


CHEMO, STUDY = "CHEMO-1", "X-9"
RECORDS: dict[str, tuple[dict[str, Any], LocalCodes, str]] = {
    "condition": (
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": LAB, "code": "MELA"}]},
        },
        mapped(("condition", LAB, "MELA", ICD, "C43.9")),
        "conditions",
    ),
    "procedure": (
        {
            "resourceType": "Procedure",
            "id": "c",
            "status": "completed",
            "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": LAB, "code": "OP"}]},
            "performedDateTime": "2026-10-01",
        },
        mapped(("procedure", LAB, "OP", SNOMED, "43075005")),
        "operations",
    ),
    "drug": (
        {
            "resourceType": "MedicationStatement",
            "id": "c",
            "status": "active",
            "subject": {"reference": "Patient/p"},
            "medicationCodeableConcept": {
                "coding": [{"system": "http://hl7.org/fhir/NamingSystem/ca-hc-din", "code": "D-1"}]
            },
            "effectiveDateTime": "2026-10-01",
        },
        mapped(("drug", "http://hl7.org/fhir/NamingSystem/ca-hc-din", "D-1", ATC, "L01FF02")),
        "courses",
    ),
    "conclusion": (
        {
            "resourceType": "DiagnosticReport",
            "id": "c",
            "status": "final",
            "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": LAB, "code": "PATH"}]},
            "conclusionCode": [{"coding": [{"system": LAB, "code": "MELA"}]}],
        },
        mapped(
            ("observation", LAB, "PATH", LOINC, "11526-1"),
            ("condition", LAB, "MELA", ICD, "C43.9"),
        ),
        "histologies",
    ),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_every_kind_of_record_can_be_read_by_a_map(kind: str) -> None:
    record, local, facts = RECORDS[kind]
    assert not getattr(read(bundle(record)).facts, facts)
    assert len(getattr(read(bundle(record), local).facts, facts)) == 1


def test_a_code_of_another_kind_is_not_read() -> None:
    record, local, facts = RECORDS["condition"]
    drug = LocalCodes(tuple(one._replace(kind="drug") for one in local.entries), 1)
    assert every(read(bundle(record), drug)) == every(read(bundle(record)))
    assert facts == "conditions"


def test_a_code_is_told_apart_by_its_system_and_every_letter() -> None:
    for system, code in ((LAB, "neut"), ("", "NEUT"), (f"{LAB}/", "NEUT"), (LAB, "NEUT1")):
        sent = bundle(observation("o", (system, code)))
        assert every(read(sent, NEUT)) == every(read(sent))


def test_canadian_systems_are_known_by_their_addresses() -> None:
    systems = CONTENT["systems"]
    assert "http://hl7.org/fhir/sid/icd-10-ca" in systems["icd-10"]
    assert systems["din"][0] == "http://hl7.org/fhir/NamingSystem/ca-hc-din"
    assert systems["cci"][0] == "http://cihi.ca/fhir/CodeSystem/cihi-cci"
    sent = RECORDS["condition"][0] | {
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-ca", "code": "C43.9"}]}
    }
    assert read(bundle(sent)).facts.conditions[0].classes == {"cutaneous-melanoma"}


_CODES = st.tuples(st.sampled_from(["", LAB]), st.sampled_from(["A", "B", "C"]))
_LINES = st.lists(st.tuples(_CODES, st.sampled_from(["751-8", "777-3"])), max_size=5).map(
    lambda lines: mapped(*(("observation", *code, LOINC, target) for code, target in lines))
)


@given(_LINES, _LINES, st.lists(_CODES, min_size=1, max_size=3, unique=True))
def test_whoever_is_not_concerned_is_read_alike(
    one: LocalCodes, other: LocalCodes, codings: list[tuple[str, str]]
) -> None:
    sent = bundle(observation("o", *codings))
    codes = set(concerned(one, other))
    on_record = {(n.system, n.code) for n in read(sent, one).facts.notices}
    if not codes & on_record:
        assert every(read(sent, one)) == every(read(sent, other))
    assert set(codings) == on_record
    assert every(read(sent, NO_LOCAL_CODES)) == every(read(sent))


def test_the_digest_is_of_what_is_read_and_not_of_its_order() -> None:
    lines = NEUT.entries + mapped(("observation", LAB, "PLT", LOINC, "777-3")).entries
    assert LocalCodes(lines).digest == LocalCodes(lines[::-1]).digest != NEUT.digest
