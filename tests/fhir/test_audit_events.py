"""The trail of a patient as AuditEvent: true, of one's own sites, for who asks for it by name, and itself watched."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.stored.conftest import EVERYTHING, make_client
from tests.fhir.conftest import Json, Speaker, observation, person
from tests.workflow.staffed import candidate, staffed
from trialscreen.institution.models import Site, TrailEntry
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
READS = "system/AuditEvent.rs"


@pytest.fixture
def inspector(fhir: Speaker, toronto: Site) -> Speaker:
    """A client that may read the trail, and nothing else."""
    return Speaker(make_client("inspector", toronto, scopes=READS))


def events(one: Speaker, asked: str = "") -> list[Json]:
    said = one.get(f"AuditEvent?{asked}", Prefer="handling=strict")
    assert said.status == 200, said.raw
    return said.found


def words(found: list[Json]) -> list[str]:
    return [one["subtype"][0]["code"] for one in found]


@pytest.fixture
def looked(fhir: Speaker) -> str:
    """A patient at whose result the hospital's system has looked."""
    fhir.send(person(), observation())
    (held,) = fhir.get("Observation").found
    fhir.get(f"Observation/{held['id']}")
    return held["subject"]["reference"].removeprefix("Patient/")


@pytest.mark.requirement(30, 36)
def test_who_looked_when_and_from_where(inspector: Speaker, looked: str) -> None:
    (one,) = events(inspector, f"patient={looked}")
    assert (one["type"]["code"], words([one]), one["action"]) == ("110110", ["viewed"], "R")
    assert one["outcome"] == "0"
    (agent,) = one["agent"]
    assert agent["requestor"] is True
    assert agent["who"]["identifier"] == {"system": "urn:trialscreen:client", "value": "ehr"}
    assert agent["network"] == {"address": "127.0.0.1", "type": "2"}
    assert one["source"]["observer"]["display"] == "trialscreen"
    assert one["entity"][0]["what"] == {"reference": f"Patient/{looked}"}
    assert {"type": "page", "valueString": "fhir-record"} in one["entity"][0]["detail"]
    at = f"AuditEvent/{one['id']}"
    for end in ("", "/_history/1"):
        assert inspector.get(at + end).tree == one
    assert inspector.get(f"{at}/_history").found == [one]


def test_reading_it_is_an_event_of_the_patient(inspector: Speaker, looked: str) -> None:
    (first,) = events(inspector, f"patient={looked}")
    inspector.get(f"AuditEvent/{first['id']}")
    found = events(inspector, f"patient={looked}")
    assert words(found) == ["viewed", "searched", "viewed"]
    assert [one["agent"][0]["who"]["display"] for one in found] == ["ehr", "inspector", "inspector"]


def test_it_is_found_by_each_parameter_page_by_page(inspector: Speaker, looked: str) -> None:
    (one,) = events(inspector, f"patient={looked}&subtype=viewed")
    ident = one["id"]
    for asked in (
        f"_id={ident}",
        f"patient=Patient/{looked}&subtype=urn:trialscreen:act|viewed&date=ge2020-01-01",
        f"_id={ident}&type=http://dicom.nema.org/resources/ontology/DCM|110110",
        f"_id={ident}&action=R&_lastUpdated=ge2020-01-01",
    ):
        assert events(inspector, asked) == [one], asked
    for asked in (
        f"_id={ident}&subtype=signed",
        f"_id={ident}&subtype=urn:other|viewed",
        f"_id={ident}&type=110112",
        f"_id={ident}&date=lt2020-01-01",
        f"_id={ident}&action=D",
        "_id=0",
        f"_id=0{ident}",
        "patient=Patient/nobody",
    ):
        assert events(inspector, asked) == [], asked
    for bad in ("date=soon", "type:not=x", "patient.name=x", "subtype="):
        inspector.get(f"AuditEvent?{bad}").outcome(400)
    for _ in range(3):
        inspector.get(f"AuditEvent/{ident}")
    every = events(inspector, f"patient={looked}&subtype=viewed")
    paged, link = [], f"AuditEvent?patient={looked}&subtype=viewed&_count=2"
    while link:
        page = inspector.get(link)
        assert len(page.found) <= 2
        paged += page.found
        links = {each["relation"]: each["url"] for each in page.tree["link"]}
        link = links.get("next", "")
    assert paged == every
    assert len(paged) == 4


@pytest.mark.requirement(14)
def test_a_client_reads_it_by_its_name_alone(fhir: Speaker, toronto: Site, looked: str) -> None:
    with use_sites([toronto.pk]):
        ident = TrailEntry.objects.filter(patient_id=looked, kind="viewed").latest("pk").pk
    for place, scope in enumerate((EVERYTHING, "system/*.cruds", "system/*.rs logs.read")):
        one = Speaker(make_client(f"one{place}", toronto, scopes=scope))
        for at in ("AuditEvent", f"AuditEvent/{ident}", f"AuditEvent/{ident}/_history"):
            one.get(at).outcome(403, "forbidden")
        entry = {"request": {"method": "GET", "url": f"AuditEvent/{ident}"}}
        batch = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
        said = one.ask("post", "", batch).tree["entry"][0]["response"]["status"]
        assert said.startswith("403")
    found = Speaker(make_client("named", toronto, scopes=f"patients.read {READS}"))
    assert words(events(found, f"_id={ident}")) == ["viewed"]
    told = Client().get("/fhir/.well-known/smart-configuration").json()["scopes_supported"]
    assert {READS, "system/Provenance.rs"} <= set(told)


def test_people_read_it_who_may_read_the_history(
    fhir: Speaker, coordinator: Any, looked: str
) -> None:
    assert "viewed" in words(events(Speaker(coordinator), f"patient={looked}"))


@pytest.mark.requirement(26)
def test_another_sites_is_as_absent_as_none(
    inspector: Speaker, montreal: Site, looked: str
) -> None:
    (one,) = events(inspector, f"patient={looked}")
    there = Speaker(make_client("elsewhere", montreal, scopes=f"{EVERYTHING} {READS}"))
    for end in ("", "/_history", "/_history/1"):
        theirs, nobodys = (there.get(f"AuditEvent/{key}{end}") for key in (one["id"], 10**17))
        theirs.outcome(404)
        assert theirs.raw == nobodys.raw
    for asked in ("", f"patient={looked}", f"_id={one['id']}"):
        assert events(there, asked) == []


def test_it_is_made_here_and_changed_by_nobody(
    inspector: Speaker, fhir: Speaker, looked: str
) -> None:
    (one,) = events(inspector, f"patient={looked}")
    writer = Speaker(fhir.asker)
    for verb in ("put", "delete"):
        writer.ask(verb, f"AuditEvent/{one['id']}", one, If_Match="*").outcome(405)
    assert inspector.get(f"AuditEvent/{one['id']}").tree == one


def test_acts_at_a_screening_are_for_who_may_see_screenings(
    fhir: Speaker, inspector: Speaker, toronto: Site
) -> None:
    with use_sites([toronto.pk]):
        staffed()
        held = candidate("meets-everything", toronto)
    asker = fhir.asker
    at = f"/api/v1/screenings/{held.pk}/"
    assert asker.http.get(at, headers=asker._headers({})).status_code == 200
    both = Speaker(make_client("both", toronto, scopes=f"{READS} system/ResearchSubject.r"))
    asked = f"patient={held.patient_id}&subtype=viewed"
    assert events(inspector, asked) == []
    (seen,) = events(both, asked)
    assert [one["what"]["reference"] for one in seen["entity"]] == [
        f"Patient/{held.patient_id}",
        f"ResearchSubject/{held.pk}",
    ]
    inspector.get(f"AuditEvent/{seen['id']}").outcome(404)
