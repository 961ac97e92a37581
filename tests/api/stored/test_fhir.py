"""``POST /fhir``: kept once, every entry answered, and every refusal an OperationOutcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from eligibility import demonstration
from patients.models import Delivery, Patient, ReceivedResource
from tests.api.stored.conftest import FHIR, Asker, make_client, patient_in
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


def bundle_of(key: str, today: date) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(demonstration.to_json(demonstration.bundle(key, on=today)))
    return held


def statuses(answer: Any) -> set[str]:
    assert answer.headers["Content-Type"] == FHIR
    return {one["response"]["status"] for one in json.loads(answer.content)["entry"]}


def outcome(answer: Any, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, FHIR), answer.content
    document: dict[str, Any] = json.loads(answer.content)
    assert document["resourceType"] == "OperationOutcome"
    assert document["issue"]
    return document


@pytest.mark.parametrize("address", ["/fhir", "/fhir/"])
def test_everything_is_created_once(ehr: Asker, today: date, toronto: Site, address: str) -> None:
    bundle = bundle_of("meets-everything", today)
    first, again = ehr.send(json.dumps(bundle), address), ehr.send(json.dumps(bundle), address)
    assert statuses(first) == {"201 Created"}
    assert statuses(again) == {"200 OK"}
    assert patient_in(first) == patient_in(again)
    assert len(json.loads(first.content)["entry"]) == len(bundle["entry"])
    with use_sites([toronto.pk]):
        delivery = Delivery.objects.get()
        assert (delivery.source, delivery.client, delivery.person) == ("ehr", "ehr", None)
        assert ReceivedResource.objects.count() == len(bundle["entry"])


def test_a_person_uploads_in_their_own_name(coordinator: Asker, today: date, toronto: Site) -> None:
    assert coordinator.send(demonstration.bundle("meets-everything", on=today)).status_code == 200
    with use_sites([toronto.pk]):
        delivery = Delivery.objects.get()
        assert (delivery.source, delivery.client) == ("upload", "")
        assert delivery.person is not None
        assert delivery.person.username == "carla"


def test_an_entry_that_cannot_be_read_is_said_so_and_the_others_are_taken(
    ehr: Asker, today: date
) -> None:
    bundle = bundle_of("meets-everything", today)
    bundle["type"] = "batch"
    broken = {"resourceType": "Condition", "id": "odd", "subject": "not a reference"}
    bundle["entry"] += [{"resource": broken}, "nothing", {"request": {"method": "GET"}}]
    answer = ehr.send(json.dumps(bundle))
    entries = [one["response"] for one in json.loads(answer.content)["entry"]]
    assert json.loads(answer.content)["type"] == "batch-response"
    assert [one["status"] for one in entries[-3:]] == ["422 Unprocessable Content"] * 3
    assert "Bundle.entry" in entries[-3]["outcome"]["issue"][0]["diagnostics"]
    assert {one["status"] for one in entries[:-3]} == {"201 Created"}


@pytest.mark.requirement(53)
def test_a_transaction_is_taken_whole_or_not_at_all(ehr: Asker, today: date, toronto: Site) -> None:
    bundle = bundle_of("meets-everything", today)
    bundle["type"] = "transaction"
    good = ehr.send(json.dumps(bundle))
    assert json.loads(good.content)["type"] == "transaction-response"
    bundle["entry"].append({"resource": {"resourceType": "Condition", "subject": 3}})
    outcome(ehr.send(json.dumps(bundle)), 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 422),
        (b'{"resourceType":"Bundle","type":"batch"}', 422),
        (b'{"resourceType":"Bundle","type":"batch","entry":3}', 422),
        (b'{"resourceType":"Bundle","type":"batch","type":"batch"}', 400),
        (b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient"}}]}', 422),
        (b"[" * 5000 + b"]" * 5000, 400),
        (b'{"resourceType":"Patient","id":"p"}', 422),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_fhir(
    ehr: Asker, toronto: Site, body: bytes, status: int
) -> None:
    outcome(ehr.send(body), status)
    with use_sites([toronto.pk]):
        assert not Patient.objects.exists()


def test_too_large_a_body_is_refused_in_fhir(ehr: Asker) -> None:
    outcome(ehr.send(b" " * (10 * 1024 * 1024 + 1)), 413)


def test_who_may_not_is_refused_in_fhir(ehr: Asker, toronto: Site, montreal: Site) -> None:
    nobody = Client().post("/fhir", b"{}", content_type=FHIR)
    outcome(nobody, 401)
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
    reader = make_client("reader", toronto, scopes="patients.read")
    outcome(reader.send(b"{}"), 403)
    foreign, absent = ehr.send(b"{}", "/fhir?site=montreal"), ehr.send(b"{}", "/fhir?site=x")
    assert outcome(foreign, 404) == outcome(absent, 404)
    outcome(ehr.post("/fhir", "{}", "text/plain"), 415)
    outcome(ehr.get("/fhir"), 405)
    outcome(ehr.get("/fhir/Nothing/1"), 404)
    outcome(ehr.send(b"{}", "/fhir?sites=toronto"), 400)
    both = make_client("both", toronto, montreal)
    outcome(both.send(b"{}"), 400)


def test_a_client_of_two_sites_names_the_one(toronto: Site, montreal: Site, today: date) -> None:
    both = make_client("both", toronto, montreal)
    bundle = demonstration.bundle("meets-everything", on=today)
    here, there = (both.send(bundle, f"/fhir?site={code}") for code in ("toronto", "montreal"))
    assert patient_in(here) != patient_in(there)


@pytest.mark.requirement(65)
def test_a_page_of_the_browser_needs_its_token(sent: Callable[..., str]) -> None:
    from trialscreen.institution.models import Account, Role, StaffRole

    account = Account.objects.create_user("carl", "a long way round the lake", name="Carl")
    site = Site.objects.create(
        code="surrey", name="S", city="S", time_zone="UTC", opened_on=date(2026, 1, 1)
    )
    StaffRole.objects.create(
        account=account, site=site, role=Role.COORDINATOR, first_day=date(2026, 1, 1)
    )
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(account)
    outcome(browser.post("/fhir", b"{}", content_type=FHIR), 403)
