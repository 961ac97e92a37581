"""The person: birth, sex, death, address."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from patients.facts import Person
from patients.intake.fhir import read_bundle
from tests.intake.build import RECEIVED, TORONTO, bundle, patient

CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


def person(**more: Any) -> Person:
    tree = bundle(patient(**more), with_patient=False)
    return read_bundle(tree, received_on=RECEIVED, zone=TORONTO).facts.person


def sexes(*codes: str) -> list[dict[str, str]]:
    """Birth sex for a letter, sex for a number."""
    return [
        {
            "url": CORE + ("birthsex" if code.isalpha() and code.isupper() else "sex"),
            "valueCode": code,
        }
        for code in codes
    ]


@pytest.mark.parametrize(
    ("gender", "extension", "sex", "note"),
    [
        ("female", [], "female", "recorded"),
        ("male", [], "male", "recorded"),
        ("other", [], None, "other"),
        ("unknown", [], None, "unknown"),
        ("male", sexes("F"), "female", "recorded"),
        ("female", sexes("248153007"), "male", "recorded"),
        ("other", sexes("M"), "male", "recorded"),
        ("female", sexes("UNK"), None, "unknown"),
        ("female", sexes("asked-declined"), None, "unknown"),
        ("female", sexes("F", "248152002"), "female", "recorded"),
        ("female", sexes("F", "248153007"), None, "contradictory"),
        ("female", sexes("F", "unknown"), None, "unknown"),
        ("female", [{"url": "http://x", "valueCode": "M"}], "female", "recorded"),
    ],
)
def test_sex(gender: str, extension: Any, sex: str | None, note: str) -> None:
    found = person(gender=gender, extension=extension)
    assert (found.sex, found.sex_note) == (sex, note)


def test_gender_missing() -> None:
    tree = bundle({"resourceType": "Patient"}, with_patient=False)
    found = read_bundle(tree, received_on=RECEIVED, zone=TORONTO).facts.person
    assert (found.sex, found.sex_note, found.birth, found.deceased) == (None, "missing", None, None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1984-05-17", date(1984, 5, 17), date(1984, 5, 17)),
        ("1984-05", date(1984, 5, 1), date(1984, 5, 31)),
        ("2008", date(2008, 1, 1), date(2008, 12, 31)),
        ("2026", date(2026, 1, 1), RECEIVED),
        ("0001-01-01", date(1, 1, 1), date(1, 1, 1)),
        ("9999-12-31", date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_birth_may_be_partial(text: str, first: date, last: date) -> None:
    birth = person(birthDate=text).birth
    assert birth is not None
    assert (birth.first, birth.last, birth.text) == (first, last, text)


def test_death() -> None:
    told = person(deceasedBoolean=True).deceased
    assert told is not None
    assert (told.first, told.last) == (None, RECEIVED)
    assert person(deceasedBoolean=False).deceased is None
    dated = person(deceasedDateTime="2026-11-20T02:00:00Z")
    assert dated.deceased is not None
    assert dated.deceased.first == date(2026, 11, 19) == dated.own


def test_address_of_the_home_never_an_old_one() -> None:
    old, work, home = ({"use": use, "city": use} for use in ("old", "work", "home"))
    assert person(address=[old, work, home]).city == "home"
    assert person(address=[old, work]).city == "work"
    assert person(address=[old]).city == ""
    found = person(address=[{"postalCode": "M4N 3M5", "country": "CA"}])
    assert (found.postal_code, found.country) == ("M4N 3M5", "CA")


def test_the_last_version_of_the_patient_is_read() -> None:
    first = patient(meta={"lastUpdated": "2026-02-02T00:00:00Z"}, birthDate="1990-01-01")
    second = patient(meta={"lastUpdated": "2026-02-01T00:00:00Z"}, birthDate="1980-01-01")
    found = read_bundle(
        bundle(first, second, with_patient=False), received_on=RECEIVED, zone=TORONTO
    )
    assert found.facts.person.birth is not None
    assert found.facts.person.birth.text == "1990-01-01"
    assert found.account.by_outcome == {"superseded": 1, "used": 1}
