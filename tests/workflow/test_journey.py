"""From a candidate who found themselves to a registered patient, and what refuses on the way."""

from __future__ import annotations

import pytest

from eligibility.actions import Look, assess, confirm, register, sign, start
from eligibility.actions.entering import Said, state
from eligibility.models import Screening, State
from eligibility.policies import Moved, NotAllowed, NotNow
from patients.models import Patient
from tests.workflow.staffed import AT, ON, PASSWORD, PROTOCOL, Staffed, answer, candidate

pytestmark = pytest.mark.django_db


def seen(held: Screening) -> Look:
    held.refresh_from_db()
    return Look(held.version, Patient.objects.get(pk=held.patient_id).record_version)


def confirmed(team: Staffed, key: str = "meets-everything") -> Screening:
    held = candidate(key, team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=seen(held))
    held.refresh_from_db()
    return held


def signed(team: Staffed, key: str = "meets-everything") -> Screening:
    held = confirmed(team, key)
    sign(
        held.pk,
        by=team.investigates,
        password=PASSWORD,
        protocol=PROTOCOL,
        at=AT,
        on=ON,
        seen=held.version,
    )
    held.refresh_from_db()
    return held


def test_from_candidate_to_registered(team: Staffed) -> None:
    held = signed(team)
    placed = register(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=held.version,
        part="A",
        consent_version="3.0",
        consent_on=ON,
    )
    held.refresh_from_db()
    assert held.state == State.REGISTERED
    assert placed.subject_number == 1
    assert [event.transition for event in held.events.order_by("sequence")] == [
        "open",
        "start",
        "confirm",
        "sign",
        "register",
    ]


def test_what_moved_refuses_the_confirmation(team: Staffed) -> None:
    held = candidate("meets-everything", team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    look = seen(held)
    patient = Patient.objects.get(pk=held.patient_id)
    answer(patient, "no-active-infection", "met", on=ON.isoformat())
    with pytest.raises(Moved, match="an answer on “Active infection”"):
        confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=look)
    held.refresh_from_db()
    assert held.state == State.IN_SCREENING


@pytest.mark.requirement(43, 48)
def test_a_changed_verdict_voids_the_signature(team: Staffed) -> None:
    held = signed(team)
    answer(Patient.objects.get(pk=held.patient_id), "no-active-infection", "not_met", on=str(ON))
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    held.refresh_from_db()
    assert held.state == State.IN_SCREENING
    said = held.events.get(transition="void").detail["changes"]
    assert [change["criterion"] for change in said] == ["no-active-infection"]


@pytest.mark.requirement(23)
def test_nobody_signs_their_own(team: Staffed) -> None:
    held = candidate("meets-everything", team.site)
    start(held.pk, by=team.investigates, on=ON, seen=1)
    confirm(held.pk, by=team.investigates, protocol=PROTOCOL, on=ON, seen=seen(held))
    held.refresh_from_db()
    with pytest.raises(NotAllowed, match="themselves"):
        sign(
            held.pk,
            by=team.investigates,
            password=PASSWORD,
            protocol=PROTOCOL,
            at=AT,
            on=ON,
            seen=held.version,
        )


def test_absences_are_confirmed_first(team: Staffed) -> None:
    held = candidate("nobody-confirmed", team.site, confirmed=False)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    with pytest.raises(NotNow, match="confirmed first"):
        confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=seen(held))


def test_an_answer_belongs_to_the_episode_in_which_it_was_given(team: Staffed) -> None:
    held = candidate("meets-everything", team.site)
    given = state(
        Said("met", ON),
        patient=Patient.objects.get(pk=held.patient_id),
        criterion=PROTOCOL.criterion("within-2-hour-drive"),
        protocol=PROTOCOL,
        by=team.coordinator,
        on=ON,
    )
    assert given.screening == held.pk
