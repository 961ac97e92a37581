"""A merge is news to who is confirmed, signed or registered like any other; and episodes that are over stay found."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from eligibility.actions import assess, close, register, rescreen
from eligibility.models import Deviation, Screening, SignOff, State, Voiding
from eligibility.policies import Moved, NotNow
from patients.models import Patient, PatientMerge
from tests.eligibility.stored import make_site
from tests.merging.halves import joined, named, parted, sent, whole_of
from tests.workflow.staffed import ON, PROTOCOL, Staffed, candidate, staffed
from tests.workflow.test_journey import signed
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
KEY = "meets-everything"
PLATELETS = "777-3"


@pytest.fixture
def team(db: None) -> Iterator[Staffed]:
    site = make_site()
    with use_sites([site.pk]):
        yield staffed(site.code)


def other_record(team: Staffed, platelets: int | None = None, *, born: str = "") -> Patient:
    """The same person as another record of the same source: who they are, and at most one count, of yesterday."""
    bundle: Any = copy.deepcopy(named(whole_of(KEY), "other"))
    entries = bundle["entry"]
    people = [one for one in entries if one["resource"]["resourceType"] == "Patient"]
    if born:
        people[0]["resource"]["birthDate"] = born
    counts = [one for one in entries if is_count(one["resource"])]
    for one in counts:
        later = (ON - timedelta(days=1)).isoformat()
        one["resource"] |= {"id": "a-later-count", "effectiveDateTime": later}
        one["resource"] |= {"issued": f"{later}T23:00:00Z"}
        one["resource"]["valueQuantity"]["value"] = platelets
    bundle["entry"] = people + (counts[:1] if platelets is not None else [])
    return sent(bundle, team.site).patient


def is_count(resource: Any) -> bool:
    codings = resource.get("code", {}).get("coding", ())
    return resource["resourceType"] == "Observation" and PLATELETS in [
        one["code"] for one in codings
    ]


def merged(held: Screening, other: Patient, team: Staffed, confirmation: str = "") -> PatientMerge:
    """Merged into the patient of an episode, and assessed as the sweep does."""
    made = joined(Patient.objects.get(pk=held.patient_id), other, team.site, confirmation)
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    held.refresh_from_db()
    return made


def placed(held: Screening, team: Staffed) -> None:
    register(
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


@pytest.mark.requirement(48)
@pytest.mark.parametrize("platelets", [None, 250])
def test_a_merge_that_changes_no_verdict_leaves_the_signature_standing(
    team: Staffed, platelets: int | None
) -> None:
    held = signed(team)
    merged(held, other_record(team, platelets), team)
    assert (held.state, Voiding.objects.count()) == (State.SIGNED, 0)
    placed(held, team)
    assert held.state == State.REGISTERED


@pytest.mark.requirement(48)
def test_a_merge_that_changes_a_verdict_voids_it_and_a_reversal_does_not_bring_it_back(
    team: Staffed,
) -> None:
    held = signed(team)
    made = merged(held, other_record(team, 20), team)
    assert held.state == State.IN_SCREENING
    assert Voiding.objects.get().determination.screening_id == held.pk
    with pytest.raises(NotNow):
        placed(held, team)
    parted(made, team.site, timezone.now())
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    held.refresh_from_db()
    assert (held.state, Voiding.objects.count()) == (State.IN_SCREENING, 1)
    assert SignOff.objects.count() == 1  # it stays as it was given, and counts no more


@pytest.mark.requirement(48)
def test_nobody_registers_on_a_merge_that_no_worker_has_seen_yet(team: Staffed) -> None:
    held = signed(team)
    joined(Patient.objects.get(pk=held.patient_id), other_record(team, 20), team.site)
    with pytest.raises(Moved, match="was met, is not met"):
        placed(held, team)
    assert not held.events.filter(transition="register").exists()


@pytest.mark.requirement(48)
def test_a_person_whose_two_days_of_birth_differ_is_confirmed_anew(team: Staffed) -> None:
    held = signed(team)
    other = other_record(team, born=(ON - timedelta(days=365 * 10)).isoformat())
    merged(held, other, team, "the family name and the health number are the same")
    assert held.state == State.IN_SCREENING
    assert Voiding.objects.count() == 1


@pytest.mark.requirement(48)
def test_of_who_is_registered_a_merge_opens_a_deviation(team: Staffed) -> None:
    held = signed(team)
    placed(held, team)
    merged(held, other_record(team, 20), team)
    assert held.state == State.REGISTERED
    assert Deviation.objects.get().criterion == "platelets"


def test_an_episode_of_the_merged_that_is_over_leads_to_who_they_are_now(
    team: Staffed, client: Client
) -> None:
    over = candidate(KEY, team.site, source="other")
    over = close(
        over.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=over.version,
        to=State.WITHDRAWN,
        reason="by-patient",
    )
    held = signed(team)
    client.force_login(team.coordinator)
    there = f'href="/patients/{held.patient_id}/">Now recorded with another number'
    assert there not in client.get("/worklist/?tab=closed").text
    made = merged(held, Patient.objects.get(pk=over.patient_id), team, "the same person")
    listed = client.get("/worklist/?tab=closed").text
    assert over.label in listed
    assert there in listed
    with pytest.raises(NotNow, match="recorded as"):
        rescreen(
            over.pk,
            by=team.coordinates,
            protocol=PROTOCOL,
            on=ON,
            seen=over.version,
            note="Again",
        )
    parted(made, team.site, timezone.now())
    assert there not in client.get("/worklist/?tab=closed").text
