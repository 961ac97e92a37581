"""What an assessment brings about: lists follow it, candidates find themselves, and what no longer holds is voided.

All of it in the transaction that files the assessment, so that whatever is found to be overtaken brings this about too.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from eligibility import protocols
from eligibility.actions.retesting import file_retests
from eligibility.actions.screenings import ITSELF, move, open_screening
from eligibility.actions.telling import anybody_asked, tell_of_verdicts
from eligibility.covered import Change, changes
from eligibility.models import (
    OPEN,
    Assessment,
    Determination,
    Deviation,
    ProtocolVersion,
    Screening,
    State,
    VersionState,
    Voiding,
)
from eligibility.models.screenings import NEVER_DUE
from eligibility.policies import Refusal
from eligibility.publication import asks_again, state_of
from eligibility.rules.canonical import loads
from eligibility.rules.policy import PolicyFault
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import Snapshot
from eligibility.sought import sought_by
from eligibility.telling.kinds import Kind
from eligibility.workflow import Act, may_follow
from patients.actions.receive import FHIR_ID
from patients.facts import Facts
from patients.merged import whole
from patients.models import Demographics, Patient, PatientIdentifier, ReceivedResource


def follow(filed: Assessment, snapshot: Snapshot, *, protocol: Protocol) -> None:
    """Everything that follows from the assessment of a patient; doing it again changes nothing."""
    patient = Patient.objects.select_related("site").get(pk=filed.patient_id)
    find_candidate(patient, filed, snapshot)
    _repeat_in_lists(filed)
    file_retests(filed, snapshot.record)
    _repeat_who(patient)
    for determination in _standing(filed):
        _review(determination, snapshot, protocol=protocol, on=filed.on)


def find_candidate(patient: Patient, filed: Assessment, snapshot: Snapshot) -> Screening | None:
    """Open an episode for a living adult with the trial's disease on record, confirmed or not, at a site that is open.

    None where that is not so, or where there has been an episode before: a closed one is opened by people alone.
    """
    trial = filed.protocol_version.trial
    if Screening.objects.filter(patient=patient, trial=trial).exists():
        return None
    facts = snapshot.record.facts
    sought = protocols.sought(trial.number)
    diseased = any(one.classes & sought.diseases for one in facts.conditions)
    if facts.person.deceased is not None or not (
        diseased or (sought.by_histology and _proven(facts))
    ):
        return None
    if _verdict(filed, sought.adult) not in ("met", "unknown"):
        return None
    try:
        return open_screening(patient=patient, trial=trial, by=ITSELF, on=filed.on)
    except Refusal:
        return None


def _proven(facts: Facts) -> bool:
    return any(one.invasive for one in facts.histologies)


def _verdict(filed: Assessment, criterion: str) -> str | None:
    for one in filed.answer["criteria"]:
        if one["id"] == criterion:
            return str(one["verdict"])
    return None


def _repeat_in_lists(filed: Assessment) -> None:
    """What lists sort and filter by; never those of an older assessment or a retired version."""
    if state_of(filed.protocol_version) == VersionState.RETIRED:
        return
    earlier = (
        Q(assessment=None)
        | Q(assessment__record_version__lt=filed.record_version)
        | Q(assessment__record_version=filed.record_version, assessment__on__lte=filed.on)
    )
    shown = Screening.objects.filter(
        earlier,
        patient=filed.patient_id,
        trial=filed.protocol_version.trial_id,
        state__in=OPEN,
    )
    stood_on = _stood_on(shown) if anybody_asked(filed.site_id, Kind.VERDICT_CHANGED) else []
    shown.update(
        assessment=filed,
        status=filed.status,
        repeatable=filed.status == "ineligible" and not filed.glance.get("blocked"),
        earliest=filed.earliest,
        window_last=filed.window_last,
    )
    for screening, before in stood_on:
        tell_of_verdicts(screening, filed.site_id, before, filed)


def _stood_on(shown: QuerySet[Screening]) -> list[tuple[UUID, Assessment | None]]:
    """The assessments that episodes stand on, held so that of two changes at once each is told against the other."""
    held = shown.select_for_update(of=("self",), no_key=True).order_by("pk")
    return [(one.pk, one.assessment) for one in held.select_related("assessment")]


def _repeat_who(patient: Patient) -> None:
    """What the episodes of a patient are found by and in order of age with, closed ones too."""
    held = Screening.objects.filter(patient=patient)
    if not held.exists():
        return
    who = Demographics.objects.filter(patient=patient, superseded_version=None).first()
    # Who is recorded as the patient is looked for by their names and numbers too.
    every = whole(patient.pk)
    identifiers = PatientIdentifier.objects.filter(patient__in=every).exclude(system=FHIR_ID)
    others = Demographics.objects.filter(patient__in=every[1:], superseded_version=None)
    also = [f"{one.given_name} {one.family_name}" for one in others.order_by("patient")]
    text = sought_by(
        given=who.given_name if who is not None else "",
        family=who.family_name if who is not None else "",
        birth=(who.birth_first, who.birth_last) if who is not None else (None, None),
        identifiers=[*identifiers.order_by("pk").values_list("value", flat=True), *also],
    )
    born = who.birth_first or NEVER_DUE if who is not None else NEVER_DUE
    held.exclude(sought_by=text, born=born).update(sought_by=text, born=born)


def _standing(filed: Assessment) -> list[Determination]:
    """Determinations of the patient that may have to be voided, or that a registration rests on."""
    return list(
        Determination.objects.filter(
            screening__patient=filed.patient_id,
            screening__trial=filed.protocol_version.trial_id,
            screening__state__in=(State.CONFIRMED, State.SIGNED, State.REGISTERED),
            voiding=None,
        ).select_related("screening__site", "screening__trial")
    )


def _review(standing: Determination, snapshot: Snapshot, *, protocol: Protocol, on: date) -> None:
    """Void what no longer holds; of a patient who is registered by now, open a deviation instead.

    The episode is held before it is looked at, so that a signature given at this moment is voided with it.
    """
    held = Screening.objects.select_for_update(of=("self",), no_key=True).get(
        pk=standing.screening_id
    )
    if held.state == State.REGISTERED:
        registered_on = held.registration.registered_on
        found = turned(standing, snapshot, protocol=protocol, on=registered_on)
        _deviations(held, found, on=registered_on)
    elif may_follow(Act.VOID, State(held.state)):
        found = turned(standing, snapshot, protocol=protocol, on=on)
        if found and not Voiding.objects.filter(determination=standing).exists():
            void(held, standing, found)


def _amended(standing: Determination, protocol: Protocol) -> tuple[Change, ...]:
    """That a later version of the criteria was published, and who published it chose that everybody is asked again."""
    digest = standing.covers["digest"]
    if digest == protocol.digest():
        return ()
    asked = asks_again(standing.screening.trial_id, since=digest)
    if asked is None:
        return ()
    return (Change("", f"Version {asked.version.version} of the criteria asks for a new check."),)


def turned(
    standing: Determination, snapshot: Snapshot, *, protocol: Protocol, on: date
) -> tuple[Change, ...]:
    """What voids a determination as of a day, under the version of the criteria and the policy that it covers."""
    covers, under = standing.covers, covered_protocol(standing, protocol)
    try:
        policy = under.tightened(covers["policy"])
    except PolicyFault:
        policy = under.policy
    sent_again: frozenset[str] = frozenset()
    if covers["read_with"] != snapshot.read_with:
        sent_again = _sent_since(standing, covers["record_version"])
    found = changes(covers, snapshot, under, policy, on=on, sent_again=sent_again)
    return (*_amended(standing, protocol), *found)


def covered_protocol(standing: Determination, protocol: Protocol) -> Protocol:
    """The version that a determination was made under, which may be retired by now."""
    digest = standing.covers["digest"]
    if digest == protocol.digest():
        return protocol
    under: Protocol = loads(ProtocolVersion.objects.get(digest=digest).canonical)
    return under


def _sent_since(standing: Determination, version: int) -> frozenset[str]:
    """Names of the records of which something has been received after a version."""
    received = ReceivedResource.objects.filter(
        patient=standing.screening.patient_id, delivery__record_version__gt=version
    )
    return frozenset(received.values_list("key", flat=True))


def void(held: Screening, standing: Determination, found: tuple[Change, ...]) -> Voiding:
    """Take a determination, and the signature over it, out of force, and say what changed."""
    said = [change._asdict() for change in found]
    event = move(
        held,
        Act.VOID,
        State.IN_SCREENING,
        by=ITSELF,
        seen=held.version,
        detail={"changes": said},
    )
    return Voiding.objects.create(
        site_id=held.site_id, determination=standing, event=event, changes=said
    )


def _deviations(held: Screening, found: tuple[Change, ...], *, on: date) -> None:
    """Of a registered patient: what was recorded later and changes a verdict as of the registration."""
    for change in found:
        if not change.verdict:
            continue
        Deviation.objects.get_or_create(
            screening=held,
            criterion=change.criterion,
            by=None,
            defaults={
                "site_id": held.site_id,
                "text": change.text,
                "occurred_on": on,
                "by_name": ITSELF.name,
                "found": change._asdict(),
            },
        )
