"""Webhooks as administrators have them, by page and over the interface."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from eligibility import sending
from eligibility.models import Dispatch, Endpoint, Resending
from tests.api.administration.test_office import Office
from tests.api.conftest import problem
from tests.eligibility.stored import make_site
from tests.isolation.routes import document
from tests.pages.test_opening import managing, staff
from tests.telling.receiver import Receiver
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


@pytest.fixture
def office(sasha: Account) -> Office:
    return Office(sasha)


@pytest.fixture
def browser(sasha: Account) -> Client:
    client = Client()
    client.force_login(sasha)
    return client


def asked(site: Site, url: str) -> dict[str, Any]:
    return {
        "site": site.code,
        "name": "Trial office",
        "url": url,
        "events": ["signature.made", "verdict.changed"],
        "format": "event",
    }


def sent(endpoint: int, site: Site) -> int:
    return sending.send_due(endpoint, site.pk)[0]


def described(operation: str, answer: Any) -> Any:
    """What was answered, held against what the description of the interface says of it."""
    whole = document()
    every = (one for of in whole["paths"].values() for one in of.values())
    (held,) = (one for one in every if one["operationId"] == f"webhooks_{operation}")
    content = held["responses"][str(answer.status_code)]["content"]["application/json"]
    schema = {**content["schema"], "components": whole["components"]}
    faults = [one.message for one in jsonschema_rs.iter_errors(schema, answer.json())]
    assert not faults
    return answer


def test_a_webhook_from_registration_to_its_end(
    office: Office, site: Site, receiver: Receiver
) -> None:
    body = asked(site, f"{receiver.url}/hooks")
    made = office.send("webhooks/", body, Idempotency_Key="one")
    assert described("register", made).status_code == 201, made.content
    secret, key = made.json()["secret"], made.json()["id"]
    again = described("register", office.send("webhooks/", body, Idempotency_Key="one"))
    assert (again.json()["id"], again.json()["secret"]) == (key, None)
    there = f"webhooks/{key}/"
    held = office.read(there)
    assert "secret" not in held
    assert held["events"] == ["verdict.changed", "signature.made"]
    assert office.read("webhooks/?site=" + site.code)["results"] == [held]
    assert office.read("webhooks/?site=elsewhere")["results"] == []
    described("list", office.get("webhooks/"))
    described("read", office.get(there))
    tested = described("test", office.send(f"{there}test/", {}))
    assert (tested.status_code, tested.json()["state"]) == (202, "waiting")
    assert sent(key, site) == 1
    assert receiver.received[0].is_signed_with(secret)
    assert receiver.bodies[0]["data"] == {}
    (delivery,) = office.read(f"{there}deliveries/?state=delivered")["results"]
    assert [one["outcome"] for one in delivery["attempts"]] == ["taken"]
    described("deliveries", office.get(f"{there}deliveries/"))
    described("replay", office.send(f"webhooks/deliveries/{delivery['id']}/replay/", {}))
    assert sent(key, site) == 1
    assert receiver.ids[0] == receiver.ids[1]
    rotated = office.changed(f"{there}rotate/", {"overlap_hours": 0, "reason": "Yearly"}, at=there)
    described("rotate", rotated)
    assert rotated.json()["secret"] != secret
    paused = office.changed(f"{there}pause/", {"reason": "Maintenance"}, at=there)
    described("pause", paused)
    assert (paused.json()["paused_why"], paused.json()["paused_by"]) == ("Maintenance", "sasha")
    assert problem(office.send(f"{there}test/", {}), 409)["detail"].startswith("It is paused")
    assert office.changed(f"{there}resume/", {}, at=there).json()["paused_at"] is None
    changed = office.changed(there, {"events": ["registration.made"]}, "patch")
    assert changed.json()["events"] == ["registration.made"]
    assert problem(office.changed(there, {"name": "Trial office"}, "patch"), 409)
    assert office.send(there, {"name": "x"}, "patch").status_code == 428
    ended = described("end", office.changed(f"{there}end/", {"reason": "Replaced"}, at=there))
    assert ended.json()["active"] is False
    assert problem(office.changed(f"{there}pause/", {"reason": "x"}, at=there), 409)


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"url": "http://hospital.example/"}, "/url", "https://"),
        ({"url": "https://hospital.example/?mrn=1"}, "/url", "question mark"),
        ({"url": "https://u:p@hospital.example/"}, "/url", "password"),
        ({"url": "https://localhost/"}, "/url", "nothing may be sent"),
        ({"url": "https://169.254.169.254/latest"}, "/url", "nothing may be sent"),
        ({"url": "https://no-such-host.invalid/"}, "/url", "No host of this name"),
        ({"url": "x\0y"}, "", ""),
        ({"url": "\ud800"}, "", ""),
        ({"events": []}, "/events", "at least one"),
        ({"events": ["patient.named"]}, "/events", "not one of the available choices"),
        ({"events": "signature.made"}, "/events", "list"),
        ({"format": "hl7"}, "/format", "not one of the available choices"),
        ({"site": "nowhere"}, "/site", "not one of the available choices"),
        ({"secret": "whsec_mine"}, "/secret", "not known here"),
        ({"name": "x" * 101}, "/name", "at most 100"),
    ],
)
def test_what_cannot_be_registered_is_said_with_its_place(
    office: Office, site: Site, settings: Any, body: dict[str, Any], pointer: str, words: str
) -> None:
    settings.WEBHOOK_LOOPBACK = False
    answer = office.send("webhooks/", asked(site, "https://hospital.example/") | body)
    assert answer.status_code in (400, 422)
    if pointer:
        (said,) = problem(answer, 422)["errors"]
        assert said["pointer"] == pointer
        assert words in said["detail"]
    with managing(site):
        assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "since",
    ["", "yesterday", "2026-11-25", "2026-11-25T08:00:00", "9999-12-31T23:59:59+00:00", "1e400Z",
     "0001-01-01T00:00:00+14:00", "2026-W48-3T08:00Z", "2026-11-25T08:00:00+99:00", "x" * 41],
)  # fmt: skip
def test_a_moment_that_is_none_sends_nothing_again(
    office: Office, site: Site, receiver: Receiver, since: str
) -> None:
    made = office.send("webhooks/", asked(site, f"{receiver.url}/hooks")).json()
    answer = office.send(f"webhooks/{made['id']}/replay/", {"since": since})
    assert problem(answer, 422)["errors"][0]["pointer"] == "/since"
    with managing(site):
        assert not Resending.objects.exists()


def test_the_pages(browser: Client, site: Site, receiver: Receiver) -> None:
    there = "/administration/webhooks/"
    assert "No webhook yet" in browser.get(there).text
    body = asked(site, f"{receiver.url}/hooks")
    refused = browser.post(f"{there}new/", body | {"events": []})
    assert (refused.status_code, "Choose at least one." in refused.text) == (422, True)
    made = browser.post(f"{there}new/", body)
    assert "whsec_" in made.text
    with managing(site):
        held = Endpoint.objects.get()
    page = f"{there}{held.pk}/"
    for act, said in (
        ("test/", {}),
        ("pause/", {"reason": "Maintenance"}),
        ("resume/", {}),
        ("change/", body | {"name": "Office"}),
    ):
        assert browser.get(page + act).status_code == 200
        assert browser.post(page + act, said).headers["Location"] == page, act
    assert sent(held.pk, site) == 1
    shown = browser.get(page).text
    assert "Delivered" in shown
    assert "HTTP 204" in shown
    with managing(site):
        delivery = Dispatch.objects.get().pk
    again = f"{there}deliveries/{delivery}/again/"
    assert browser.get(again).status_code == 200
    assert browser.post(again).status_code == 302
    assert browser.post(again).status_code == 422
    assert sent(held.pk, site) == 1
    assert browser.post(f"{page}again/", {"since": "2026-01-01T00:00:00Z"}).status_code == 422
    assert browser.get(f"{page}?state=parked").status_code == 200
    assert browser.get(f"{page}?state=nonsense&page=-1").status_code == 200
    assert "whsec_" in browser.post(f"{page}secret/", {"overlap_hours": "1", "reason": "x"}).text
    assert "the one before signs until" in browser.get(page).text
    assert browser.post(f"{page}end/", {"reason": "Replaced"}).status_code == 302
    assert "Ended" in browser.get(page).text
    for path in (f"{there}9999/", f"{there}9999/pause/", f"{there}deliveries/9999/again/"):
        assert browser.get(path).status_code == 404


@pytest.mark.requirement(15)
def test_nobody_else_has_anything_of_it(site: Site, office: Office, receiver: Receiver) -> None:
    key = office.send("webhooks/", asked(site, f"{receiver.url}/hooks")).json()["id"]
    for role, at in ((Role.COORDINATOR, site), (Role.INVESTIGATOR, site), (Role.MONITOR, None)):
        person = staff(f"a.{role}", role, at) if at is not None else staff(f"a.{role}", role)
        other = Office(person)
        for path in ("webhooks/", f"webhooks/{key}/", f"webhooks/{key}/deliveries/"):
            assert other.get(path).status_code == 403
        assert other.send(f"webhooks/{key}/test/", {}).status_code == 403
        for path in ("", f"{key}/", f"{key}/pause/"):
            assert other.client.get(f"/administration/webhooks/{path}").status_code == 403


@pytest.mark.requirement(15)
def test_an_endpoint_of_another_site_does_not_exist_for_a_site(
    site: Site, office: Office, receiver: Receiver
) -> None:
    key = office.send("webhooks/", asked(site, f"{receiver.url}/hooks")).json()["id"]
    other = make_site("kingston") if site.code != "kingston" else make_site("ottawa")
    with use_conduct(()), use_sites([other.pk]):
        assert not Endpoint.objects.exists()
        assert sending.send_due(key, other.pk) == (0, False)
