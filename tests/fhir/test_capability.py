"""The CapabilityStatement is true: what it names works, and what it does not name is refused."""

from __future__ import annotations

import pytest
from django.test import Client

from patients.api.fhir.registry import KINDS
from patients.intake.fhir.references import SUBJECT
from tests.api.stored.conftest import EVERYTHING
from tests.fhir.conftest import Json, Speaker, person
from tests.fhir.test_smart_scopes import holding

pytestmark = pytest.mark.django_db
CODED = {"coding": [{"system": "urn:codes", "code": "c1"}]}
VALUES = {"date": "2026-10-05", "token": "c1", "reference": "Patient/nobody", "number": "5"}
STATUS = {
    "Observation": "final",
    "DiagnosticReport": "final",
    "MedicationStatement": "active",
    "MedicationRequest": "active",
    "Specimen": "available",
    "ResearchSubject": "on-study",
}


def statement(fhir: Speaker) -> Json:
    tree = fhir.get("metadata").tree
    assert (tree["resourceType"], tree["fhirVersion"]) == ("CapabilityStatement", "4.0.1")
    (rest,) = tree["rest"]
    return {one["type"]: one for one in rest["resource"]}


def sample(kind: str, patient: str) -> Json:
    made: Json = {"resourceType": kind}
    if kind == "Patient":
        return person("p7")
    if kind != "Medication":
        made[SUBJECT.get(kind, "subject")] = {"reference": patient}
    if kind not in ("Condition", "BodyStructure"):
        made["status"] = STATUS.get(kind, "completed")
    for key in ("code", "type"):
        if (kind == "Specimen") == (key == "type"):
            made[key] = CODED
    if kind in ("MedicationAdministration", "MedicationStatement", "MedicationRequest"):
        made |= {"medicationCodeableConcept": made.pop("code")}
    if kind == "MedicationRequest":
        made["intent"] = "order"
    if kind == "ResearchSubject":
        made |= {"study": {"display": "a study"}}
        made.pop("code")
    return made


def test_it_is_for_everybody_and_names_every_type() -> None:
    answer = Client().get("/fhir/metadata")
    assert answer.status_code == 200
    assert {one["type"] for one in answer.json()["rest"][0]["resource"]} == set(KINDS)


def test_what_it_names_works_and_what_it_does_not_is_refused(fhir: Speaker) -> None:
    told = statement(fhir)
    holding(f"{EVERYTHING} system/AuditEvent.rs")  # which nobody reads by another scope
    fhir.send(person(), *(
        sample(kind, "Patient/p1") | {"id": f"{kind}-1"} for kind in told if kind != "Patient"
    ))  # fmt: skip
    patient = f"Patient/{fhir.patient()}"
    for kind, one in told.items():
        does = {each["code"] for each in one["interaction"]}
        assert {"read", "vread", "history-instance", "search-type"} <= does
        held = fhir.get(f"{kind}?_count=1").found[0]
        at, version = f"{kind}/{held['id']}", held["meta"]["versionId"]
        for end in ("", f"/_history/{version}", "/_history"):
            assert fhir.get(at + end).status == 200, (kind, end)
        for parameter in one["searchParam"]:
            asked = f"{kind}?{parameter['name']}={VALUES[parameter['type']]}"
            assert fhir.get(asked, Prefer="handling=strict").status == 200, asked
        fhir.get(f"{kind}?never-heard-of=1", Prefer="handling=strict").outcome(400)
        made = fhir.ask("post", kind, sample(kind, patient))
        assert (made.status == 201) == ("create" in does), (kind, made.status, made.raw[:300])
        if "create" not in does:
            made.outcome(405)
        again = fhir.ask("put", at, held, If_Match="*")
        assert (again.status == 200) == ("update" in does), (kind, again.raw[:300])
        gone = fhir.ask("delete", at, If_Match="*")
        assert (gone.status == 204) == ("delete" in does), (kind, gone.raw[:300])
        for verb in ("patch", "trace"):
            assert fhir.ask(verb, at).status in (403, 405)
        fhir.ask("put", f"{kind}?identifier=x", held).outcome(405)
        fhir.ask("delete", f"{kind}?identifier=x").outcome(405)
    for name in one_s_operations(told):
        assert fhir.get(f"{patient}/${name}").status == 200
    fhir.get(f"{patient}/$else").outcome(404)
    fhir.get("_history").outcome(404)


def one_s_operations(told: Json) -> list[str]:
    return [one["name"] for each in told.values() for one in each.get("operation", ())]


def test_both_kinds_of_bundles_work(fhir: Speaker) -> None:
    (rest,) = fhir.get("metadata").tree["rest"]
    for one in rest["interaction"]:
        entry = {"request": {"method": "GET", "url": "Patient"}}
        said = fhir.ask(
            "post", "", {"resourceType": "Bundle", "type": one["code"], "entry": [entry]}
        )
        assert said.tree["type"] == f"{one['code']}-response"
