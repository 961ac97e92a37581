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
    rescreen,
    sign,
    start,
)
from eligibility.actions import notes as noting
from eligibility.models import Screening, State
from eligibility.rules.canonical import digest
from patients.actions import record_attestation
from patients.models import Patient, PatientIdentifier
from tests.screenshots import imports, local_codes, merging, messages, office
from tests.screenshots.scene import NOBODY, PASSWORD, SITE, Scene
from trialscreen.institution.actions import enter_delegation
from trialscreen.institution.models import Account, Duty, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.demonstration import POSTS, SOURCE, TRIAL, prepare, receive

COLLEAGUE: Final = f"colleague.{SITE}"
FAR: Final[Mapping[str, State]] = {
    "candidate": State.CANDIDATE,
    "in-screening": State.IN_SCREENING,
    "confirmed": State.CONFIRMED,
    "signed": State.SIGNED,
    "registered": State.REGISTERED,
    "voided": State.SIGNED,
    "deviation": State.REGISTERED,
    "closed": State.DECLINED,
    "rescreened": State.DECLINED,
}
"""Scenes of patients who meet everything, by how far they have come."""
TURNED: Final = frozenset({"voided", "deviation"})
"""Scenes in which something came up after the decision."""
MEET_EVERYTHING: Final = (
    "meets-everything",
    "meets-everything-woman",
    "fertile-woman",
    "results-about-to-lapse",
    "scan-about-to-lapse",
    "answers-about-to-lapse",
    "ct-of-either-kind",
    "other-units",
    "on-every-line",
)
"""Of other sites, for scenes that need somebody who is ready."""
STRANGER: Final = "seventeen"
"""Somebody whom nobody asks for: no episode opens by itself."""
GAP: Final = "platelets-too-old"
"""Who meets everything but for one result."""
_STUCK: Final = {"not-yet": "not_yet", "missing": "undetermined", "fails": "ineligible"}


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
    here = list(dict.fromkeys([*here, *MEET_EVERYTHING, GAP, STRANGER]))
    for key in here:
        receive(key, code=SITE)
    with use_sites([site.pk]):
        for key in here:
            _assess(_patient(key))
        scenes = _far(cast) | _stuck()
        scenes["gap"] = _asked_about(cast)
        scenes["no-screening"] = Scene("no-screening", _patient(STRANGER), NOBODY)
        scenes["entry"] = _waiting(cast)
    scenes |= merging.made(site) | imports.made(site) | office.made(site)
    return scenes | local_codes.made(site) | messages.made(site)


def _far(cast: Cast) -> dict[str, Scene]:
    """Those who meet everything, each as far as its scene asks for."""
    scenes: dict[str, Scene] = {}
    gap = _patient(GAP)
    ready = Screening.objects.filter(status="eligible").exclude(patient=gap).order_by("number")
    keys = list(ready.values_list("pk", flat=True))
    for (name, goal), pk in zip(FAR.items(), keys, strict=False):
        held = Screening.objects.get(pk=pk)
        _bring(held, goal, cast)
        if name in TURNED:
            _turn(held)
        if name == "rescreened":
            held = _again(held, cast)
        scenes[name] = Scene(name, held.patient_id, held.pk)
    return scenes


def _stuck() -> dict[str, Scene]:
    """Candidates who do not meet everything, one of each kind."""
    scenes: dict[str, Scene] = {}
    gap = _patient(GAP)
    for name, status in _STUCK.items():
        candidates = Screening.objects.filter(status=status, state=State.CANDIDATE)
        first = candidates.exclude(patient=gap).order_by("number").first()
        if first is not None:
            scenes[name] = Scene(name, first.patient_id, first.pk)
    return scenes


def _asked_about(cast: Cast) -> Scene:
    """The missing result, and what two people have written about it."""
    held = Screening.objects.get(patient=_patient(GAP))
    asks, answers = cast.coordinator.account, cast.investigator.account
    assert asks is not None
    assert answers is not None
    note = noting.write(
        held.pk,
        criterion="platelets",
        text="The laboratory has a tube of this morning. Is it to be counted?",
        by=asks,
        protocol=protocols.get(TRIAL),
        on=_today(cast.site),
        assignee=answers.pk,
    )
    noting.answer(
        held.pk,
        note.pk,
        text="Yes, please, and enter it when it is there.",
        by=answers,
        on=_today(cast.site),
        assignee=asks.pk,
    )
    return Scene("gap", held.patient_id, held.pk, note.pk)


def _waiting(cast: Cast) -> Scene:
    """A colleague is new at the site, and nobody has signed yet what is delegated to her."""
    today = _today(cast.site)
    colleague = Account.objects.create_user(COLLEAGUE, PASSWORD, name="Noor Tremblay (invented)")
    StaffRole.objects.create(
        account=colleague, site=cast.site, role=Role.COORDINATOR, first_day=today
    )
    assert cast.coordinator.account is not None
    entry = enter_delegation(
        site=cast.site,
        trial=TRIAL,
        account=colleague,
        duty=Duty.CONFIRM,
        first_day=today,
        last_day=None,
        by=cast.coordinator.account,
        today=today,
    )
    return Scene("entry", NOBODY, NOBODY, entry.pk)


def _again(held: Screening, cast: Cast) -> Screening:
    """The next episode of who was closed."""
    held.refresh_from_db()
    return rescreen(
        held.pk,
        by=cast.coordinator,
        protocol=protocols.get(TRIAL),
        on=_today(cast.site),
        seen=held.version,
        note="Has moved to a flat beside the hospital.",
    )


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
