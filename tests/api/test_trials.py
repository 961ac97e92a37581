"""The reading addresses and the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.api.conftest import problem


def get(client: Client, address: str) -> Any:
    answered = client.get(address)
    assert answered.status_code == 200
    assert answered.headers["Content-Type"] == "application/json"
    return json.loads(answered.content)


def test_the_trials_are_listed(client: Client) -> None:
    page = get(client, "/api/v1/trials/")
    assert [one["id"] for one in page["results"]] == ["NCT00514085"]
    assert page["next"] is None


def test_a_trial_names_its_version_and_policy(client: Client) -> None:
    trial = get(client, "/api/v1/trials/NCT00514085/")
    assert trial["criteria"] == 40
    assert trial["policy"]["pregnancy"] == 7
    assert trial["digest"].startswith("sha256:")
    problem(client.get("/api/v1/trials/NCT1/"), 404)


def test_each_criterion_is_anchored_and_explained(client: Client) -> None:
    criteria = get(client, "/api/v1/trials/NCT00514085/criteria/")["results"]
    assert len(criteria) == 40
    one = next(found for found in criteria if found["id"] == "major-surgery-washout")
    assert one["place"] == "prior-therapy/3"
    assert one["text_of_registry"] == "At least 4 weeks since prior major surgery"
    assert one["logic"]
    assert one["attestation"]["validity_days"] == 28
    problem(client.get("/api/v1/trials/NCT1/criteria/"), 404)


def test_what_is_not_there_is_json_too(client: Client) -> None:
    problem(client.get("/api/v1/nothing/"), 404)
    problem(client.post("/api/v1/trials/"), 405)


def test_the_description_covers_every_address_with_examples(client: Client) -> None:
    schema = json.loads(client.get("/api/schema/").content)
    assert schema["openapi"].startswith("3.1")
    records = {at for at in schema["paths"] if at.startswith("/api/v1/patients/")}
    assert {"/api/v1/patients/", "/api/v1/patients/{patient}/eligibility/"} < records
    operations = [one for at in records for one in schema["paths"][at].values()]
    assert all(one["security"] and "404" in one["responses"] for one in operations)
    workflow = ("/api/v1/screenings/", "/api/v1/reports/")
    others = {at for at in schema["paths"] if at.startswith(workflow)}
    of_one = [one for at in others if "{" in at for one in schema["paths"][at].values()]
    assert all(one["security"] for at in others for one in schema["paths"][at].values())
    assert all("404" in one["responses"] for one in of_one)
    conduct = (
        *("/api/v1/worklist/", "/api/v1/trials/{nct_id}/parts/"),
        *("/api/v1/sites/", "/api/v1/people/", "/api/v1/clients/", "/api/v1/access-review/"),
        *("/api/v1/webhooks/", "/api/v1/record-systems/"),
        "/api/v1/trials/{nct_id}/versions/",
    )
    led = {at for at in schema["paths"] if at.startswith(conduct)}
    steps = [one for at in led for one in schema["paths"][at].values()]
    assert len(steps) > len(led) > 25
    assert all(one["security"] and one["description"] for one in steps)
    arriving = ("/api/v1/hl7v2/", "/api/v1/messages/", "/api/v1/imports/")
    of_messages = {at for at in schema["paths"] if at.startswith(arriving)}
    assert all(one["security"] for at in of_messages for one in schema["paths"][at].values())
    assert set(schema["paths"]) - records - others - led - of_messages == {
        "/api/v1/trials/",
        "/api/v1/trials/{nct_id}/",
        "/api/v1/trials/{nct_id}/criteria/",
        "/api/v1/trials/{nct_id}/evaluate/",
    }
    post = schema["paths"]["/api/v1/trials/{nct_id}/evaluate/"]["post"]
    assert set(post["requestBody"]["content"]) == {"application/json", "application/fhir+json"}
    assert all(body["examples"] for body in post["requestBody"]["content"].values())
    assert {"200", "400", "404", "413", "415", "422"} <= set(post["responses"])
    refused = post["responses"]["422"]["content"]["application/problem+json"]["schema"]
    assert "outcome" in refused["properties"]
