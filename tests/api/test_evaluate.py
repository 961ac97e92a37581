"""POST /api/v1/trials/NCT00514085/evaluate/: bytes in, the answer or a problem document out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from eligibility import demonstration, dryrun
from eligibility.answers import to_json
from tests.api.conftest import ADDRESS, BUNDLE, Ask, problem

ON = date(2026, 11, 25)


def platelets(value: str) -> str:
    """The bundle's text with one platelet count, its number written as given."""
    result = {
        "resourceType": "Observation",
        "id": "plt",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": {
            "value": "@",
            "unit": "10*9/L",
            "system": "http://unitsofmeasure.org",
            "code": "10*9/L",
        },
    }
    bundle = {**BUNDLE, "entry": [*BUNDLE["entry"], {"resource": result}]}
    return json.dumps(bundle).replace('"@"', value)


@pytest.mark.parametrize("content_type", ["application/json", "application/fhir+json"])
def test_a_bare_bundle_is_answered(ask: Ask, content_type: str) -> None:
    answered = ask(BUNDLE, content_type=f"{content_type}; charset=utf-8")
    assert answered.status_code == 200
    assert answered.headers["Content-Type"] == "application/json"
    answer = json.loads(answered.content)
    assert (answer["on"], answer["status"]) == ("2026-11-25", "undetermined")
    assert len(answer["criteria"]) == 40
    assert "timeline" not in answer["criteria"][0]


def test_the_answer_is_the_dry_runs_to_the_byte(ask: Ask) -> None:
    raw = demonstration.to_json(demonstration.document("meets-everything", on=ON)).encode()
    answered = ask(raw, query="?timeline=true")
    answer = dryrun.answer_document(
        raw, trial="NCT00514085", on=None, today=lambda _zone: ON, timeline=True
    )
    assert answered.content == to_json(answer).encode()


def test_a_day_in_the_address_wins_over_the_envelopes(ask: Ask) -> None:
    envelope = {"on": "2026-01-01", "bundle": BUNDLE}
    assert json.loads(ask(envelope).content)["on"] == "2026-11-25"
    assert json.loads(ask(envelope, query="").content)["on"] == "2026-01-01"


def test_a_number_keeps_every_digit(ask: Ask) -> None:
    written = "99.99999999999999999999"
    found = json.loads(ask(platelets(written)).content)["criteria"]
    row = next(one for one in found if one["id"] == "platelets")
    assert (row["verdict"], row["evidence"][0]["value"]) == ("not_met", written)
    assert Decimal(row["evidence"][0]["value"]) < 100


@pytest.mark.parametrize(
    "query",
    [
        "?on=20261125",
        "?on=2026-W01-1",
        "?on=2026-W48",
        "?on=%EF%BC%92026-11-25",
        "?on=2026-11-25T00:00:00",
        "?on=2026-02-30",
        "?on=2026-11",
        "?on=",
        "?on=%202026-11-25",
        "?on=2026-11-25%0A",
        "?on=today",
        "?on=0000-01-01",
        "?on=2026-11-25&on=2026-11-26",
    ],
)
def test_only_a_calendar_date_is_a_day(ask: Ask, query: str) -> None:
    document = problem(ask(BUNDLE, query=query), 400)
    assert document["errors"][0]["pointer"] == "/on"
    assert document["errors"][0]["code"] == "not-a-date"


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", ""])
def test_timeline_is_true_or_false(ask: Ask, value: str) -> None:
    assert problem(ask(BUNDLE, query=f"?timeline={value}"), 400)["errors"][0]["pointer"] == (
        "/timeline"
    )


def test_a_refused_bundle_names_the_place_twice(ask: Ask) -> None:
    second = {"resource": {"resourceType": "Patient", "id": "q"}}
    document = problem(ask({**BUNDLE, "entry": [*BUNDLE["entry"], second]}), 422)
    assert document["type"] == "/api/docs/problems#refused-bundle"
    assert document["instance"] == ADDRESS
    assert document["errors"][0]["code"] == "two-patients"
    outcome = document["outcome"]
    assert outcome["resourceType"] == "OperationOutcome"
    assert outcome["issue"][0]["severity"] == "error"


def test_the_place_inside_an_envelope_is_found_from_the_envelope(ask: Ask) -> None:
    envelope = {
        "bundle": BUNDLE,
        "attestations": [{"criterion": "no-such", "answer": "met", "stated_on": "2026-11-20"}],
    }
    document = problem(ask(envelope), 422)
    assert document["errors"][0]["pointer"] == "/attestations/0/criterion"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"Bundle"',
        b"\xff\xfe{}",
        b'{"resourceType": "Bundle", "resourceType": "Bundle"}',
        b'{"resourceType": "Bundle", "type": "collection", "total": NaN}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b"[" * 100_000,
        b'{"bundle": {}}',
        b'{"bundle": null, "on": 5}',
        b'{"resourceType": "Bundle", "type": "collection", "entry": []}',
        b'{"resourceType": "Bundle", "type": "collection", "entry": 7}',
        b"1e999999",
    ],
)
def test_nonsense_is_a_problem_and_never_a_failure(ask: Ask, body: bytes) -> None:
    document = problem(ask(body), 422)
    assert document["errors"]
    assert document["outcome"]["issue"]


def test_other_bodies_methods_and_trials(ask: Ask, client: Client) -> None:
    problem(ask(b"<xml/>", content_type="application/xml"), 415)
    problem(ask(b"a=b", content_type="application/x-www-form-urlencoded"), 415)
    problem(ask(b"{}", content_type=""), 415)
    for method in ("get", "put", "patch", "delete"):
        problem(getattr(client, method)(ADDRESS), 405)
    problem(client.post("/api/v1/trials/NCT1/evaluate/", b"{}", "application/json"), 404)
    problem(client.post("/api/v1/trials/NCT1/evaluate/?on=x", b"{}", "application/json"), 404)


@pytest.mark.parametrize("accept", ["application/fhir+json", "application/problem+json", "text/*"])
def test_every_client_is_told_something(ask: Ask, accept: str) -> None:
    assert ask(BUNDLE, headers={"Accept": accept}).status_code == 200
    problem(ask(b"{", headers={"Accept": accept}), 422)
    assert ask(BUNDLE, query="?on=2026-11-25&format=xml").status_code == 200


def test_a_body_that_is_too_large_is_refused(ask: Ask, settings: Any) -> None:
    settings.BODY_SIZE_LIMIT = 2048
    problem(ask(b" " * 4096), 413)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
KINDS = ("Patient", "Observation", "Condition", "Procedure", "MedicationStatement", "Specimen")
FIELDS = ("id", "status", "code", "subject", "valueQuantity", "effectiveDateTime", "birthDate")
RESOURCE = st.builds(
    lambda kind, fields: {"resourceType": kind, **fields},
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(FIELDS), JSON),
)


@given(resources=st.lists(RESOURCE, max_size=4), beside=st.dictionaries(st.text(max_size=5), JSON))
def test_any_bundle_is_answered_or_refused(
    resources: list[dict[str, Any]], beside: dict[str, Any]
) -> None:
    bundle = {**BUNDLE, "entry": [*BUNDLE["entry"], *({"resource": one} for one in resources)]}
    body = json.dumps({**beside, "bundle": bundle})
    answered = Client(raise_request_exception=True).post(
        ADDRESS + "?on=2026-11-25&timeline=true", body, content_type="application/json"
    )
    assert answered.status_code in (200, 422), answered.content[:300]
