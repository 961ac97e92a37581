"""Merging over the interface: who may, what is refused, and that it is done once."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from eligibility.actions import assess
from eligibility.protocols import get
from patients.models import Patient
from tests.api.stored.conftest import Asker, make_client, make_site, patient_in
from tests.merging.halves import halves_of, whole_of
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
WHY = {"reason": "Both numbers are of one person, says the register"}


@pytest.fixture
def toronto(db: None) -> Site:
    return make_site("toronto")


@pytest.fixture
def ehr(toronto: Site) -> Asker:
    return make_client("ehr", toronto)


@pytest.fixture
def pair(ehr: Asker) -> tuple[str, str]:
    one, other = halves_of(whole_of("meets-everything"), 1)
    return patient_in(ehr.send(one)), patient_in(ehr.send(other))


def at(patient: str, what: str = "") -> str:
    return f"/api/v1/patients/{patient}/merges/{what}"


def version(asker: Asker, patient: str) -> str:
    return str(asker.get(f"/api/v1/patients/{patient}/").headers["ETag"])


def post(asker: Asker, address: str, patient: str, body: Any, **also: str) -> Any:
    return asker.post(address, body, If_Match=version(asker, patient), **also)


def test_merged_listed_and_reversed(ehr: Asker, pair: tuple[str, str]) -> None:
    one, other = pair
    key = {"Idempotency_Key": "merge-1"}
    said = version(ehr, one)
    answer = ehr.post(at(one), {"merged": other, **WHY}, If_Match=said, **key)
    assert answer.status_code == 201, answer.content
    made = json.loads(answer.content)
    assert (made["survivor"], made["merged"], made["in_force"]) == (one, other, True)
    again = ehr.post(at(one), {"merged": other, **WHY}, If_Match=said, **key)
    assert (again.status_code, again.content) == (201, answer.content)
    assert answer.headers["ETag"] == version(ehr, one) != said
    for patient in pair:
        listed = json.loads(ehr.get(at(patient)).content)["results"]
        assert [each["id"] for each in listed] == [made["id"]]
    back = post(ehr, at(one, f"{made['id']}/reversal/"), one, {"reason": "Twins"})
    assert back.status_code == 200, back.content
    assert json.loads(back.content)["reversal"]["reason"] == "Twins"
    twice = post(ehr, at(one, f"{made['id']}/reversal/"), one, {"reason": "Twins"})
    assert twice.status_code == 409


def test_who_is_merged_is_in_no_list_and_a_search_leads_to_the_survivor(
    ehr: Asker, pair: tuple[str, str]
) -> None:
    one, other = pair
    post(ehr, at(one), one, {"merged": other, **WHY})
    for query in ("", "?identifier=urn:mrn|other", "?identifier=other", "?search=other"):
        found = json.loads(ehr.get(f"/api/v1/patients/{query}").content)["results"]
        assert [each["id"] for each in found] == [one], query
    held = json.loads(ehr.get(f"/api/v1/patients/{other}/").content)
    assert held["same_person_as"] == one


def test_what_is_refused(ehr: Asker, toronto: Site, pair: tuple[str, str]) -> None:
    one, other = pair
    assert ehr.post(at(one), {"merged": other, **WHY}).status_code == 428
    assert ehr.post(at(one), {"merged": other, **WHY}, If_Match='"99"').status_code == 412
    for body, status in (
        ({"merged": other}, 422),
        ({"merged": other, "reason": " - "}, 422),
        ({"merged": "x", **WHY}, 422),
        ({"merged": 7, **WHY}, 422),
        ({"merged": other, "colour": "red", **WHY}, 422),
        ({"merged": one, **WHY}, 409),
        ({"merged": "00000000-0000-4000-8000-000000000000", **WHY}, 422),
        ([], 422),
    ):
        assert post(ehr, at(one), one, body).status_code == status, body
    reader = make_client("reader", toronto, scopes="patients.read")
    assert reader.post(at(one), {"merged": other, **WHY}, If_Match="*").status_code == 403


def test_another_sites_patient_is_as_absent_as_one_that_never_was(
    ehr: Asker, pair: tuple[str, str]
) -> None:
    montreal = make_client("stranger", make_site("montreal"))
    theirs = patient_in(montreal.send(whole_of("meets-everything")))
    nobody = "00000000-0000-4000-8000-000000000000"
    said = [post(ehr, at(pair[0]), pair[0], {"merged": who, **WHY}) for who in (theirs, nobody)]
    assert [one.status_code for one in said] == [422, 422]
    first, second = (json.loads(one.content) for one in said)
    assert first["errors"] == second["errors"]
    for who in (theirs, nobody):
        assert ehr.get(at(who)).status_code == 404
        body = {"merged": pair[0], **WHY}
        assert ehr.post(at(who), body, If_Match="*").status_code == 404


def test_who_disagrees_about_birth_is_one_person_only_on_somebodys_word(ehr: Asker) -> None:
    one, other = halves_of(whole_of("meets-everything"), 1)
    for entry in other["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["resource"]["birthDate"] = "1931-02-03"
    pair = patient_in(ehr.send(one)), patient_in(ehr.send(other))
    refused = post(ehr, at(pair[0]), pair[0], {"merged": pair[1], **WHY})
    assert refused.status_code == 422
    assert json.loads(refused.content)["errors"][0]["pointer"] == "/confirmation"
    sure = {"merged": pair[1], "confirmation": "Passport seen", **WHY}
    answer = post(ehr, at(pair[0]), pair[0], sure)
    assert (answer.status_code, json.loads(answer.content)["differences"]) == (201, ["birth"])
    born = json.loads(ehr.get(f"/api/v1/patients/{pair[0]}/").content)["birth_date"]
    assert born.startswith("1931-02-03 or ")


def test_who_is_being_screened_is_not_merged(ehr: Asker, pair: tuple[str, str]) -> None:
    one, other = pair
    for patient in pair:
        with use_sites(list(Site.objects.values_list("pk", flat=True))):
            held = Patient.objects.get(pk=patient)
            today: date = timezone.localdate()
            assess(held.pk, protocol=get("NCT00514085"), on=today)
            screened = held.screenings.count()
        if screened:
            other = patient
    one = next(each for each in pair if each != other)
    answer = post(ehr, at(one), one, {"merged": other, **WHY})
    assert answer.status_code == 409
    assert "open screening for NCT00514085" in json.loads(answer.content)["detail"]
