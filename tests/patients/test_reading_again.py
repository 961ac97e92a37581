"""What was received and is read again says what it said when it came: nothing more is used, nothing less."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patients.actions.news import news_among, pieces_of
from patients.actions.receive import names_of
from patients.codes.local import NO_LOCAL_CODES
from patients.facts import Intake
from patients.intake.fhir import read_bundle
from patients.models import ReceivedResource
from patients.stored import FACT_KINDS, Held, Read, read_held, read_on_arrival
from tests.intake.build import RECEIVED, TORONTO, bundle, observation, patient, quantity
from tests.intake.test_properties import ODD, PATHS, attempt, mutate, whole

WHO = UUID(int=5)
NOBODY: list[Any] = [
    *({}, {"display": "x"}, {"type": "Patient"}, {"reference": ""}, {"reference": 3}, {"reference": None}),
    *({"identifier": "x"}, {"reference": [], "identifier": {"system": "s", "value": "1"}}, [], [{}], "x", None),
]  # fmt: skip
OURS: list[Any] = [
    {"reference": "Patient/p"},
    {"reference": "urn:uuid:1"},
    {"identifier": {"system": "s", "value": "1"}},
    {"reference": "", "identifier": {"system": "s", "value": "1"}},
]


def kept(tree: Any, first: int = 1) -> list[ReceivedResource]:
    """What is kept of a Bundle of somebody who was not known before."""
    return [
        ReceivedResource(
            pk=first + place,
            patient_id=WHO,
            source="s",
            received_on=RECEIVED,
            **piece._asdict(),
        )
        for place, piece in enumerate(news_among(pieces_of(tree), ()))
    ]


def again(rows: list[ReceivedResource]) -> Read:
    (read,) = read_held(Held(WHO, rows), TORONTO, local_codes=NO_LOCAL_CODES)
    return read


def trees(seed: int) -> Iterator[Any]:
    """Bundles in which something is odd."""
    draw = random.Random(seed)
    tree = whole() | {"type": draw.choice(["collection", "transaction", "batch"])}
    for _ in range(draw.randint(0, 5)):
        mutate(tree, draw)
    yield tree
    tree = whole()
    *way, last = draw.choice(PATHS)
    holder = tree
    for key in way:
        holder = holder[key]
    holder[last] = copy.deepcopy(draw.choice(ODD))
    yield tree


def facts_of(intake: Intake) -> dict[str, Any]:
    return {kind: getattr(intake.facts, kind) for kind in FACT_KINDS}


@settings(max_examples=400)
@given(st.integers(0, 2**63))
def test_reading_again_says_what_it_said(seed: int) -> None:
    for tree in trees(seed):
        intake, _ = attempt(tree)
        if intake is None or not names_of(tree):
            continue
        rows = kept(tree)
        read = again(rows)
        early = read_on_arrival(rows, Held(WHO, rows), intake)
        if len(rows) == intake.account.received:
            assert facts_of(read.intake) == facts_of(intake)
            assert read.intake.account == intake.account
        if early is not None:
            assert early == [read]


@settings(max_examples=25)
@given(st.integers(0, 2**63))
def test_what_says_nothing_new_is_not_read_twice(seed: int) -> None:
    """An entry that is not kept, a second Patient, one without an id: those are read again."""
    draw = random.Random(seed)
    tree = whole()
    way = draw.choice(["nothing", "no resource", "twice", "two", "no id", "long"])
    if way == "no resource":
        tree["entry"].append({"search": {"mode": "match"}})
    elif way == "twice":
        tree["entry"].append(copy.deepcopy(tree["entry"][draw.randrange(1, 5)]))
    elif way == "two":
        tree["entry"].append(copy.deepcopy(tree["entry"][0]))
        tree["entry"][-1]["resource"]["gender"] = "male"
    elif way == "no id":
        del tree["entry"][0]["resource"]["id"]
        for entry in tree["entry"]:
            for key in ("subject", "patient", "individual"):
                if entry["resource"].get(key):
                    entry["resource"][key] = {"identifier": {"system": "s", "value": "1"}}
    elif way == "long":
        tree["entry"][2]["fullUrl"] = "urn:x:" + "1" * 2_000
    intake, issues = attempt(tree)
    assert intake is not None, issues
    rows = kept(tree)
    early = read_on_arrival(rows, Held(WHO, rows), intake)
    assert (early is not None) == (way == "nothing")


@pytest.mark.requirement(58)
@pytest.mark.parametrize("subject", NOBODY)
def test_a_result_that_does_not_say_whose_it_is_is_never_used(subject: Any) -> None:
    """It is kept, as it came. To say of it whose it is when it is read again would be to use it after all."""
    tree = of(subject)
    assert read_bundle(tree, received_on=RECEIVED, zone=TORONTO).facts.results == ()
    read = again(kept(tree))
    assert read.intake.facts.results == ()
    assert [one.kind for one in read.intake.facts.notices] == ["unread"]


@pytest.mark.requirement(58)
@pytest.mark.parametrize("said", [{"modifierExtension": [{"url": "x"}]}, {"implicitRules": "x"}])
def test_what_changes_the_meaning_of_whose_it_is_is_never_used(said: dict[str, Any]) -> None:
    read = again(kept(of(OURS[0] | said)))
    assert read.intake.facts.results == ()
    assert [one.kind for one in read.intake.facts.notices] == ["unread"]


@pytest.mark.parametrize("subject", OURS)
@pytest.mark.parametrize("later", ["urn:uuid:2", ""])
def test_whose_it_is_stays_settled_when_the_patient_is_called_otherwise(
    subject: Any, later: str
) -> None:
    other = bundle(patient(identifier=[{"system": "s", "value": "2"}]), with_patient=False)
    other["entry"][0] |= {"fullUrl": later} if later else {}
    read = again([*kept(of(subject)), *kept(other, first=9)])
    assert len(read.intake.facts.results) == 1


@pytest.mark.parametrize("kind", ["Consent", "Observation"])
@pytest.mark.parametrize("subject", [[OURS[1]], [OURS[2]], [{"reference": 3} | OURS[2]]])
def test_a_list_of_whose_it_is_keeps_nobody_from_being_received(kind: str, subject: Any) -> None:
    """A later delivery calls the patient otherwise; what the earlier one said led to them."""
    tree = of(subject)
    tree["entry"][1]["resource"]["resourceType"] = kind
    other = bundle(patient(identifier=[{"system": "s", "value": "2"}]), with_patient=False)
    read = again([*kept(tree), *kept(other, first=9)])
    assert [one.kind for one in read.intake.facts.notices] == [
        "not-used" if kind == "Consent" else "unread"
    ]


def of(subject: Any) -> Any:
    """One result, of `subject`."""
    tree = bundle(
        patient(identifier=[{"system": "s", "value": "1"}]),
        observation("777-3", "o", subject=subject, valueQuantity=quantity(100, "10*9/L")),
        with_patient=False,
    )
    tree["entry"][0]["fullUrl"] = "urn:uuid:1"
    return tree


def person(born: str, **other: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": born} | other


def as_of(moment: str) -> dict[str, Any]:
    return {"meta": {"lastUpdated": moment}}


@pytest.mark.parametrize("has_id", [True, False])
def test_an_older_version_of_the_patient_that_comes_later_is_not_who_it_is(has_id: bool) -> None:
    known = {"identifier": [{"system": "s", "value": "1"}]}
    versions = [
        person("1980-01-01") | known | as_of("2026-11-02T08:00:00Z"),
        person("1990-01-01") | known | as_of("2026-11-01T08:00:00Z"),
    ]
    for one in versions:
        if not has_id:
            del one["id"]
    tree = bundle(*versions, with_patient=False)
    intake = read_bundle(tree, received_on=RECEIVED, zone=TORONTO)
    assert intake.facts.person.birth is not None
    assert intake.facts.person.birth.text == "1980-01-01"
    assert again(kept(tree)).person["birthDate"] == "1980-01-01"
    one_by_one = [
        row
        for place, one in enumerate(versions, start=1)
        for row in kept(bundle(one, with_patient=False), place)
    ]
    assert again(one_by_one).intake.facts.person.birth == intake.facts.person.birth


@pytest.mark.parametrize("kind", ["Patient/p/_history/1", "Organization", "Condition"])
def test_another_record_under_the_patients_address_is_not_the_patient(kind: str) -> None:
    address = "https://ehr.example/Patient/p"
    tree = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": address, "resource": {"resourceType": kind, "id": "x"}},
            {"fullUrl": address, "resource": {"resourceType": kind}},
            {"fullUrl": address, "resource": person("1980-01-01")},
            {"fullUrl": address, "resource": {"resourceType": kind}},
            {"resource": observation("777-3", valueQuantity=quantity(212, "10*9/L"))},
        ],
    }
    intake = read_bundle(tree, received_on=RECEIVED, zone=TORONTO)
    assert len(intake.facts.results) == 1
    read = again(kept(tree)).intake.facts
    assert (read.person, read.results) == (intake.facts.person, intake.facts.results)


def test_no_record_takes_the_place_of_one_of_another_kind() -> None:
    address = "urn:uuid:0"
    result = observation("777-3", valueQuantity=quantity(212, "10*9/L"))
    del result["id"]
    entry = [
        {"resource": person("1980-01-01")},
        {"fullUrl": address, "resource": result},
        {"fullUrl": address, "resource": {"resourceType": "Encounter"}},
    ]
    tree = {"resourceType": "Bundle", "type": "collection", "entry": entry}
    intake = read_bundle(tree, received_on=RECEIVED, zone=TORONTO)
    assert len(intake.facts.results) == 1
    assert len(again(kept(tree)).intake.facts.results) == 1


def test_a_record_without_a_name_is_the_same_fact_whatever_arrives_beside_it() -> None:
    """HL7 v2 results without an order number are such; a new address of the patient is no new result."""
    result = observation("777-3", valueQuantity=quantity(212, "10*9/L"))
    del result["id"]
    first = bundle(person("1980-01-01"), result, with_patient=False)
    intake = read_bundle(first, received_on=RECEIVED, zone=TORONTO)
    rows = kept(first)
    assert again(rows).intake.facts.results == intake.facts.results
    rows += kept(bundle(person("1980-01-01", active=True), with_patient=False), 3)
    assert again(rows).intake.facts.results == intake.facts.results
    other = result | {"effectiveDateTime": "2026-11-20"}
    rows += kept(bundle(other, with_patient=False), 4)
    assert len({one.ref for one in again(rows).intake.facts.results}) == 2
