"""What is held is read as it was sent, under ids of ours; another site's is not there."""

from __future__ import annotations

import pytest

from tests.fhir.conftest import Speaker, observation, person
from trialscreen.institution.models import Site, TrailEntry
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db


def sent(fhir: Speaker) -> str:
    fhir.send(person(), observation(note=[{"text": "by hand"}], unheardOf={"kept": True}))
    return fhir.patient()


@pytest.mark.requirement(57)
def test_what_is_read_is_what_was_sent(fhir: Speaker) -> None:
    patient = sent(fhir)
    (held,) = fhir.get(f"Observation?patient={patient}").found
    said = fhir.get(f"Observation/{held['id']}")
    assert said.status == 200
    assert b'"value":180.50' in said.raw
    tree = said.tree
    assert tree == held
    assert tree["subject"] == {"reference": f"Patient/{patient}"}
    assert tree["meta"].keys() == {"versionId", "lastUpdated"}
    for name in ("resourceType", "status", "code", "effectiveDateTime", "note", "unheardOf"):
        assert tree[name] == observation(note=[{"text": "by hand"}], unheardOf={"kept": True})[name]
    assert said.headers["ETag"] == f'W/"{tree["meta"]["versionId"]}"'
    assert fhir.get(f"Observation/{held['id']}", If_None_Match=said.headers["ETag"]).status == 304
    since = said.headers["Last-Modified"]
    assert fhir.get(f"Observation/{held['id']}", If_Modified_Since=since).status == 304


def test_a_patient_is_read_by_the_id_it_has_everywhere(fhir: Speaker) -> None:
    patient = sent(fhir)
    tree = fhir.get(f"Patient/{patient}").tree
    assert (tree["id"], tree["birthDate"]) == (patient, "1984-05-17")
    everything = fhir.get(f"Patient/{patient}/$everything").tree
    assert [one["resource"]["resourceType"] for one in everything["entry"]] == [
        "Patient",
        "Observation",
    ]


def test_everything_holds_what_is_made_here_where_it_is_asked_for(fhir: Speaker) -> None:
    at = f"Patient/{sent(fhir)}/$everything"
    kinds = lambda said: [one["resourceType"] for one in said.found]  # noqa: E731
    assert kinds(fhir.get(at)) == ["Patient", "Observation"]
    assert kinds(fhir.get(f"{at}?_type=Observation")) == ["Observation"]
    both = fhir.get(f"{at}?_type=Provenance,Observation")
    assert kinds(both) == ["Observation", "Provenance", "Provenance"]
    held = both.found[0]
    version = f"Observation/{held['id']}/_history/{held['meta']['versionId']}"
    assert version in [one["target"][0]["reference"] for one in both.found[1:]]
    assert kinds(fhir.get(f"{at}?_type=AuditEvent")) == []  # which this token does not name
    assert fhir.get(f"{at}?_type=ResearchStudy,Group").found == []
    fhir.get(f"{at}?_type=Nonsense").outcome(400)
    fhir.get(f"{at}?_type=").outcome(400)


@pytest.mark.requirement(26)
def test_another_site_s_record_is_as_absent_as_none(fhir: Speaker, other: Speaker) -> None:
    patient = sent(fhir)
    (held,) = fhir.get("Observation").found
    absent = "7b1e2a54-6a0b-4c55-9d26-0f7e7a0c1111"
    for kind, ident in (("Observation", held["id"]), ("Patient", patient)):
        for end in ("", "/_history", "/_history/1"):
            there, nowhere = (other.get(f"{kind}/{one}{end}") for one in (ident, absent))
            there.outcome(404, "not-found")
            assert there.raw == nowhere.raw
    other.get(f"Patient/{patient}/$everything").outcome(404)
    assert other.get(f"Observation?patient={patient}").found == []
    assert other.get("Observation").found == []


def test_versions_and_history(fhir: Speaker) -> None:
    sent(fhir)
    fhir.send(person(), observation(status="corrected"))
    (held,) = fhir.get("Observation").found
    at = f"Observation/{held['id']}"
    history = fhir.get(f"{at}/_history").tree
    assert (history["type"], history["total"]) == ("history", 2)
    assert [one["resource"]["status"] for one in history["entry"]] == ["corrected", "final"]
    assert [one["request"]["method"] for one in history["entry"]] == ["PUT", "POST"]
    versions = [one["resource"]["meta"]["versionId"] for one in history["entry"]]
    assert held["meta"]["versionId"] == versions[0]
    assert fhir.get(f"{at}/_history/{versions[1]}").tree["status"] == "final"
    fhir.get(f"{at}/_history/99").outcome(404)


def test_what_arrives_late_does_not_speak(fhir: Speaker) -> None:
    new, old = ("2026-11-20T10:00:00Z", "2026-11-19T10:00:00Z")
    fhir.send(person(), observation(meta={"lastUpdated": new, "source": "urn:lab"}))
    fhir.send(person(), observation(meta={"lastUpdated": old}, status="preliminary"))
    (held,) = fhir.get("Observation").found
    assert (held["status"], held["meta"]["source"]) == ("final", "urn:lab")
    assert fhir.get(f"Observation/{held['id']}/_history").tree["total"] == 2


def test_references_lead_to_what_is_held_here(fhir: Speaker) -> None:
    drug = {"resourceType": "Medication", "id": "m1", "code": {"text": "temozolomide"}}
    course = {
        "resourceType": "MedicationStatement",
        "id": "s1",
        "status": "active",
        "medicationReference": {"reference": "Medication/m1"},
        "subject": {"reference": "Patient/p1"},
        "informationSource": {"reference": "Practitioner/none"},
        "effectiveDateTime": "2026-01",
    }
    fhir.send(person(), drug, course)
    (held,) = fhir.get("Medication").found
    (taken,) = fhir.get("MedicationStatement").found
    assert taken["medicationReference"]["reference"] == f"Medication/{held['id']}"
    assert taken["informationSource"]["reference"] == "Practitioner/none"


@pytest.mark.parametrize(
    ("at", "accept", "status"),
    [
        ("metadata", "application/fhir+xml", 406),
        ("metadata?_format=xml", "*/*", 406),
        ("Observation", "text/html", 406),
        ("Observation?_format=application/fhir%2Bjson", "application/fhir+xml", 200),
        ("Observation", "application/fhir+json; fhirVersion=4.0", 200),
        ("Nonsense", "*/*", 404),
        ("Observation/not-a-uuid", "*/*", 404),
        ("Observation/%00", "*/*", 404),
    ],
)
def test_forms_of_answers(fhir: Speaker, at: str, accept: str, status: int) -> None:
    said = fhir.get(at, Accept=accept)
    assert said.status == status
    assert said.tree["resourceType"]


@pytest.mark.django_db(transaction=True)
def test_who_looked_stands_in_the_trail_of_the_patient(fhir: Speaker, toronto: Site) -> None:
    patient = sent(fhir)
    (held,) = fhir.get("Observation").found
    at = f"Observation/{held['id']}"
    fhir.get(at)
    form = "application/x-www-form-urlencoded"
    fhir.ask("post", "Patient/_search", "identifier=urn:mrn|p1", Content_Type=form)
    get = {"request": {"method": "GET", "url": at}}
    fhir.ask("post", "", {"resourceType": "Bundle", "type": "batch", "entry": [get]})
    with as_owner():
        looks = TrailEntry.objects.filter(patient_id=patient, kind="viewed")
        assert looks.count() == 2
        told = [str(one) for one in TrailEntry.objects.filter(kind="searched").values()]
    assert len(told) >= 1
    assert "urn:mrn|p1" not in "".join(told)
