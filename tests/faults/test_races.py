"""Eight clients who send the same patient or fact at the same moment: none twice, none lost, nobody told of it.

`RACES=300` asks for more rounds than the usual 25 of each race.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import partial
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from patients.actions import Attribution, receive_bundle
from patients.models import (
    Delivery,
    IdempotencyKey,
    LabResult,
    Patient,
    PatientIdentifier,
    ReceivedResource,
)
from tests.api.stored.conftest import Asker, make_client, make_site, patient_in
from tests.faults.racing import CLIENTS, PATIENCE, Clients, racing
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.owner import as_owner

RACES = int(os.environ.get("RACES", "25"))
SOURCE = "ehr"
ROUNDS_OF_ONE_PATIENT = 10
Json = dict[str, Any]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@pytest.fixture
def site() -> Site:
    return make_site("toronto")


@pytest.fixture
def ehr(site: Site) -> Asker:
    return make_client(SOURCE, site)


@pytest.fixture
def clients() -> Iterator[Clients]:
    with racing() as eight:
        yield eight


# -- what they send ------------------------------------------------------------------------------


def person(number: int, *, turned: bool = False) -> Json:
    """A Patient with two identifiers, either first: who takes them in that order may wait crosswise."""
    known = [
        {"system": "urn:mrn", "value": f"M{number}"},
        {"system": "urn:health-card", "value": f"H{number}"},
    ]
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "identifier": known[::-1] if turned else known,
        "birthDate": "1984-05-17",
    }


def platelets(ident: str, number: int, value: int, **more: Any) -> Json:
    unit = {"unit": "10*9/L", "system": "http://unitsofmeasure.org", "code": "10*9/L"}
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
        "subject": {"reference": f"Patient/p{number}"},
        "effectiveDateTime": "2026-01-20",
        "valueQuantity": {"value": value, **unit},
        **more,
    }


def bundle(*resources: Json) -> str:
    entry = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry})


def by_http(token: str, raw: str) -> str:
    """The id of the patient, as the answer to ``POST /fhir`` tells it."""
    answer = Asker(token).send(raw)
    assert answer.status_code == 200, (answer.status_code, answer.content[:500])
    return patient_in(answer)


def by_import(site: Site, raw: str) -> str:
    """As ``manage.py import_fhir --source ehr`` does for one Bundle."""
    with use_sites([site.pk]):
        today = timezone.localdate(timezone=site.zone)
        receipt = receive_bundle(raw, site=site, source=SOURCE, by=Attribution(), received_on=today)
    return str(receipt.patient.pk)


# -- the races -----------------------------------------------------------------------------------


def test_a_patient_is_made_once_by_whatever_door(clients: Clients, ehr: Asker, site: Site) -> None:
    """Five send over HTTP, three import; in every second round each has a result of its own to tell."""
    for number in range(RACES):
        sent = [sent_by(number, client) for client in range(CLIENTS)]
        told = clients.at_once(
            [
                partial(by_http, ehr.token, raw) if client < 5 else partial(by_import, site, raw)
                for client, raw in enumerate(sent)
            ]
        )
        assert len(set(told)) == 1, told
    with use_sites([site.pk]):
        assert Patient.objects.count() == RACES
        assert PatientIdentifier.objects.count() == 3 * RACES, (
            "two of its own, and the Patient's id"
        )
        for number in range(RACES):
            own = number % 2 * CLIENTS
            assert current(f"M{number}") == sorted([210, *range(100, 100 + own)])
        assert_versions_are_gapless()


def sent_by(number: int, client: int) -> str:
    own = [platelets(f"o{number}-{client}", number, 100 + client)] if number % 2 else []
    who = person(number, turned=client % 2 == 1)
    return bundle(who, platelets(f"o{number}", number, 210), *own)


def test_a_patient_is_registered_or_received_and_never_both(
    clients: Clients, ehr: Asker, site: Site
) -> None:
    """Four register the patient over REST, four send the same one as FHIR: all mean one, whoever was first."""
    for number in range(RACES):
        raw = bundle(person(number))
        told = clients.at_once(
            [
                partial(by_http, ehr.token, raw)
                if client < 4
                else partial(by_rest, ehr.token, number)
                for client in range(CLIENTS)
            ]
        )
        with use_sites([site.pk]):
            (made,) = Patient.objects.filter(identifiers__value=f"M{number}").distinct()
        assert set(told[:4]) == {str(made.pk)}
        answers = told[4:]
        assert [one.status_code for one in answers].count(201) <= 1, answers
        assert {one.status_code for one in answers} <= {201, 409}
        assert all(str(made.pk) in one.headers.get("Location", "") + one.text for one in answers)
    with use_sites([site.pk]):
        assert Patient.objects.count() == RACES
        assert_versions_are_gapless()


def by_rest(token: str, number: int) -> Any:
    said = {"identifiers": person(number)["identifier"], "birth_date": "1984-05-17"}
    return Asker(token).post("/api/v1/patients/", said)


def test_identifiers_told_in_another_order_keep_nobody_out(
    clients: Clients, ehr: Asker, site: Site
) -> None:
    """Each may wait for the other's identifier. PostgreSQL then undoes one, who begins anew and never hears of it."""
    for number in range(RACES):
        sent = [bundle(person(number, turned=client % 2 == 1)) for client in range(CLIENTS)]
        told = clients.at_once([partial(by_http, ehr.token, raw) for raw in sent])
        assert len(set(told)) == 1, told
    with use_sites([site.pk]):
        assert Patient.objects.count() == RACES
        assert PatientIdentifier.objects.count() == 3 * RACES


def current(mrn: str) -> list[int]:
    """The platelet counts that stand, of the patient of this number."""
    rows = LabResult.objects.filter(patient__identifiers__value=mrn, superseded_version=None)
    return sorted(int(value) for value in rows.values_list("value", flat=True) if value is not None)


def assert_versions_are_gapless() -> None:
    """Every change of a record has a version of its own, and none is missing."""
    for patient in Patient.objects.all():
        seen = Delivery.objects.filter(patient=patient).order_by("pk")
        versions = list(seen.values_list("record_version", flat=True))
        assert versions == list(range(1, patient.record_version + 1)), patient.pk


def test_a_fact_is_entered_once_and_others_beside_it(
    clients: Clients, ehr: Asker, site: Site
) -> None:
    """Four repeat one request with one key; four enter a result of their own."""
    for number in range(RACES):
        if number % ROUNDS_OF_ONE_PATIENT == 0:
            patient = by_http(ehr.token, bundle(person(number)))
        asked = [result(10 * number + max(0, client - 3)) for client in range(CLIENTS)]
        key = {"Idempotency_Key": f"round {number}"}
        answers = clients.at_once(
            [
                partial(entered, ehr.token, patient, one, **(key if client < 4 else {}))
                for client, one in enumerate(asked)
            ]
        )
        assert [one.status_code for one in answers] == [201] * CLIENTS, answers
        assert len({one.content for one in answers}) == 5
        assert sum("Idempotency-Replayed" in one.headers for one in answers) == 3
    with use_sites([site.pk]):
        assert IdempotencyKey.objects.count() == RACES
        rows = LabResult.objects.filter(superseded_version=None).values_list("value", flat=True)
        told = [int(value) for value in rows if value is not None]
        assert sorted(told) == [10 * n + own for n in range(RACES) for own in range(5)]
        assert_versions_are_gapless()


def result(value: int) -> Json:
    return {"code": "777-3", "collected": "2026-01-05", "value": str(value), "unit": "10*9/L"}


def entered(token: str, patient: str, body: Json, **headers: str) -> Any:
    """The answer in the end: who repeats a request that is under way is asked to come again, and does."""
    for _ in range(PATIENCE * 20):
        answer = Asker(token).post(f"/api/v1/patients/{patient}/lab-results/", body, **headers)
        if answer.status_code != 409 or "Retry-After" not in answer.headers:
            return answer
        sleep(0.05)  # sooner than it was told
    raise TimeoutError


def test_a_correction_stands_in_whatever_order_it_arrives(
    clients: Clients, ehr: Asker, site: Site
) -> None:
    """Four send a result, four its correction; by HTTP and by import, of a new patient in every round."""
    for number in range(RACES):
        first = platelets(f"o{number}", number, 98, meta=updated(1))
        later = platelets(f"o{number}", number, 210, meta=updated(2), status="corrected")
        sent = [bundle(person(number), first), bundle(person(number), later)]
        told = clients.at_once(
            [
                partial(by_http, ehr.token, sent[client % 2])
                if client < 4
                else partial(by_import, site, sent[client % 2])
                for client in range(CLIENTS)
            ]
        )
        assert len(set(told)) == 1, told
    with use_sites([site.pk]):
        assert Patient.objects.count() == RACES
        for number in range(RACES):
            assert current(f"M{number}") == [210]
        kept = ReceivedResource.objects.filter(type="Observation").values("key")
        both = kept.annotate(texts=Count("digest", distinct=True))
        assert [one["texts"] for one in both] == [2] * RACES, "as it was first told, and corrected"
        assert_versions_are_gapless()


def updated(hour: int) -> Json:
    return {"lastUpdated": f"2026-01-21T0{hour}:00:00Z"}


# -- whether these clients meet at all -----------------------------------------------------------


def test_the_same_clients_do_catch_code_that_looks_first_and_makes_then(clients: Clients) -> None:
    """The naive way, in a table of its own: were nothing made twice here, the races above would show nothing."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_patient (number integer)")
        cursor.execute("GRANT SELECT, INSERT ON naive_patient TO PUBLIC")
    try:
        for number in range(RACES):
            clients.at_once([partial(naively, number)] * CLIENTS)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (SELECT FROM naive_patient GROUP BY number HAVING count(*) > 1) AS t"
            )
            (twice,) = cursor.fetchone()
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE naive_patient")
    print(f"made twice by the naive way: {twice} of {RACES}")  # noqa: T201 - shown with -s
    assert twice > RACES // 4


def naively(number: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM naive_patient WHERE number = %s", [number])
        if cursor.fetchone() is None:
            cursor.execute("INSERT INTO naive_patient VALUES (%s)", [number])
