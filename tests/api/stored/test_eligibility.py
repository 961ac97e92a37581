"""The answer of a stored record over HTTP: byte for byte that of the dry run."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from eligibility import demonstration
from eligibility.answers import to_json
from tests.api.conftest import problem
from tests.api.stored.conftest import Asker, make_client, patient_in
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db
TRIAL = "NCT00514085"
KEYS = [one.key for one in demonstration.catalogue()]


def address(patient: str, query: str) -> str:
    return f"/api/v1/patients/{patient}/eligibility/?trial={TRIAL}{query}"


def dry_run(bundle: Any, *, on: date, today: date, zone: str, query: str = "") -> bytes:
    """The dry run of the same Bundle over HTTP, without what it says of the delivery."""
    asked = {
        "on": on.isoformat(),
        "received_on": today.isoformat(),
        "time_zone": zone,
        "bundle": bundle,
    }
    answer = Client().post(
        f"/api/v1/trials/{TRIAL}/evaluate/?{query}",
        demonstration.to_json(asked),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content[:500]
    document = json.loads(answer.content)
    del document["account"], document["ignored"]
    return to_json(document).encode()


@pytest.mark.parametrize("key", KEYS[:: max(1, len(KEYS) // 14)])
def test_the_stored_record_answers_as_the_dry_run(
    ehr: Asker, toronto: Site, today: date, key: str
) -> None:
    bundle = demonstration.bundle(key, on=today)
    patient = patient_in(ehr.send(bundle))
    for on, query in (
        (today, "&timeline=true"),
        (today + timedelta(days=9), f"&on={today + timedelta(days=9)}"),
    ):
        answer = ehr.get(address(patient, query))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        expected = dry_run(
            bundle, on=on, today=today, zone=toronto.time_zone, query=query.lstrip("&")
        )
        assert answer.content == expected


def test_what_is_asked_wrongly(ehr: Asker, sent: Callable[..., str], toronto: Site) -> None:
    patient = sent()
    problem(ehr.get(address(patient, "&on=tomorrow")), 400)
    problem(ehr.get(address(patient, "&timeline=1")), 400)
    problem(ehr.get(address(patient, "&at=2026-11-25")), 400)
    problem(ehr.get(f"/api/v1/patients/{patient}/eligibility/"), 400)
    problem(ehr.get(f"/api/v1/patients/{patient}/eligibility/?trial=NCT1"), 404)
    no_verdicts = make_client("sender", toronto, scopes="patients.read patients.write")
    problem(no_verdicts.get(address(patient, "")), 403)
    verdicts = make_client("worklist", toronto, scopes="eligibility.read")
    assert verdicts.get(address(patient, "")).status_code == 200
    problem(verdicts.get(f"/api/v1/patients/{patient}/"), 403)


def test_a_new_result_is_in_the_next_answer(
    ehr: Asker, sent: Callable[..., str], today: date
) -> None:
    patient = sent()
    before = ehr.get(address(patient, "")).json()
    low = {
        "code": "777-3", "collected": today.isoformat(), "value": "12", "unit": "10*9/L",
    }  # fmt: skip
    assert ehr.post(f"/api/v1/patients/{patient}/lab-results/", low).status_code == 201
    after = ehr.get(address(patient, "")).json()
    verdicts = [
        next(one["verdict"] for one in answer["criteria"] if one["id"] == "platelets")
        for answer in (before, after)
    ]
    assert verdicts == ["met", "not_met"]
