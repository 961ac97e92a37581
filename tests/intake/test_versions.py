"""Which of several deliveries of one record speaks."""

from __future__ import annotations

from typing import Any

import pytest

from patients.intake.fhir import read_bundle
from patients.values import Amount
from tests.intake.build import (
    RECEIVED,
    TORONTO,
    bundle,
    condition,
    facts,
    intake,
    observation,
    procedure,
    quantity,
)

ACCESSION = [{"system": "urn:lab", "value": "A-1"}]


def platelets(count: int, ident: str | None = None, **more: Any) -> dict[str, Any]:
    whole = observation("777-3", ident or "", valueQuantity=quantity(count, "10*9/L"), **more)
    if ident is None:
        del whole["id"]
    return whole


def counts(*resources: dict[str, Any], **options: Any) -> list[str]:
    """The platelet counts that count, in order."""
    return [
        str(result.value.value)
        for result in facts(*resources, **options).results
        if result.counts and isinstance(result.value, Amount)
    ]


def at(updated: str) -> dict[str, Any]:
    return {"lastUpdated": f"2026-11-{updated}T00:00:00Z"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, "2"),
        ({"meta": at("02")}, {"meta": at("01")}, "1"),
        ({"meta": at("01")}, {"meta": at("02")}, "2"),
        ({"meta": at("02")}, {}, "2"),
        ({"meta": at("02")}, {"meta": {"lastUpdated": "soon"}}, "2"),
        ({"meta": at("02")}, {"meta": 3}, "2"),
        ({"issued": "2026-11-20T00:00:00Z"}, {}, "2"),
    ],
)
def test_the_same_id(first: Any, second: Any, expected: str) -> None:
    assert counts(platelets(1, "o", **first), platelets(2, "o", **second)) == [expected]


def issued(day: int) -> dict[str, Any]:
    return {"issued": f"2026-11-{day:02}T00:00:00Z", "identifier": ACCESSION}


@pytest.mark.parametrize("with_id", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (issued(18), issued(19), "2"),
        (issued(19), issued(18), "1"),
        (issued(19), issued(18) | {"meta": at("30")}, "1"),
        (issued(19), {"identifier": ACCESSION}, "1"),
        ({"identifier": ACCESSION}, issued(19), "2"),
        (issued(19), issued(19), "2"),
        (issued(19) | {"meta": at("02")}, issued(19) | {"meta": at("01")}, "1"),
        ({"identifier": ACCESSION}, {"identifier": ACCESSION}, "2"),
        (issued(18), {"identifier": ACCESSION, "issued": "2026-11-19T08:00:00"}, "2"),
    ],
)
def test_the_same_identifier_and_code(
    first: Any, second: Any, expected: str, with_id: bool
) -> None:
    ids = ("o1", "o2") if with_id else (None, None)
    assert counts(platelets(1, ids[0], **first), platelets(2, ids[1], **second)) == [expected]


def test_another_code_or_identifier_is_another_result() -> None:
    other = [{"system": "urn:other", "value": "A-1"}]
    assert counts(platelets(1, identifier=ACCESSION), platelets(2, identifier=other)) == ["1", "2"]
    manual = platelets(2, identifier=ACCESSION) | {"code": observation("778-1")["code"]}
    assert counts(platelets(1, identifier=ACCESSION), manual) == ["1", "2"]


@pytest.mark.parametrize(
    "status", ["entered-in-error", "cancelled", "preliminary", "registered", "unknown"]
)
def test_a_last_version_that_does_not_count_withdraws_the_result(status: str) -> None:
    for ids in ((None, None), ("a", "b"), ("a", "a")):
        first = platelets(1, ids[0], **issued(18))
        last = platelets(2, ids[1], **issued(19), status=status)
        assert counts(first, last) == counts(last, first) == []
        assert intake(first, last).account.by_outcome == {
            "set-aside": 1,
            "superseded": 1,
            "used": 1,
        }


def test_a_preliminary_version_before_the_final_one_does_not_matter() -> None:
    assert counts(platelets(2, **issued(19)), platelets(1, **issued(18), status="preliminary")) == [
        "2"
    ]


def test_an_unreadable_last_version_does_not_bring_the_older_one_back() -> None:
    found = intake(
        platelets(1, "o", meta=at("01")), platelets(2, "o", meta=at("02"), effectiveDateTime="x")
    )
    assert not found.facts.results
    assert found.account.by_outcome == {"superseded": 1, "unread": 1, "used": 1}


def test_setting_the_last_version_aside_withdraws_the_result() -> None:
    versions = platelets(1, "a", **issued(18)), platelets(2, "b", **issued(19))
    assert counts(*versions, set_aside=("Observation/b",)) == []
    assert counts(*versions, set_aside=("Observation/a",)) == ["2"]


def test_identity_without_an_id() -> None:
    def without_id(resource: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {key: value for key, value in resource.items() if key != "id"} | more

    numbered = without_id(procedure("27842006"), identifier=ACCESSION)
    assert len(facts(numbered, numbered).operations) == 1
    alone = without_id(condition("C43.59"))
    assert len(facts(alone, alone).conditions) == 2
    tree = bundle(alone, alone)
    for entry in tree["entry"][1:]:
        entry["fullUrl"] = "urn:uuid:1"
    assert len(read_bundle(tree, received_on=RECEIVED, zone=TORONTO).facts.conditions) == 1


def test_ids_are_per_type_and_an_id_goes_before_an_identifier() -> None:
    same = facts(condition("C43.59", "x"), procedure("27842006", "x"))
    assert (len(same.conditions), len(same.operations)) == (1, 1)
    two = facts(
        condition("C43.59", "x", identifier=ACCESSION),
        condition("C43.59", "y", identifier=ACCESSION),
    )
    assert len(two.conditions) == 2


def test_sending_again_changes_nothing() -> None:
    resources = [platelets(1, "o"), condition("C43.59", "c"), procedure("27842006", "p")]
    once, twice = facts(*resources), facts(*resources, *resources)
    assert once == twice


def test_references_to_an_earlier_version_find_the_last() -> None:
    tree = bundle(
        {"resourceType": "Patient", "id": "p"},
        {"resourceType": "Patient", "id": "p", "gender": "male"},
        condition("C43.59", subject={"reference": "urn:uuid:1"}),
        condition("C43.59", "d", subject={"reference": "urn:uuid:2"}),
        with_patient=False,
    )
    for index in (0, 1):
        tree["entry"][index]["fullUrl"] = f"urn:uuid:{index + 1}"
    found = read_bundle(tree, received_on=RECEIVED, zone=TORONTO).facts
    assert len(found.conditions) == 2
    assert found.person.sex == "male"
