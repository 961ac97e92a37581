"""Clients that send the same at the same moment: one patient, one result, one answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connections

from eligibility import demonstration
from patients.actions.repeats import Answer, answer_once
from patients.models import Delivery, IdempotencyKey, LabResult, Patient
from tests.api.stored.conftest import FHIR, Asker, make_client, make_site, patient_in
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
CLIENTS = 8
ROUNDS = 4


def send(token: str, at: str, body: Any, kind: str = "application/json", **headers: str) -> Any:
    return Asker(token).post(at, body, kind, **headers)


def at_once(act: Callable[[], Any]) -> list[Any]:
    """The same from every client at the same moment, each on a connection of its own."""
    ready = Barrier(CLIENTS)

    def one(_: int) -> Any:
        try:
            ready.wait(timeout=20)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(CLIENTS)))


@pytest.fixture
def ehr() -> Asker:
    return make_client("ehr", make_site("toronto"))


def sites() -> list[int]:
    return list(Site.objects.values_list("pk", flat=True))


def test_a_patient_sent_by_all_at_once_is_made_once(ehr: Asker, today: date) -> None:
    keys = [one.key for one in demonstration.catalogue()][:ROUNDS]
    for number, key in enumerate(keys, start=1):
        bundle = demonstration.to_json(demonstration.bundle(key, on=today))
        answers = at_once(partial(send, ehr.token, "/fhir", bundle, FHIR))
        assert {one.status_code for one in answers} == {200}
        assert len({patient_in(one) for one in answers}) == 1
        created = [b"201 Created" in one.content for one in answers]
        assert created.count(True) == 1
        with use_sites(sites()):
            assert (Patient.objects.count(), Delivery.objects.count()) == (number, number)


@pytest.mark.requirement(47)
def test_a_repeated_request_at_the_same_moment_is_done_once(ehr: Asker, today: date) -> None:
    bundle = demonstration.bundle("meets-everything", on=today)
    at = f"/api/v1/patients/{patient_in(ehr.send(bundle))}/lab-results/"
    result = {"code": "777-3", "collected": "2026-01-05", "value": "77", "unit": "10*9/L"}
    for number in range(1, ROUNDS + 1):
        answers = at_once(partial(send, ehr.token, at, result, Idempotency_Key=f"round {number}"))
        done = [one for one in answers if one.status_code == 201]
        assert len({one.content for one in done}) == 1
        for early in (one for one in answers if one.status_code != 201):
            assert (early.status_code, early.headers["Retry-After"]) == (409, "1")
        again = send(ehr.token, at, result, Idempotency_Key=f"round {number}")
        assert again.content == done[0].content
        with use_sites(sites()):
            assert IdempotencyKey.objects.count() == number
            assert LabResult.objects.filter(source="rest").count() == number


def test_while_the_first_request_is_under_way_its_key_is_in_use(ehr: Asker, today: date) -> None:
    bundle = demonstration.bundle("meets-everything", on=today)
    patient = patient_in(ehr.send(bundle))
    result = {"code": "777-3", "collected": "2026-01-05", "value": "77", "unit": "10*9/L"}
    at = f"/api/v1/patients/{patient}/lab-results/"
    begun, end = Event(), Event()

    def slow() -> Answer:
        begun.set()
        assert end.wait(timeout=20)
        return Answer(201, "done", {})

    def first() -> None:
        site = Site.objects.get()
        try:
            with use_sites([site.pk]):
                answer_once(site=site, asker="client:ehr", key="k", request="x", act=slow)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(first)
        assert begun.wait(timeout=20)
        answer = send(ehr.token, at, result, Idempotency_Key="k")
        end.set()
        under_way.result(timeout=20)
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
    assert "under way" in answer.json()["detail"]
    assert send(ehr.token, at, result, Idempotency_Key="k").status_code == 422
    assert send(ehr.token, at, result, Idempotency_Key="another").status_code == 201


@pytest.mark.requirement(46)
def test_of_those_who_read_the_same_version_one_writes(ehr: Asker, today: date) -> None:
    bundle = demonstration.bundle("meets-everything", on=today)
    patient = patient_in(ehr.send(bundle))
    at = f"/api/v1/patients/{patient}/lab-results/"
    result = {"code": "777-3", "collected": "2026-01-05", "value": "77", "unit": "10*9/L"}
    for version in range(1, ROUNDS + 1):
        answers = at_once(partial(send, ehr.token, at, result, If_Match=f'"{version}"'))
        assert sorted(one.status_code for one in answers) == [201] + [412] * (CLIENTS - 1)
