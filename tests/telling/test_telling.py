"""From a step of a screening to a signed POST, by way of a row of the outbox."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from eligibility.actions import Look, assess, confirm, sign, start
from eligibility.actions import register as register_patient
from eligibility.models import Attempt, Dispatch, Occurrence, Screening
from eligibility.sending import send_due
from patients.models import Patient
from tests.telling.conftest import Register
from tests.telling.receiver import Receiver
from tests.workflow.staffed import ON, PASSWORD, PROTOCOL, Staffed, answer, candidate

pytestmark = pytest.mark.django_db


def signed(team: Staffed, *, registered: bool = False, held: Screening | None = None) -> Screening:
    """A patient, an invented one unless another is given, all the way to a signature, or further."""
    held = held or candidate("meets-everything", team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=held.version)
    held.refresh_from_db()
    version = Patient.objects.values_list("record_version", flat=True).get(pk=held.patient_id)
    of: dict[str, Any] = {"protocol": PROTOCOL, "on": ON}
    confirm(held.pk, by=team.coordinates, seen=Look(held.version, version), **of)
    held.refresh_from_db()
    sign(
        held.pk, by=team.investigates, password=PASSWORD, at=timezone.now(), seen=held.version, **of
    )
    held.refresh_from_db()
    if registered:
        consent: dict[str, Any] = {"consent_version": "1", "consent_on": ON}
        register_patient(held.pk, by=team.coordinates, seen=held.version, part="A", **consent, **of)
        held.refresh_from_db()
    return held


def test_a_signature_is_one_signed_post(
    team: Staffed, receiver: Receiver, register: Register
) -> None:
    made = register(team.site, f"{receiver.url}/hooks", events=["signature.made"])
    held = signed(team)
    assert receiver.received == []
    assert send_due(made.endpoint.pk, team.site.pk) == (1, False)
    (one,) = receiver.received
    assert one.path == "/hooks"
    assert one.is_signed_with(made.secret)
    assert not one.is_signed_with("whsec_" + "A" * 44)
    occurrence = Occurrence.objects.get()
    assert one.id == str(occurrence.pk)
    assert one.json["type"] == "signature.made"
    said = one.json["data"]
    assert (said["screening"], said["patient"]) == (str(held.pk), str(held.patient_id))
    assert (said["state"], said["from"], said["sequence"]) == ("signed", "confirmed", 1)
    dispatch = Dispatch.objects.get()
    assert (dispatch.state, dispatch.tries, dispatch.number) == ("delivered", 1, 1)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.status, attempt.next_at) == ("taken", 204, None)
    assert send_due(made.endpoint.pk, team.site.pk) == (0, False)


def test_every_step_of_a_patient_is_told_in_order(
    team: Staffed, receiver: Receiver, register: Register
) -> None:
    made = register(team.site, f"{receiver.url}/hooks")
    signed(team, registered=True)
    assert send_due(made.endpoint.pk, team.site.pk)[1] is False
    told = receiver.bodies
    kinds = [one["type"] for one in told if one["type"] != "verdict.changed"]
    assert kinds == [
        "screening.opened",
        "screening.started",
        "determination.made",
        "signature.made",
        "registration.made",
    ]
    numbers = [one["data"]["sequence"] for one in told]
    assert numbers == list(range(1, len(numbers) + 1))
    assert told[-1]["data"] | {"part": "A", "registered_on": ON.isoformat()} == told[-1]["data"]


def test_verdicts_are_told_when_they_change_and_not_otherwise(
    team: Staffed, receiver: Receiver, register: Register
) -> None:

    made = register(team.site, f"{receiver.url}/hooks", events=["verdict.changed"])
    held = candidate("meets-everything", team.site, confirmed=False)
    before = Occurrence.objects.count()
    assert before == 1
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    assert Occurrence.objects.count() == before

    answer(held.patient, "within-2-hour-drive", "not_met", on=ON.isoformat())
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    assert send_due(made.endpoint.pk, team.site.pk)[0] == 2
    first, then = (one["data"] for one in receiver.bodies)
    assert (first["previous_status"], first["criteria"]) == (None, [])
    assert then["previous_status"] == first["status"]
    (changed,) = then["criteria"]
    assert (changed["id"], changed["to"]) == ("within-2-hour-drive", "not_met")


def test_nobody_who_asked_is_nothing_written(
    team: Staffed, receiver: Receiver, register: Register
) -> None:
    register(team.site, f"{receiver.url}/hooks", events=["registration.made"])
    signed(team)
    assert not Occurrence.objects.exists()
