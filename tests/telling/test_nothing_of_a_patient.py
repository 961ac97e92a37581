"""Nothing of a patient in what is sent, logged or written down; and the documents say what is done."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from eligibility import demonstration
from eligibility.actions import assess
from eligibility.documentation.webhooks import webhook_events_document
from eligibility.models import Dispatch, Occurrence, Screening
from eligibility.sending import send_due
from eligibility.telling.kinds import Kind, example
from patients.actions import Attribution, receive_bundle
from patients.models import Patient
from tests.isolation.hospitals import planted
from tests.telling.conftest import Register
from tests.telling.outbox import lane, queued
from tests.telling.receiver import Receiver
from tests.telling.test_telling import signed
from tests.workflow.staffed import ON, PROTOCOL, Staffed, answer, confirm_absences

pytestmark = pytest.mark.django_db
WORD = "zirkonerz"


@pytest.mark.requirement(66)
@pytest.mark.parametrize("form", ["event", "fhir"])
def test_nothing_of_a_patient_leaves_by_a_message(
    team: Staffed,
    receiver: Receiver,
    register: Register,
    caplog: pytest.LogCaptureFixture,
    form: str,
) -> None:
    """A word stands in every text that is kept of the patient; it is in no body, header, path, row or log."""
    caplog.set_level(logging.DEBUG)
    made = register(team.site, f"{receiver.url}/hooks", format=form)
    told: dict[str, Any] = demonstration.document("meets-everything", on=ON)
    patient = receive_bundle(
        demonstration.to_json(planted("meets-everything", WORD, 1, on=ON)),
        site=team.site, source="ehr", received_on=ON, by=Attribution(),
    ).patient  # fmt: skip
    for one in told["attestations"]:
        answer(patient, one["criterion"], one["answer"], on=one["stated_on"])
    confirm_absences(patient.pk)
    held = signed(team, held=Screening.objects.get(patient=patient))
    answer(patient, "within-2-hour-drive", "not_met", on=ON.isoformat())
    assess(patient.pk, protocol=PROTOCOL, on=ON)
    assert send_due(made.endpoint.pk, team.site.pk)[0] == len(receiver.received) >= 6
    birth = Patient.objects.get(pk=patient.pk).demographics.first()
    assert birth is not None
    said = "\n".join(f"{one.path}\n{one.headers}\n{one.body.decode()}" for one in receiver.received)
    rows = "\n".join(str(list(table.objects.values())) for table in (Occurrence, Dispatch))
    for forbidden in (WORD, WORD.title(), "777000111", str(birth.birth_first)):
        assert forbidden not in said
        assert forbidden not in rows
        assert forbidden not in caplog.text
    assert {one.path for one in receiver.received} == {"/hooks"}
    assert held.label not in said


def test_a_void_names_the_criteria_and_nothing_else(
    team: Staffed, receiver: Receiver, register: Register
) -> None:
    made = register(team.site, f"{receiver.url}/hooks", events=["signature.voided"])
    held = signed(team)
    answer(held.patient, "within-2-hour-drive", "not_met", on=ON.isoformat())
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    assert send_due(made.endpoint.pk, team.site.pk)[0] == 1
    (one,) = receiver.bodies
    assert one["type"] == "signature.voided"
    assert one["data"]["criteria"] == ["within-2-hour-drive"]
    assert (one["data"]["from"], one["data"]["state"]) == ("signed", "in_screening")


def test_a_notification_of_fhir_names_the_screening_and_holds_nothing_of_it(
    team: Staffed, receiver: Receiver, register: Register
) -> None:
    made = register(team.site, f"{receiver.url}/hooks", format="fhir", events=["signature.made"])
    held = signed(team)
    queued(made.endpoint, lane(), at=timezone.now())
    assert send_due(made.endpoint.pk, team.site.pk)[0] == 2
    first = next(one for one in receiver.received if len(one.json["entry"]) == 2)
    assert first.headers["content-type"] == "application/fhir+json"
    assert first.is_signed_with(made.secret)
    bundle = first.json
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "history")
    status, focus = bundle["entry"]
    assert all(set(one) >= {"fullUrl", "request", "response"} for one in bundle["entry"])
    assert "resource" not in focus
    assert focus["fullUrl"] == f"https://trialscreen.example/fhir/ResearchSubject/{held.pk}"
    parameters = {one["name"]: one for one in status["resource"]["parameter"]}
    assert parameters["type"]["valueCode"] == "event-notification"
    assert parameters["topic"]["valueCanonical"].endswith(":signature.made")
    event = {one["name"]: one for one in parameters["notification-event"]["part"]}
    assert event["focus"]["valueReference"]["reference"] == focus["fullUrl"]
    numbers = {
        next(p["valueString"] for p in one["entry"][0]["resource"]["parameter"]
             if p["name"] == "events-since-subscription-start")
        for one in receiver.bodies
    }  # fmt: skip
    assert numbers == {"1", "2"}


def test_the_example_of_the_document_knows_what_is_ours(
    team: Staffed, receiver: Receiver, register: Register
) -> None:
    document = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()
    (block,) = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    scope: dict[str, Any] = {}
    exec(block, scope)
    is_ours = scope["is_ours"]
    made = register(team.site, f"{receiver.url}/hooks")
    queued(made.endpoint, lane(), at=timezone.now())
    send_due(made.endpoint.pk, team.site.pk)
    (one,) = receiver.received
    other = "whsec_" + "A" * 44
    assert is_ours(one.headers, one.body, [other, made.secret])
    assert not is_ours(one.headers, one.body, [other])
    assert not is_ours(one.headers, one.body + b" ", [made.secret])
    moment = int(one.headers["webhook-timestamp"])
    assert not is_ours(one.headers, one.body, [made.secret], now=moment + 301)
    assert not is_ours(one.headers | {"webhook-timestamp": "soon"}, one.body, [made.secret])


def test_the_examples_have_the_fields_that_are_sent(
    team: Staffed, receiver: Receiver, register: Register
) -> None:
    made = register(team.site, f"{receiver.url}/hooks")
    signed(team, registered=True)
    send_due(made.endpoint.pk, team.site.pk)
    for one in receiver.bodies:
        assert set(one["data"]) == set(example(Kind(one["type"]))), one["type"]
    found = re.findall(r"```json\n(.*?)```", webhook_events_document(), re.DOTALL)
    assert [json.loads(one)["type"] for one in found] == [kind.value for kind in Kind]
