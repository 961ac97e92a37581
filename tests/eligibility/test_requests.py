"""The envelope around a Bundle: read strictly, every fault with its place, nothing ignored in silence."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from eligibility.dryrun import answer_document
from patients.intake.problems import Refused

ON = date(2026, 11, 25)
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": {"resourceType": "Patient", "id": "p"}}],
}


def ask(document: object, on: date | None = None) -> dict[str, Any]:
    raw = json.dumps(document).encode()
    return answer_document(raw, trial="NCT00514085", on=on, today=lambda _: ON)


def places(document: object) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        ask(document)
    return [(issue.place, issue.code) for issue in refused.value.issues]


ATTESTED = {"criterion": "contraception", "answer": "met", "stated_on": "2026-11-20"}
RANGE = {"analyte": "bilirubin", "high": "21", "unit": "umol/L"}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"on": "2026-W01-1"}, "/on"),
        ({"on": 20261125}, "/on"),
        ({"on": "２０２６-11-25"}, "/on"),
        ({"received_on": "2026-11"}, "/received_on"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "/time_zone"),
        ({"time_zone": 5}, "/time_zone"),
        ({"attestations": {}}, "/attestations"),
        ({"attestations": ["yes"]}, "/attestations/0"),
        ({"attestations": [ATTESTED | {"criterion": "no-such"}]}, "/attestations/0/criterion"),
        ({"attestations": [ATTESTED | {"answer": "maybe"}]}, "/attestations/0/answer"),
        ({"attestations": [ATTESTED | {"stated_on": "2026"}]}, "/attestations/0/stated_on"),
        ({"attestations": [ATTESTED | {"stated_on": None}]}, "/attestations/0/stated_on"),
        ({"attestations": [ATTESTED | {"by": 7}]}, "/attestations/0/by"),
        (
            {"attestations": [ATTESTED | {"source_dated": "2026-11"}]},
            "/attestations/0/source_dated",
        ),
        ({"set_aside": "Procedure/1"}, "/set_aside"),
        ({"set_aside": ["lnd"]}, "/set_aside/0"),
        ({"policy": []}, "/policy"),
        ({"policy": {"hematology": 15}}, "/policy/hematology"),
        ({"policy": {"hematology": True}}, "/policy/hematology"),
        ({"policy": {"hematology": -1}}, "/policy/hematology"),
        ({"policy": {"haematology": 7}}, "/policy/haematology"),
        ({"policy": {"ct_is_spiral": 1}}, "/policy/ct_is_spiral"),
        ({"policy": {"validity": {"contraception": "7"}}}, "/policy/validity/contraception"),
        (
            {"policy": {"validity": {"no-active-infection": 29}}},
            "/policy/validity/no-active-infection",
        ),
        ({"policy": {"validity": {"platelets": 7}}}, "/policy/validity/platelets"),
        ({"reference_ranges": [RANGE | {"analyte": "potassium"}]}, "/reference_ranges/0/analyte"),
        ({"reference_ranges": [RANGE | {"high": "1e3"}]}, "/reference_ranges/0/high"),
        ({"reference_ranges": [RANGE | {"high": True}]}, "/reference_ranges/0/high"),
        ({"reference_ranges": [RANGE | {"high": None}]}, "/reference_ranges/0/high"),
        ({"reference_ranges": [RANGE | {"sex": "F"}]}, "/reference_ranges/0/sex"),
        ({"reference_ranges": [RANGE | {"from": "2026"}]}, "/reference_ranges/0/from"),
    ],
)
def test_a_fault_names_its_place(given: dict[str, Any], place: str) -> None:
    assert [where for where, _ in places({"bundle": BUNDLE, **given})] == [place]


def test_every_fault_is_told_at_once() -> None:
    found = places({"on": "x", "received_on": "y", "attestations": [3]})
    assert [place for place, _ in found] == ["/bundle", "/on", "/received_on", "/attestations/0"]


def test_faults_of_the_bundle_stand_below_it() -> None:
    assert places({"bundle": {**BUNDLE, "entry": []}}) == [("/bundle/entry", "no-patient")]
    other = {"resource": {"resourceType": "Patient", "id": "q"}}
    two = {**BUNDLE, "entry": [*BUNDLE["entry"], other]}
    assert places({"bundle": two})[0] == ("/bundle/entry/0/resource", "two-patients")


@pytest.mark.parametrize("document", [[], 5, "text", None, {}])
def test_what_is_no_request(document: object) -> None:
    assert places(document)


def test_defaults() -> None:
    found = ask({"bundle": BUNDLE})
    assert (found["on"], found["received_on"]) == ("2026-11-25", "2026-11-25")
    found = ask({"bundle": BUNDLE, "on": "2026-11-20"})
    assert (found["on"], found["received_on"]) == ("2026-11-20", "2026-11-20")
    found = ask({"bundle": BUNDLE, "on": "2026-11-20"}, on=date(2026, 12, 1))
    assert (found["on"], found["received_on"]) == ("2026-12-01", "2026-12-01")


def test_what_means_nothing_is_listed() -> None:
    not_attestable = ATTESTED | {"criterion": "platelets"}
    not_allowed = ATTESTED | {"criterion": "no-active-infection", "answer": "not_applicable"}
    found = ask(
        {
            "bundle": BUNDLE,
            "comment": "hello",
            "attestations": [not_attestable, not_allowed, ATTESTED | {"mood": "good"}],
            "reference_ranges": [RANGE | {"unit": "furlong"}],
        }
    )
    assert found["ignored"] == [
        "/comment",
        "/attestations/0",
        "/attestations/1",
        "/attestations/2/mood",
        "/reference_ranges/0",
    ]
    by_id = {criterion["id"]: criterion["verdict"] for criterion in found["criteria"]}
    assert by_id["platelets"] == by_id["no-active-infection"] == "unknown"
    assert by_id["contraception"] == "met"


def test_a_site_may_tighten() -> None:
    found = ask({"bundle": BUNDLE, "policy": {"hematology": 7, "ct_is_spiral": True}})
    assert found["policy"]["hematology"] == 7
    assert found["policy"]["ct_is_spiral"] is True
    platelets = next(c for c in found["criteria"] if c["id"] == "platelets")
    assert platelets["policy"] == {"hematology": 7}
