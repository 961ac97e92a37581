"""A site in the middle of its work: invented patients in every state that a screening can be in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.utils import timezone

from eligibility import demonstration, protocols
from eligibility.actions import (
    Actor,
    Look,
    assess,
    close,
    confirm,
    register,
    sign,
    start,
)
from eligibility.models import Screening, State
from eligibility.rules.canonical import digest
from patients.actions import record_attestation
from patients.models import Patient, PatientIdentifier
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.demonstration import POSTS, SOURCE, TRIAL, prepare, receive

PASSWORD: Final = "a picture is worth a password"
SITE: Final = "edmonton"
FAR: Final[Mapping[str, State]] = {
    "candidate": State.CANDIDATE,
    "in-screening": State.IN_SCREENING,
    "confirmed": State.CONFIRMED,
    "signed": State.SIGNED,
    "registered": State.REGISTERED,
    "voided": State.SIGNED,
    "closed": State.DECLINED,
}
"""Scenes of patients who meet everything, by how far they have come."""
MEET_EVERYTHING: Final = (
    "meets-everything",
    "meets-everything-woman",
    "fertile-woman",
    "results-about-to-lapse",
    "scan-about-to-lapse",
    "answers-about-to-lapse",
)
"""Of other sites, for scenes that need somebody who is ready."""
_STUCK: Final = {"not-yet": "not_yet", "missing": "undetermined", "fails": "ineligible"}


class Scene(NamedTuple):
    name: str
    patient: UUID
    screening: UUID


class Cast(NamedTuple):
    """Who acts at the site."""

    site: Site
    coordinator: Actor
    investigator: Actor


def made() -> dict[str, Scene]:
    """The demonstration's sites and people, and each scene by its name."""
    prepare(PASSWORD)
    site = Site.objects.get(code=SITE)
    cast = Cast(site, _actor("coordinator"), _actor("investigator"))
    keys = [one.key for one in demonstration.catalogue()]
    here = [key for key in keys if demonstration.centre_of(key).code == SITE]
    here = list(dict.fromkeys([*here, *MEET_EVERYTHING]))
    for key in here:
        receive(key, code=SITE)
    scenes: dict[str, Scene] = {}
    with use_sites([site.pk]):
        for key in here:
            _assess(_patient(key))
        ready = [held.pk for held in Screening.objects.filter(status="eligible").order_by("number")]
        for (name, goal), pk in zip(FAR.items(), ready, strict=False):
            held = Screening.objects.get(pk=pk)
            _bring(held, goal, cast)
            if name == "voided":
                _turn(held)
            scenes[name] = Scene(name, held.patient_id, held.pk)
        for name, status in _STUCK.items():
            first = Screening.objects.filter(status=status).order_by("number").first()
            if first is not None:
                scenes[name] = Scene(name, first.patient_id, first.pk)
    return scenes


def _actor(role: str) -> Actor:
    return Actor.person(Account.objects.get(username=f"{role}.{SITE}"))


def _patient(key: str) -> UUID:
    return PatientIdentifier.objects.get(
        source=SOURCE, value=demonstration.patient_id(key)
    ).patient_id


def _today(site: Site) -> date:
    return timezone.localdate(timezone=site.zone)


def _assess(patient: UUID) -> None:
    site = Site.objects.get(code=SITE)
    assess(patient, protocol=protocols.get(TRIAL), on=_today(site))


def _bring(held: Screening, goal: State, cast: Cast) -> None:
    """Take an episode as far as its scene asks for, as the people of the site would."""
    today, protocol = _today(cast.site), protocols.get(TRIAL)
    if goal is State.CANDIDATE:
        return
    start(held.pk, by=cast.coordinator, on=today, seen=1)
    if goal is State.DECLINED:
        close(
            held.pk,
            by=cast.coordinator,
            protocol=protocol,
            on=today,
            seen=2,
            to=goal,
            reason="distance",
        )
        return
    if goal is State.IN_SCREENING:
        return
    record = Patient.objects.get(pk=held.patient_id).record_version
    confirm(held.pk, by=cast.coordinator, protocol=protocol, on=today, seen=Look(2, record))
    if goal is State.CONFIRMED:
        return
    sign(
        held.pk,
        by=cast.investigator,
        password=PASSWORD,
        protocol=protocol,
        at=timezone.now(),
        on=today,
        seen=3,
    )
    if goal is State.REGISTERED:
        register(
            held.pk,
            by=cast.coordinator,
            protocol=protocol,
            on=today,
            seen=4,
            part="A",
            consent_version="3.0",
            consent_on=today,
        )


def _turn(held: Screening) -> None:
    """Somebody states that an infection has come up: what was signed holds no longer."""
    site = Site.objects.get(code=SITE)
    criterion = protocols.get(TRIAL).criterion("no-active-infection")
    record_attestation(
        patient=Patient.objects.get(pk=held.patient_id),
        trial=TRIAL,
        criterion=criterion.id,
        wording_digest=digest(criterion),
        answer="not_met",
        stated_on=_today(site),
        by=None,
        by_name=POSTS[0].name,
        source="telephone call of the morning",
    )
    _assess(held.patient_id)
