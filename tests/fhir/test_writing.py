"""Single records: created once, updated by who sent them and has seen the last version, withdrawn and never gone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from patients.models import Delivery, LabResult, Patient, ReceivedResource, SetAside
from tests.api.stored.conftest import Asker, make_client
from tests.fhir.conftest import Json, Speaker, observation, person
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
NOBODY = "7b1e2a54-6a0b-4c55-9d26-0f7e7a0c1111"


@pytest.fixture
def patient(fhir: Speaker) -> str:
    fhir.send(person())
    return fhir.patient()


def made(fhir: Speaker, resource: Json, **headers: str) -> Json:
    said = fhir.ask("post", str(resource["resourceType"]), resource, **headers)
    assert said.status == 201, said.raw
    tree = said.tree
    assert said.headers["Location"].endswith(
        f"{tree['resourceType']}/{tree['id']}/_history/{tree['meta']['versionId']}"
    )
    assert said.headers["ETag"] == f'W/"{tree["meta"]["versionId"]}"'
    return tree


def current(site: Site) -> list[Any]:
    with use_sites([site.pk]):
        rows = LabResult.objects.filter(superseded_version=None).order_by("pk")
        return [row.value for row in rows]


def counts(site: Site) -> tuple[int, ...]:
    with use_sites([site.pk]):
        tables = (Patient, Delivery, ReceivedResource, LabResult, SetAside)
        return tuple(table.objects.count() for table in tables)


@pytest.mark.requirement(57)
@pytest.mark.parametrize("ident", ["o1", ""])
def test_a_result_is_created_and_counts(
    fhir: Speaker, patient: str, toronto: Site, ident: str
) -> None:
    tree = made(fhir, observation(ident, f"Patient/{patient}"))
    assert fhir.get(f"Observation/{tree['id']}").tree == tree
    assert str(tree["valueQuantity"]["value"]) == "180.50"
    assert current(toronto) == [Decimal("180.5")]
    with use_sites([toronto.pk]):
        last = Delivery.objects.latest("pk")
        assert (last.client, last.source, last.reason) == ("ehr", "ehr", "")


def test_who_is_meant_may_be_said_in_every_way(fhir: Speaker, patient: str, toronto: Site) -> None:
    subjects: tuple[Json, ...] = (
        {"reference": f"Patient/{patient}"},
        {"reference": f"http://testserver/fhir/Patient/{patient}"},
        {"reference": "Patient/p1"},
        {"reference": "Patient?identifier=urn:mrn|p1"},
        {"identifier": {"system": "urn:mrn", "value": "p1"}},
    )
    for number, subject in enumerate(subjects):
        tree = made(fhir, observation(f"o{number}") | {"subject": subject})
        assert tree["subject"] == {**subject, "reference": f"Patient/{patient}"}
    assert len(current(toronto)) == 5


def test_another_client_sends_a_result_and_who_it_is_stays(
    fhir: Speaker, patient: str, toronto: Site
) -> None:
    lab = Speaker(make_client("lab", toronto))
    tree = made(lab, observation("o1", f"Patient/{patient}"))
    assert lab.get(f"Patient/{patient}").tree["birthDate"] == "1984-05-17"
    again = made(lab, observation("o2", f"Patient/{patient}"))
    assert tree["id"] != again["id"]
    with use_sites([toronto.pk]):
        assert Patient.objects.count() == 1
        born = Patient.objects.get().demographics.get(superseded_version=None)
        assert str(born.birth_first) == "1984-05-17"


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/7b1e2a54-6a0b-4c55-9d26-0f7e7a0c1111"},
        {"reference": "Patient/nobody"},
        {"reference": "http://elsewhere.example/fhir/Patient/p1"},
        {"identifier": {"system": "urn:mrn", "value": "p9"}},
        {"reference": "Patient?identifier=urn:mrn|p9"},
        {"reference": "Group/p1"},
        {"display": "somebody"},
        None,
        3,
    ],
)
@pytest.mark.requirement(59)
def test_nobody_known_is_refused_with_the_place(
    fhir: Speaker, patient: str, toronto: Site, subject: object
) -> None:
    before = counts(toronto)
    said = fhir.ask("post", "Observation", observation() | {"subject": subject})
    assert said.outcome(said.status)["expression"][0].startswith("Observation")
    assert said.status in (412, 422)
    assert counts(toronto) == before


@pytest.mark.requirement(26)
def test_a_patient_of_another_site_is_nobody(
    fhir: Speaker, other: Speaker, patient: str, toronto: Site, montreal: Site
) -> None:
    answers = [
        other.ask("post", "Observation", observation("", f"Patient/{one}"))
        for one in (patient, NOBODY)
    ]
    assert [one.status for one in answers] == [422, 422]
    assert answers[0].raw == answers[1].raw
    assert counts(montreal) == (0, 0, 0, 0, 0)


@pytest.mark.requirement(58)
@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]}, "Observation.modifierExtension"),
        ({"implicitRules": "urn:rules"}, "Observation.implicitRules"),
        ({"code": {"modifierExtension": []}}, "Observation.code.modifierExtension"),
        ({"contained": [{"resourceType": "X", "implicitRules": "y"}]}, "Observation.contained[0].implicitRules"),
        ({"status": "perhaps"}, "Observation.status"),
        ({"valueQuantity": {"value": "180"}}, None),
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_refused(
    fhir: Speaker, patient: str, toronto: Site, more: Json, place: str | None
) -> None:
    before = counts(toronto)
    said = fhir.ask("post", "Observation", observation("o1", f"Patient/{patient}") | more)
    if place is None:
        return
    assert said.outcome(422)["expression"] == [place]
    assert counts(toronto) == before


@pytest.mark.requirement(54)
def test_conditional_create(fhir: Speaker, patient: str, toronto: Site) -> None:
    asked = {"If_None_Exist": "identifier=urn:lab|A1"}
    named = {"identifier": [{"system": "urn:lab", "value": "A1"}]}
    tree = made(fhir, observation("", f"Patient/{patient}", **named), **asked)
    again = fhir.ask("post", "Observation", observation("", f"Patient/{patient}", **named), **asked)
    assert (again.status, again.tree) == (200, tree)
    assert len(current(toronto)) == 1
    made(fhir, observation("", f"Patient/{patient}", **named))
    fhir.ask("post", "Observation", observation("", f"Patient/{patient}"), **asked).outcome(412)
    for odd in ("", "colour=red", "identifier=", "identifier=a|b|c"):
        said = fhir.ask(
            "post", "Observation", observation("", f"Patient/{patient}"), If_None_Exist=odd
        )
        assert said.status in (400, 412)
        said.outcome(said.status)
    somebody = fhir.ask("post", "Patient", person(), If_None_Exist="identifier=urn:mrn|p1")
    assert (somebody.status, somebody.tree["id"]) == (200, patient)


@pytest.mark.requirement(55)
def test_an_update_names_the_version_it_was_made_of(
    fhir: Speaker, patient: str, toronto: Site
) -> None:
    tree = made(fhir, observation("o1", f"Patient/{patient}"))
    at, version = f"Observation/{tree['id']}", f'W/"{tree["meta"]["versionId"]}"'
    newer = tree | {"status": "corrected"}
    fhir.ask("put", at, newer).outcome(428, "required")
    fhir.ask("put", at, newer, If_Match='W/"1000"').outcome(412, "conflict")
    said = fhir.ask("put", at, newer, If_Match=version)
    assert (said.status, said.tree["status"]) == (200, "corrected")
    assert said.headers["ETag"] != version
    fhir.ask("put", at, tree, If_Match=version).outcome(412)
    before = counts(toronto)
    same = fhir.ask("put", at, said.tree, If_Match=said.headers["ETag"])
    assert (same.status, same.tree) == (200, said.tree)
    assert counts(toronto) == before
    assert len(current(toronto)) == 1
    assert fhir.get(f"{at}/_history").tree["total"] == 2
    fhir.ask("put", at, newer | {"id": "o1"}, If_Match="*").outcome(400)
    fhir.ask("put", at, newer | {"resourceType": "Condition"}, If_Match="*").outcome(400)


def test_an_update_of_somebody_else_s_record_is_refused(
    fhir: Speaker, patient: str, toronto: Site
) -> None:
    tree = made(fhir, observation("o1", f"Patient/{patient}"))
    lab = Speaker(make_client("lab", toronto))
    said = lab.ask("put", f"Observation/{tree['id']}", tree | {"status": "amended"}, If_Match="*")
    said.outcome(403, "forbidden")
    fhir.send(person("p2"))
    moved = tree | {"subject": {"reference": f"Patient/{fhir.patient('p2')}"}}
    fhir.ask("put", f"Observation/{tree['id']}", moved, If_Match="*").outcome(422)


def test_a_patient_is_updated(fhir: Speaker, patient: str) -> None:
    tree = fhir.get(f"Patient/{patient}").tree
    version = f'W/"{tree["meta"]["versionId"]}"'
    said = fhir.ask("put", f"Patient/{patient}", tree | {"birthDate": "1984-05"}, If_Match=version)
    assert (said.status, said.tree["birthDate"], said.tree["id"]) == (200, "1984-05", patient)
    assert fhir.get("Patient?birthdate=1984-05").tree["total"] == 1
    fhir.ask("delete", f"Patient/{patient}", If_Match="*").outcome(405)


@pytest.mark.requirement(49)
def test_a_deleted_record_is_withdrawn_and_comes_back(
    fhir: Speaker, patient: str, toronto: Site
) -> None:
    tree = made(fhir, observation("o1", f"Patient/{patient}"))
    at, version = f"Observation/{tree['id']}", f'W/"{tree["meta"]["versionId"]}"'
    fhir.ask("delete", at).outcome(428)
    fhir.ask("delete", at, If_Match='W/"77"').outcome(412)
    gone = fhir.ask("delete", at, If_Match=version)
    assert (gone.status, gone.raw) == (204, b"")
    assert current(toronto) == []
    said = fhir.get(at)
    said.outcome(410, "deleted")
    assert fhir.get("Observation").found == []
    assert len(fhir.get(f"Patient/{patient}/$everything").found) == 1
    assert fhir.ask("delete", at, If_Match=said.headers["ETag"]).status == 204
    history = fhir.get(f"{at}/_history").tree
    assert [one["request"]["method"] for one in history["entry"]] == ["DELETE", "POST"]
    numbers = [one["response"]["etag"].strip('W/"') for one in history["entry"]]
    fhir.get(f"{at}/_history/{numbers[0]}").outcome(410)
    assert fhir.get(f"{at}/_history/{numbers[1]}").tree["status"] == "final"
    back = fhir.ask("put", at, tree, If_Match=said.headers["ETag"])
    assert back.status == 200
    assert len(current(toronto)) == 1
    assert fhir.get(at).tree["meta"]["versionId"] == back.headers["ETag"].strip('W/"')
    assert fhir.get(f"{at}/_history").tree["total"] == 3


def test_a_record_entered_in_error_is_read_and_does_not_count(
    fhir: Speaker, patient: str, toronto: Site
) -> None:
    tree = made(fhir, observation("o1", f"Patient/{patient}"))
    at = f"Observation/{tree['id']}"
    fhir.ask("put", at, tree | {"status": "entered-in-error"}, If_Match="*")
    assert fhir.get(at).tree["status"] == "entered-in-error"
    assert current(toronto) == []


def test_a_key_makes_a_create_happen_once(fhir: Speaker, patient: str, toronto: Site) -> None:
    asked = observation("", f"Patient/{patient}")
    first, again = (fhir.ask("post", "Observation", asked, Idempotency_Key="k") for _ in range(2))
    assert (first.status, again.status, first.raw) == (201, 201, again.raw)
    assert len(current(toronto)) == 1


@pytest.mark.parametrize(
    ("verb", "at", "body", "content", "status"),
    [
        ("post", "Observation", "{", "application/fhir+json", 400),
        ("post", "Observation", "[]", "application/fhir+json", 400),
        ("post", "Observation", '{"resourceType":"Observation","a":NaN}', "application/fhir+json", 400),
        ("post", "Observation", '{"resourceType":"Observation","a":1,"a":2}', "application/fhir+json", 400),
        ("post", "Observation", '{"resourceType":"Observation","a":"\\u0000"}', "application/fhir+json", 400),
        ("post", "Observation", '{"resourceType":"Observation","a":"\\ud800"}', "application/fhir+json", 400),
        ("post", "Observation", "<Observation/>", "application/fhir+xml", 415),
        ("post", "Observation", "<!DOCTYPE a [<!ENTITY b SYSTEM 'urn:x'>]>", "text/xml", 415),
        ("post", "Condition", '{"resourceType":"Observation"}', "application/fhir+json", 400),
        ("post", "Medication", '{"resourceType":"Medication"}', "application/fhir+json", 405),
        ("post", "Nonsense", '{"resourceType":"Nonsense"}', "application/fhir+json", 404),
        ("put", "Observation", "{}", "application/fhir+json", 405),
        ("delete", "Observation?code=777-3", None, "", 405),
        ("patch", "Observation/x", "[]", "application/json-patch+json", 405),
        ("put", f"Observation/{NOBODY}", '{"resourceType":"Observation"}', "application/fhir+json", 404),
        ("delete", f"Observation/{NOBODY}", None, "", 404),
        ("post", "metadata", "{}", "application/fhir+json", 405),
        ("get", "", None, "", 405),
    ],
)  # fmt: skip
@pytest.mark.requirement(51, 52)
def test_every_refusal_is_an_outcome(
    fhir: Speaker, toronto: Site, verb: str, at: str, body: str | None, content: str, status: int
) -> None:
    fhir.ask(verb, at, body, Content_Type=content).outcome(status)
    assert counts(toronto) == (0, 0, 0, 0, 0)


def test_who_only_writes_is_shown_nothing(
    ehr: Asker, fhir: Speaker, patient: str, toronto: Site
) -> None:
    feed = Speaker(make_client("feed", toronto, scopes="patients.write"))
    said = feed.ask("post", "Observation", observation("", f"Patient/{patient}"))
    assert (said.status, said.raw) == (201, b"")
    feed.get("Observation").outcome(403)
    reader = Speaker(make_client("reader", toronto, scopes="patients.read"))
    reader.ask("post", "Observation", observation("", f"Patient/{patient}")).outcome(403)
    minimal = fhir.ask(
        "post", "Observation", observation("", f"Patient/{patient}"), Prefer="return=minimal"
    )
    assert (minimal.status, minimal.raw) == (201, b"")
