"""Patients are made once per site and source, and corrected in who they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from eligibility import demonstration
from patients.models import Delivery, Patient
from tests.api.conftest import problem
from tests.api.stored.conftest import Asker, make_client, patient_in
from tests.api.stored.test_eligibility import address
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
ALL = "/api/v1/patients/"
MRN = {"system": "urn:oid:1.2.3", "value": "4711"}
ANNA = {
    "identifiers": [MRN],
    "family_name": "Tremblay",
    "given_name": "Anna Marie",
    "birth_date": "1961-04",
    "sex": "female",
    "city": "Toronto",
}


def made(asker: Asker, body: Any = ANNA, **headers: str) -> dict[str, Any]:
    answer = asker.post(ALL, body, **headers)
    assert answer.status_code == 201, answer.content
    held: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"{ALL}{held['id']}/"
    assert answer.headers["ETag"] == '"1"'
    return held


def test_a_patient_is_made_and_read(ehr: Asker, toronto: Site) -> None:
    held = made(ehr)
    assert ehr.get(f"{ALL}{held['id']}/").json() == held
    assert (held["family_name"], held["given_name"], held["sex"]) == (
        "Tremblay", "Anna Marie", "female",
    )  # fmt: skip
    assert (held["birth_date"], held["site"]) == ("1961-04", "toronto")
    assert held["identifiers"] == [MRN | {"source": "ehr"}]
    verdicts = ehr.get(address(held["id"], "")).json()["criteria"]
    assert {one["id"]: one["verdict"] for one in verdicts}["age-18"] == "met"
    with use_sites([toronto.pk]):
        assert Delivery.objects.get().client == "ehr"


def test_the_same_identifier_is_given_once(
    ehr: Asker, coordinator: Asker, toronto: Site, montreal: Site
) -> None:
    held = made(ehr)
    for asker in (ehr, coordinator):
        said = problem(asker.post(ALL, ANNA | {"identifiers": [{"value": "x"}, MRN]}), 409)
        (error,) = said["errors"]
        assert error["pointer"] == "/identifiers/1"
        assert f"{ALL}{held['id']}/" in error["detail"]
    elsewhere = make_client("lis", montreal)
    other = made(elsewhere)
    assert other["id"] != held["id"]
    with use_sites([toronto.pk]):
        assert Patient.objects.count() == 1


def test_a_number_without_a_system_means_something_in_its_source_alone(
    ehr: Asker, coordinator: Asker
) -> None:
    body = ANNA | {"identifiers": [{"value": "17"}]}
    held = made(ehr, body)
    assert made(coordinator, body)["id"] != held["id"]
    problem(ehr.post(ALL, body), 409)


def test_what_the_source_sends_of_the_patient_is_the_same_patient(ehr: Asker, today: date) -> None:
    held = made(ehr)
    bundle = json.loads(demonstration.to_json(demonstration.bundle("meets-everything", on=today)))
    person = next(
        one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"
    )
    person["identifier"] = [MRN]
    assert patient_in(ehr.send(json.dumps(bundle))) == held["id"]
    now = ehr.get(f"{ALL}{held['id']}/").json()
    assert (now["birth_date"], now["record_version"]) == (person["birthDate"], 2)


def test_it_is_made_once_however_often_it_is_asked(ehr: Asker) -> None:
    first, again = (made(ehr, Idempotency_Key="p") for _ in range(2))
    assert first == again


def test_who_has_two_sites_names_the_one(toronto: Site, montreal: Site) -> None:
    both = make_client("both", toronto, montreal)
    problem(both.post(ALL, ANNA), 400)
    assert both.post(f"{ALL}?site=montreal", ANNA).json()["site"] == "montreal"
    problem(both.post(f"{ALL}?site=moon", ANNA), 404)


def test_who_only_reads_makes_nobody(toronto: Site) -> None:
    reader = make_client("reader", toronto, scopes="patients.read")
    problem(reader.post(ALL, ANNA), 403)


def test_who_it_is_is_corrected_for_the_source_that_tells_it(
    ehr: Asker, coordinator: Asker, sent: Callable[..., str]
) -> None:
    patient = sent()
    at = f"{ALL}{patient}/"
    before = ehr.get(at).json()
    problem(coordinator.patch(at, {"birth_date": "2012-01-01"}), 428)
    problem(coordinator.patch(at, {"birth_date": "2012-01-01"}, 9), 412)
    said = {"birth_date": "2012-01-01", "family_name": "Roy", "sex": "male", "reason": "passport"}
    answer = coordinator.patch(at, said, 1)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    now = answer.json()
    assert ehr.get(at).json() == now
    changed = {name for name in now if now[name] != before[name]}
    assert changed <= {"birth_date", "family_name", "sex", "record_version"}
    assert (now["birth_date"], now["family_name"], now["sex"]) == ("2012-01-01", "Roy", "male")
    verdicts = ehr.get(address(patient, "")).json()["criteria"]
    assert {one["id"]: one["verdict"] for one in verdicts}["age-18"] == "not_met"
    sent()
    assert ehr.get(at).json() == now, "the same Patient sent again is no news"


def test_a_newer_patient_of_the_source_supersedes_a_correction(ehr: Asker, today: date) -> None:
    bundle = json.loads(demonstration.to_json(demonstration.bundle("meets-everything", on=today)))
    patient = patient_in(ehr.send(json.dumps(bundle)))
    assert ehr.patch(f"{ALL}{patient}/", {"birth_date": "1950"}, 1).status_code == 200
    person = next(
        one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"
    )
    person["birthDate"] = "1948-02-03"
    ehr.send(json.dumps(bundle))
    assert ehr.get(f"{ALL}{patient}/").json()["birth_date"] == "1948-02-03"


def test_death_is_recorded_and_taken_back(ehr: Asker) -> None:
    at = f"{ALL}{made(ehr)['id']}/"
    told = ehr.patch(at, {"deceased_on": "2026-11-01"}, 1).json()["deceased"]
    assert told["text"] == "2026-11-01"
    assert ehr.patch(at, {"deceased": True}, 2).json()["deceased"] is not None
    assert ehr.patch(at, {"deceased_on": None}, 3).json()["deceased"] is None
    assert ehr.patch(at, {"birth_date": None, "city": None}, 4).json()["birth_date"] is None


def test_identifiers_are_added_and_never_taken_from_somebody(ehr: Asker) -> None:
    first, second = made(ehr), made(ehr, ANNA | {"identifiers": [{"value": "x"}]})
    at = f"{ALL}{second['id']}/"
    said = problem(ehr.patch(at, {"identifiers": [MRN]}, 1), 409)
    assert f"{ALL}{first['id']}/" in said["errors"][0]["detail"]
    more = {"identifiers": [{"system": "urn:oid:9", "value": "1"}, {"value": "x"}]}
    now = ehr.patch(at, more, 1).json()
    assert [one["value"] for one in now["identifiers"]] == ["x", "1"]
    assert ehr.patch(at, more, 2).json() == now


BAD: list[tuple[Any, str]] = [
    ({"identifiers": []}, "/identifiers"),
    ({"identifiers": None}, "/identifiers"),
    ({"identifiers": "4711"}, "/identifiers"),
    ({"identifiers": [3]}, "/identifiers/0"),
    ({"identifiers": [{}]}, "/identifiers/0/value"),
    ({"identifiers": [{"value": 4711}]}, "/identifiers/0/value"),
    ({"identifiers": [{"value": ""}]}, "/identifiers/0/value"),
    ({"identifiers": [{"value": "x" * 301}]}, "/identifiers/0/value"),
    ({"identifiers": [{"value": "1", "use": "usual"}]}, "/identifiers/0/use"),
    ({"identifiers": [{"value": "1", "system": "urn:trialscreen:fhir-id"}]}, "/identifiers/0/system"),
    ({"identifiers": [{"value": "1"}, {"value": "1"}]}, "/identifiers"),
    ({"family_name": 3}, "/family_name"),
    ({"family_name": "x" * 201}, "/family_name"),
    ({"birth_date": "1961-02-30"}, "/birth_date"),
    ({"birth_date": "1.4.1961"}, "/birth_date"),
    ({"birth_date": 1961}, "/birth_date"),
    ({"sex": "F"}, "/sex"),
    ({"sex": ["female"]}, "/sex"),
    ({"deceased": "no"}, "/deceased"),
    ({"deceased": 1}, "/deceased"),
    ({"deceased_on": "yesterday"}, "/deceased_on"),
    ({"deceased": False, "deceased_on": "2026-11-01"}, "/deceased"),
    ({"name": "Anna"}, "/name"),
    ({"site": "montreal"}, "/site"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "pointer"), BAD)
def test_what_cannot_be_used_is_refused_with_its_place(
    ehr: Asker, toronto: Site, change: dict[str, Any], pointer: str
) -> None:
    errors = problem(ehr.post(ALL, ANNA | change), 422)["errors"]
    assert [one["pointer"] for one in errors] == [pointer]
    with use_sites([toronto.pk]):
        assert not Patient.objects.exists()
    held = made(ehr)
    errors = problem(ehr.patch(f"{ALL}{held['id']}/", change, 1), 422)["errors"]
    assert [one["pointer"] for one in errors] == [pointer]
    assert ehr.get(f"{ALL}{held['id']}/").json() == held


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("", 422),
        ("[]", 422),
        ("null", 422),
        ('{"identifiers":[{"value":"a\\u0000b"}]}', 400),
        ('{"identifiers":[{"value":"\\ud800"}]}', 400),
        ('{"identifiers":[],"identifiers":[]}', 400),
        ('{"identifiers":NaN}', 400),
        ('{"identifiers":' + "9" * 400 + "}", 400),
        ("[" * 5000, 400),
        (b"\xff\xfe", 400),
    ],
)
def test_what_is_no_json_or_no_object(ehr: Asker, body: Any, status: int) -> None:
    problem(ehr.post(ALL, body), status)
    held = made(ehr)
    problem(ehr.patch(f"{ALL}{held['id']}/", body, 1), status)


def test_a_correction_says_something(ehr: Asker) -> None:
    at = f"{ALL}{made(ehr)['id']}/"
    for nothing in ({}, {"reason": "none"}):
        assert problem(ehr.patch(at, nothing, 1), 422)["detail"] == "Say what is to be corrected."
