"""Provenance of ours: who sent each version of a record, for whom, when and as what, and who withdrew it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.api.stored.conftest import make_client
from tests.fhir.conftest import Json, Speaker, observation, person
from tests.fhir.test_smart_scopes import holding
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db


def provenances(fhir: Speaker, asked: str = "") -> list[Json]:
    said = fhir.get(f"Provenance?{asked}", Prefer="handling=strict")
    assert said.status == 200, said.raw
    return said.found


def targets(found: list[Json]) -> list[str]:
    return [each["reference"] for one in found for each in one["target"]]


def result(fhir: Speaker) -> Json:
    (held,) = fhir.get("Observation").found
    return held


def told(one: Json) -> str:
    return str(one["activity"]["coding"][0]["code"])


def test_every_version_says_who_sent_it(fhir: Speaker) -> None:
    fhir.send(person(), observation())
    fhir.send(person(), observation(status="corrected"))
    at = f"Observation/{result(fhir)['id']}"
    versions = [one["meta"]["versionId"] for one in fhir.get(f"{at}/_history").found][::-1]
    found = provenances(fhir, f"target={at}")
    assert targets(found) == [f"{at}/_history/{one}" for one in versions]
    assert [told(one) for one in found] == ["CREATE", "UPDATE"]
    for one, version in zip(found, versions, strict=True):
        held = fhir.get(f"{at}/_history/{version}").tree
        assert one["recorded"] == held["meta"]["lastUpdated"]
        (agent,) = one["agent"]
        assert agent["type"]["coding"][0]["code"] == "transmitter"
        assert agent["who"]["identifier"] == {"system": "urn:trialscreen:client", "value": "ehr"}
        assert one["entity"][0]["what"]["identifier"]["value"] == "Observation/o1"
        assert fhir.get(f"Provenance/{one['id']}").tree == one
        assert fhir.get(f"Provenance/{one['id']}/_history/1").tree == one
        assert fhir.get(one["target"][0]["reference"]).status == 200
    assert provenances(fhir, f"target={at}/_history/{versions[0]}") == found[:1]


def test_a_client_that_acts_for_somebody_says_for_whom(fhir: Speaker, coordinator: Any) -> None:
    fhir.asker.token = coordinator.token
    fhir.send(person(), observation())
    (agent,) = provenances(fhir, f"target=Observation/{result(fhir)['id']}")[0]["agent"]
    assert agent["type"]["coding"][0]["code"] == "enterer"
    assert agent["who"]["display"]


def test_a_withdrawal_and_its_end_are_told(fhir: Speaker) -> None:
    fhir.send(person(), observation())
    held = result(fhir)
    at = f"Observation/{held['id']}"
    assert fhir.ask("delete", at, If_Match="*").status == 204
    found = provenances(fhir, f"target={at}")
    assert [told(one) for one in found] == ["CREATE", "NULLIFY"]
    assert "entered in error" in found[1]["reason"][0]["text"]
    gone = fhir.get(at).headers["ETag"]
    assert fhir.ask("put", at, held, If_Match=gone).status == 200
    again = provenances(fhir, f"target={at}")
    assert [told(one) for one in again] == ["CREATE", "NULLIFY", "REACTIVATE"]
    for one in again:
        assert fhir.get(f"Provenance/{one['id']}").tree == one
    paged, link = [], f"Provenance?target={at}&_count=1"
    while link:
        page = fhir.get(link)
        paged += page.found
        links = {one["relation"]: one["url"] for one in page.tree["link"]}
        link = links.get("next", "")
    assert paged == again


def test_it_is_found_by_each_parameter_beside_what_was_sent(fhir: Speaker) -> None:
    sent = {
        "resourceType": "Provenance", "id": "v1", "recorded": "2026-11-20T10:00:00Z",
        "target": [{"reference": "Observation/o1"}], "agent": [{"who": {"display": "a scanner"}}],
        "patient": {"reference": "Patient/p1"},
    }  # fmt: skip
    fhir.send(person(), observation(), sent)
    fhir.send(person("p2"))
    patient = fhir.patient()
    every = provenances(fhir)
    (theirs,) = [one for one in every if "." not in one["id"]]
    assert theirs["agent"] == sent["agent"]
    ours = [one for one in every if one is not theirs]
    assert len(ours) == 4
    of_patient = provenances(fhir, f"patient={patient}")
    assert len(of_patient) == 4
    assert theirs in of_patient
    assert provenances(fhir, f"_id={ours[0]['id']},{theirs['id']}") == [ours[0], theirs]
    assert provenances(fhir, "recorded=ge2020-01-01") == ours
    assert provenances(fhir, "_lastUpdated=ge2020-01-01") == every
    for nothing in (
        "recorded=lt2020-01-01",
        "target=Observation/nobody",
        f"target=Observation/{patient}",
        f"target=Patient/{patient}/_history/99",
        f"_id={UUID(int=5)}.1",
        f"_id={patient}.99",
        f"_id={patient}.1.1.1",
    ):
        assert provenances(fhir, nothing) == [], nothing
    for bad in ("recorded=soon", "target:identifier=x", "target.name=x", "target="):
        fhir.get(f"Provenance?{bad}").outcome(400)


def test_it_is_made_here_and_changed_by_nobody(fhir: Speaker) -> None:
    fhir.send(person())
    (held,) = provenances(fhir)
    at = f"Provenance/{held['id']}"
    for verb in ("put", "delete"):
        fhir.ask(verb, at, held, If_Match="*").outcome(405)
    assert fhir.get(at).tree == held


@pytest.mark.requirement(26)
def test_another_sites_is_as_absent_as_none(fhir: Speaker, other: Speaker) -> None:
    fhir.send(person(), observation())
    held = result(fhir)
    ident = f"{held['id']}.{held['meta']['versionId']}"
    for end in ("", "/_history", "/_history/1"):
        there, nowhere = (
            other.get(f"Provenance/{one}{end}") for one in (ident, f"{UUID(int=7)}.1")
        )
        there.outcome(404)
        assert there.raw == nowhere.raw
    for asked in ("", f"patient={fhir.patient()}", f"target=Observation/{held['id']}"):
        assert provenances(other, asked) == []


@pytest.mark.requirement(14)
def test_it_tells_of_covered_types_alone(fhir: Speaker, toronto: Site) -> None:
    fhir.send(person(), observation())
    held = result(fhir)
    ident = f"{held['id']}.{held['meta']['versionId']}"
    for scope, count in (
        ("system/Provenance.rs system/Observation.r", 1),
        ("system/Provenance.rs", 0),
        ("system/*.rs", 2),
        ("patients.read", 2),
    ):
        holding(scope)
        assert len(provenances(fhir)) == count, scope
        assert fhir.get(f"Provenance/{ident}").status == (200 if count else 404)
    holding("system/Observation.rs")
    fhir.get("Provenance").outcome(403)
    fhir.get(f"Provenance/{ident}").outcome(403)
    logs = Speaker(make_client("logs", toronto, scopes="logs.read"))
    logs.get("Provenance").outcome(403)
