"""The pages on which a person records two records as one, and takes it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from patients.models import Patient, PatientMerge
from tests.merging.halves import halves_of, sent, whole_of
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
OPENED = "2026-01-01"


def site_of(code: str) -> Site:
    return Site.objects.create(
        code=code, name=code, city=code, time_zone="America/Toronto", opened_on=OPENED
    )


@pytest.fixture
def toronto(db: None) -> Site:
    return site_of("toronto")


@pytest.fixture
def pair(toronto: Site) -> tuple[Patient, Patient]:
    one, other = halves_of(whole_of("meets-everything"), 1)
    with use_sites([toronto.pk]):
        return sent(one, toronto).patient, sent(other, toronto).patient


@pytest.fixture
def carla(toronto: Site, client: Client) -> Client:
    account = Account.objects.create_user("carla", "a long way round the lake", name="Carla")
    StaffRole.objects.create(account=account, site=toronto, role=Role.COORDINATOR, first_day=OPENED)
    client.force_login(account)
    return client


def address(patient: Patient) -> str:
    return f"/patients/{patient.pk}/same-person/"


def carried(page: Any) -> dict[str, str]:
    return {
        name: str(page.context["form"][name].value()) for name in ("other", "seen", "seen_other")
    }


def merges(site: Site) -> list[PatientMerge]:
    with use_sites([site.pk]):
        return list(PatientMerge.objects.all())


def test_found_compared_recorded_and_taken_back(
    carla: Client, toronto: Site, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    assert carla.get(address(one)).status_code == 200
    assert carla.post(address(one), {"number": "nobody"}).status_code == 422
    compared = carla.post(address(one), {"number": "other"})
    assert compared.status_code == 200
    held = carried(compared)
    assert held["other"] == str(other.pk)
    refused = carla.post(address(one), {**held, "reason": " . "})
    assert (refused.status_code, merges(toronto)) == (422, [])
    stale = carla.post(address(one), {**held, "seen_other": "7", "reason": "One person"})
    assert (stale.status_code, merges(toronto)) == (409, [])
    assert b"One person" in stale.content
    done = carla.post(address(one), {**held, "reason": "One person, says the register"})
    assert done.status_code == 302, done.content
    assert b"Also recorded as this person" in carla.get(done["Location"]).content
    assert b"Recorded as the same person" in carla.get(f"/patients/{other.pk}/").content
    for each in pair:
        assert (
            b"One person, says the register" in carla.get(f"/patients/{each.pk}/history/").content
        )
    listed = carla.get("/patients/").content.decode()
    assert str(one.pk) in listed
    assert str(other.pk) not in listed
    (made,) = merges(toronto)
    back = f"{address(one)}{made.pk}/reversal/"
    assert b"Nothing has arrived" in carla.get(back).content
    assert carla.post(back, {"reason": ""}).status_code == 422
    assert carla.post(back, {"reason": "Twins"}).status_code == 302
    assert carla.post(back, {"reason": "Twins"}).status_code == 422
    assert str(other.pk) in carla.get("/patients/").content.decode()


def test_another_sites_record_is_nobodys_number(
    carla: Client, toronto: Site, pair: tuple[Patient, Patient]
) -> None:
    montreal = site_of("montreal")
    with use_sites([montreal.pk]):
        theirs = sent(whole_of("deceased"), montreal).patient
    number = "deceased"
    said = carla.post(address(pair[0]), {"number": number})
    assert said.status_code == 422
    for other in (str(theirs.pk), "00000000-0000-4000-8000-000000000000", "x"):
        body = {"other": other, "seen": "1", "seen_other": "1", "reason": "One person"}
        answer = carla.post(address(pair[0]), body)
        assert answer.status_code == 422
        assert b"Nobody else at this site" in answer.content
    assert carla.get(address(theirs)).status_code == 404
    assert merges(toronto) == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "This field is required."),
        (" ", "This field is required."),
        (".", "Say why"),
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 501, "at most 500 characters"),
    ],
)
def test_what_is_no_reason_changes_nothing(
    carla: Client, toronto: Site, pair: tuple[Patient, Patient], reason: str, said: str
) -> None:
    one, other = pair
    held = carried(carla.post(address(one), {"number": "other"}))
    refused = carla.post(address(one), {**held, "reason": reason})
    assert (refused.status_code, said in refused.content.decode()) == (422, True)
    assert merges(toronto) == []
    assert carla.post(address(one), {**held, "reason": "One person"}).status_code == 302
    back = f"{address(one)}{merges(toronto)[0].pk}/reversal/"
    refused = carla.post(back, {"reason": reason})
    assert (refused.status_code, said in refused.content.decode()) == (422, True)
    assert merges(toronto)[0].reversed_at is None
    for wrong in ("999999", f"{merges(toronto)[0].pk}0"):
        assert (
            carla.post(f"{address(one)}{wrong}/reversal/", {"reason": "Twins"}).status_code == 404
        )
    assert carla.post(f"{address(other)}{merges(toronto)[0].pk}/reversal/", {}).status_code == 404
