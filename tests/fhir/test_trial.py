"""The trial's side of the FHIR interface: the study, its criteria, and screenings beside what hospitals sent."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from eligibility.actions import publish, start
from eligibility.models import Screening, State
from eligibility.workflow import FHIR_STATUS
from tests.api.stored.conftest import make_client
from tests.fhir.conftest import Speaker, person
from tests.workflow.staffed import ON, PROTOCOL, Staffed, candidate, staffed
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
STUDY = "ResearchStudy/NCT00514085"
GROUP = f"Group/NCT00514085-{PROTOCOL.version}"
STATUSES = frozenset(
    {
        *("candidate", "eligible", "follow-up", "ineligible", "not-registered", "off-study"),
        *("on-study", "on-study-intervention", "on-study-observation", "pending-on-study"),
        *("potential-candidate", "screening", "withdrawn"),
    }
)
"""R4's value set of `ResearchSubject.status`, which is required."""


@pytest.fixture
def team(fhir: Speaker, toronto: Site) -> Staffed:
    with use_sites({toronto.pk}):
        return staffed()


@pytest.fixture
def screening(team: Staffed) -> Screening:
    with use_sites({team.site.pk}):
        return candidate("meets-everything", team.site)


def sent_subject(fhir: Speaker) -> dict[str, Any]:
    """A record of another study that the hospital sent, as it is found here."""
    study = {"identifier": {"system": "urn:studies", "value": "OTHER-1"}}
    fhir.send(
        person("p9"),
        {
            "resourceType": "ResearchSubject",
            "id": "s1",
            "identifier": [{"system": "urn:s", "value": "S-1"}],
            "status": "off-study",
            "study": study,
            "individual": {"reference": "Patient/p9"},
            "period": {"start": "2025-01-01", "end": "2025-06-01"},
        },
    )
    (found,) = fhir.get("ResearchSubject?identifier=urn:s|S-1").found
    return dict(found)


def ids(fhir: Speaker, asked: str) -> list[str]:
    said = fhir.get(asked, Prefer="handling=strict")
    assert said.status == 200, said.raw
    return [one["id"] for one in said.found]


def test_every_state_has_a_status_of_r4() -> None:
    assert set(FHIR_STATUS) == set(State)
    assert set(FHIR_STATUS.values()) <= STATUSES
    on_study = [state for state, status in FHIR_STATUS.items() if status.startswith("on-study")]
    assert on_study == [State.REGISTERED]


def test_a_screening_is_read_by_the_address_that_notifications_name(
    fhir: Speaker, screening: Screening
) -> None:
    said = fhir.get(f"ResearchSubject/{screening.pk}")
    tree = said.tree
    assert (tree["status"], tree["identifier"][0]["value"]) == ("candidate", screening.label)
    assert tree["individual"] == {"reference": f"Patient/{screening.patient_id}"}
    assert tree["study"]["reference"] == STUDY
    assert set(tree["period"]) == {"start"}
    for at in (tree["individual"]["reference"], STUDY):
        assert fhir.get(at).status == 200
    assert said.headers["ETag"] == f'W/"{screening.version}"'
    assert tree["meta"]["versionId"] == str(screening.version)
    again = fhir.get(f"ResearchSubject/{screening.pk}", If_None_Match=said.headers["ETag"])
    assert (again.status, again.raw) == (304, b"")


def test_every_event_is_a_version(fhir: Speaker, screening: Screening, team: Staffed) -> None:
    with use_sites({team.site.pk}):
        start(screening.pk, by=team.coordinates, seen=screening.version, on=ON)
    at = f"ResearchSubject/{screening.pk}"
    history = fhir.get(f"{at}/_history").found
    assert [one["status"] for one in history] == ["screening", "candidate"]
    assert fhir.get(at).tree == history[0]
    for one in history:
        assert fhir.get(f"{at}/_history/{one['meta']['versionId']}").tree == one
    fhir.get(f"{at}/_history/99").outcome(404)


def test_every_event_says_who_brought_it_about(
    fhir: Speaker, other: Speaker, screening: Screening, team: Staffed
) -> None:
    with use_sites({team.site.pk}):
        start(screening.pk, by=team.coordinates, seen=screening.version, on=ON)
    at = f"ResearchSubject/{screening.pk}"
    found = fhir.get(f"Provenance?target={at}").found
    versions = [one["meta"]["versionId"] for one in fhir.get(f"{at}/_history").found][::-1]
    assert [one["target"] for one in found] == [
        [{"reference": f"{at}/_history/{one}"}] for one in versions
    ]
    by = [one["agent"][0]["who"]["display"] for one in found]
    assert by == ["trialscreen", team.coordinator.name]
    of_patient = fhir.get(f"Provenance?patient={screening.patient_id}&_count=200").found
    assert [one for one in of_patient if one in found] == found
    for one in found:
        assert fhir.get(f"Provenance/{one['id']}").tree == one
        other.get(f"Provenance/{one['id']}").outcome(404)
    feed = Speaker(make_client("feed", team.site, scopes="patients.read"))
    assert feed.get(f"Provenance?target={at}").found == []
    feed.get(f"Provenance/{found[0]['id']}").outcome(404)


def test_screenings_and_what_was_sent_are_found_together(
    fhir: Speaker, screening: Screening
) -> None:
    sent, ours = sent_subject(fhir), str(screening.pk)
    assert ids(fhir, "ResearchSubject") == [ours, sent["id"]]
    assert fhir.get(f"ResearchSubject/{sent['id']}").tree["status"] == "off-study"
    first = fhir.get("ResearchSubject?_count=1").tree
    (link,) = [one["url"] for one in first["link"] if one["relation"] == "next"]
    rest = fhir.get(link)
    assert [first["entry"][0]["resource"]["id"], *(one["id"] for one in rest.found)] == [
        ours,
        sent["id"],
    ]
    assert "next" not in {one["relation"] for one in rest.tree["link"]}


def test_a_screening_is_found_by_each_parameter(fhir: Speaker, screening: Screening) -> None:
    sent, ours = sent_subject(fhir)["id"], str(screening.pk)
    patient = screening.patient_id
    for asked in (
        f"_id={ours}",
        f"patient={patient}",
        f"individual=Patient/{patient}",
        f"study={STUDY}",
        "status=candidate",
        "status=http://hl7.org/fhir/research-subject-status|candidate,screening",
        f"identifier={screening.label}",
        f"identifier=urn:trialscreen:screening-number|{screening.label}",
        "_lastUpdated=ge2020-01-01&study=NCT00514085",
        f"patient={patient}&date=ge2025-12-01",
    ):
        assert ids(fhir, f"ResearchSubject?{asked}") == [ours], asked
    for asked in (
        "status=on-study",
        "study=ResearchStudy/OTHER",
        "identifier=TOR-12",
        "identifier=urn:other|" + screening.label,
        f"_id={UUID(int=5)}",
        "_id=nobody",
        "_lastUpdated=lt2020-01-01",
        f"study={STUDY}&date=le2020-01-01",
        "patient=Patient/nobody",
    ):
        assert ids(fhir, f"ResearchSubject?{asked}") == [], asked
    assert ids(fhir, f"ResearchSubject?_id={ours},{sent}") == [ours, sent]
    for bad in ("_lastUpdated=soon", "status:not=candidate", "study.title=x", "_id="):
        fhir.get(f"ResearchSubject?{bad}").outcome(400)


def test_a_screening_is_not_written_over_fhir(fhir: Speaker, screening: Screening) -> None:
    at = f"ResearchSubject/{screening.pk}"
    held = fhir.get(at).tree
    for verb in ("put", "delete"):
        fhir.ask(verb, at, held, If_Match="*").outcome(405)
    for at in (STUDY, GROUP):
        held = fhir.get(at).tree
        for verb in ("put", "delete"):
            fhir.ask(verb, at, held, If_Match="*").outcome(405)
    assert fhir.get(f"ResearchSubject/{screening.pk}").tree["status"] == "candidate"


def test_another_sites_screening_is_as_absent_as_none(
    fhir: Speaker, other: Speaker, screening: Screening
) -> None:
    at = f"ResearchSubject/{screening.pk}"
    absent = f"ResearchSubject/{UUID(int=7)}"
    for end in ("", "/_history", "/_history/1"):
        there, nowhere = other.get(at + end), other.get(absent + end)
        assert (there.status, there.raw) == (nowhere.status, nowhere.raw)
        assert there.status == 404
    assert ids(other, "ResearchSubject") == []
    assert ids(other, f"ResearchSubject?patient={screening.patient_id}") == []


def test_whoever_may_not_read_verdicts_finds_no_screening(
    screening: Screening, team: Staffed
) -> None:
    feed = Speaker(make_client("feed", team.site, scopes="patients.read patients.write"))
    assert feed.get(f"ResearchSubject/{screening.pk}").status in (403, 404)
    said = feed.get("ResearchSubject")
    assert said.status == 403 or said.found == []
    assert feed.get(STUDY).status == 200


def test_a_screening_is_read_within_a_batch(fhir: Speaker, screening: Screening) -> None:
    entries = [
        {"request": {"method": "GET", "url": at}}
        for at in (f"ResearchSubject/{screening.pk}", "ResearchSubject?status=candidate", STUDY)
    ]
    said = fhir.ask("post", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    one, found, study = (each["resource"] for each in said.tree["entry"])
    assert one["id"] == found["entry"][0]["resource"]["id"] == str(screening.pk)
    assert study["id"] == "NCT00514085"


def test_the_trial_and_its_criteria_are_public_facts_behind_the_door(fhir: Speaker) -> None:
    publish(PROTOCOL)
    study = fhir.get(STUDY).tree
    assert {one["value"] for one in study["identifier"]} == {"NCT00514085", "IND.189"}
    assert (study["status"], study["phase"]["coding"][0]["code"]) == ("completed", "phase-2")
    assert study["enrollment"] == [{"reference": GROUP}]
    group = fhir.get(GROUP).tree
    assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", group["id"])
    assert (group["type"], group["actual"], group["active"]) == ("person", False, True)
    assert [one["code"]["coding"][0]["code"] for one in group["characteristic"]] == [
        one.id for one in PROTOCOL.criteria
    ]
    for one in group["characteristic"]:
        assert one["exclude"] is False
        assert one["valueCodeableConcept"]["coding"][0]["code"] == "met"
    assert fhir.ask("get", STUDY, Authorization="Bearer none").status == 401
    for asked in ("_id=NCT00514085", "identifier=IND.189", "status=completed", ""):
        assert ids(fhir, f"ResearchStudy?{asked}") == ["NCT00514085"], asked
    for asked in ("_id=NCT0", "identifier=IND.1", "status=active", "_lastUpdated=lt2020"):
        assert ids(fhir, f"ResearchStudy?{asked}") == [], asked
    assert ids(fhir, f"Group?identifier={PROTOCOL.version}") == [group["id"]]
    for at in (STUDY, GROUP):
        assert fhir.get(f"{at}/_history").found == [fhir.get(f"{at}/_history/1").tree]


def test_a_version_that_was_never_in_force_is_not_there(fhir: Speaker) -> None:
    fhir.get(STUDY).outcome(404)
    fhir.get(GROUP).outcome(404)
    assert ids(fhir, "Group") == ids(fhir, "ResearchStudy") == []
    publish(PROTOCOL)
    fhir.get(f"{GROUP}0").outcome(404)
