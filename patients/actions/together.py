"""Bundles of many patients received at once: what `receive_bundle` would leave of one after the other, in as many
statements as for one.

What is out of the ordinary is not done here, and is told by None: a Bundle that is refused, a patient who is recorded
as another or as whom others are, two Bundles that may be of one patient. The caller receives those by themselves, in
their order, after the others; nothing that they have to do with was done before them out of turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q

from patients.actions.adding import add_rows
from patients.actions.addressing import Arrived, address_together
from patients.actions.derive import file_facts
from patients.actions.news import Piece, news_among, pieces_of
from patients.actions.receive import (
    Receipt,
    Told,
    delivery_of,
    names_of,
    new_patient,
    resources_of,
)
from patients.actions.telling import tell_of_change
from patients.codes.local import LocalCodes
from patients.facts import Intake
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import Refused
from patients.local_codes import map_in_force
from patients.merged import in_force
from patients.models import Patient, PatientIdentifier, ReceivedResource, SetAside
from patients.reading import READING
from patients.stored import Held, read_held, read_on_arrival

MOST_HELD: Final = 4_000
"""Resources that are held in memory at once; a patient with more is alone."""


@dataclass(slots=True, eq=False)
class _One:
    """A Bundle on its way."""

    place: int
    tree: Mapping[str, Any]
    intake: Intake
    names: list[tuple[str, str]]
    patient: Patient
    first: bool = True
    """The patient was not known before."""
    pieces: list[Piece] = field(default_factory=list)
    fresh: list[Piece] = field(default_factory=list)
    held: int = 0
    """Resources of the patient that were there before."""


def receive_together(bundles: Sequence[str], told: Told) -> list[Receipt | None]:
    """Receive Bundles of different patients in one transaction, which is the caller's."""
    local = map_in_force(told.site.pk)
    found: list[Receipt | None] = [None] * len(bundles)
    try:
        with transaction.atomic():
            ours = _placed(_read(bundles, told, local), told, local)
            for some in _portions(_news(ours, told)):
                _keep(some, told, local)
            for one in ours:
                found[one.place] = _receipt(one)
    except IntegrityError:
        # Somebody else has just made one of the patients: one after the other they find out who it is.
        return [None] * len(bundles)
    return found


def _read(
    bundles: Sequence[str], told: Told, local: LocalCodes
) -> Iterator[tuple[int, Mapping[str, Any], Intake | None]]:
    for place, raw in enumerate(bundles):
        try:
            tree = strict_json.parse(raw)
        except Refused:
            tree = {}
        assert isinstance(tree, Mapping)
        try:
            intake = read_bundle(
                tree, received_on=told.received_on, zone=told.site.zone, local_codes=local
            )
        except Refused:
            yield place, tree, None
        else:
            yield place, tree, intake


def _placed(
    read: Iterable[tuple[int, Mapping[str, Any], Intake | None]], told: Told, local: LocalCodes
) -> list[_One]:
    """Those that can be received here, with their patients, held or just made, by all their names."""
    every = [(place, tree, intake, names_of(tree)) for place, tree, intake in read]
    known = _known({value for *_, names in every for _, value in names}, told)
    ours: list[_One] = []
    claimed: set[object] = set()
    for place, tree, intake, names in every:
        patients = {known[name] for name in names if name in known}
        clash = not claimed.isdisjoint(names) or not claimed.isdisjoint(patients)
        claimed.update(names, patients)
        if clash or intake is None or not names or len(patients) > 1:
            continue
        patient = Patient(pk=next(iter(patients))) if patients else new_patient(told.site, local)
        ours.append(_One(place, tree, intake, names, patient, not patients))
    return _with_patients(ours, known, told)


def _known(values: Iterable[str], told: Told) -> dict[tuple[str, str], UUID]:
    rows = PatientIdentifier.objects.filter(
        site=told.site, source=told.source, value__in=sorted(values)
    )
    return {
        (system, value): patient
        for system, value, patient in rows.values_list("system", "value", "patient")
    }


def _with_patients(
    ours: list[_One], known: Mapping[tuple[str, str], UUID], told: Told
) -> list[_One]:
    again = [one.patient.pk for one in ours if not one.first]
    held = _held(again)
    ours = [one for one in ours if one.first or one.patient.pk in held]
    for one in ours:
        one.patient = held.get(one.patient.pk, one.patient)
    Patient.objects.bulk_create(one.patient for one in ours if one.first)
    named = ((name, one.patient) for one in ours for name in one.names if name not in known)
    PatientIdentifier.objects.bulk_create(
        PatientIdentifier(
            site=told.site, patient=patient, source=told.source, system=system, value=value
        )
        # In one order whoever sends them: two who insert crosswise would wait for each other.
        for (system, value), patient in sorted(named, key=lambda named: named[0])
    )
    return ours


def _held(patients: list[UUID]) -> dict[UUID, Patient]:
    """Patients who stand for themselves, held in the order of all who hold several (`patients.merged.hold`)."""
    if not patients:
        return {}
    rows = Patient.objects.select_for_update(no_key=True).filter(pk__in=patients)
    held = {one.pk: one for one in rows.order_by("pk")}
    # Nobody is merged from now on who is held; who was before is not ours.
    merges = in_force().filter(Q(survivor__in=patients) | Q(merged__in=patients))
    merged = {one for pair in merges.values_list("survivor", "merged") for one in pair}
    return {pk: one for pk, one in held.items() if pk not in merged and one.read_with == READING}


def _news(ours: list[_One], told: Told) -> list[_One]:
    """Those of whom something is new."""
    for one in ours:
        one.pieces = list(pieces_of(one.tree))
    again = [one for one in ours if not one.first]
    held: dict[UUID, list[tuple[str, str, bool]]] = {}
    if again:
        rows = ReceivedResource.objects.filter(
            patient__in=[one.patient.pk for one in again],
            source=told.source,
            key__in={piece.key for one in again for piece in one.pieces},
        ).order_by("id")
        named = rows.values_list("patient", "key", "digest", "is_correction")
        for whose, key, digest, correction in named:
            held.setdefault(whose, []).append((key, digest, correction))
    for one in ours:
        one.fresh = news_among(one.pieces, held.get(one.patient.pk, ()))
    return [one for one in ours if one.fresh]


def _portions(fresh: list[_One]) -> Iterator[list[_One]]:
    """So many at once as memory is meant for."""
    again = [one.patient.pk for one in fresh if not one.first]
    counted: dict[UUID, int] = {}
    if again:
        rows = ReceivedResource.objects.filter(patient__in=again).order_by()
        counted = dict(
            rows.values("patient").annotate(all=Count("pk")).values_list("patient", "all")
        )
    some: list[_One] = []
    size = 0
    for one in fresh:
        one.held = counted.get(one.patient.pk, 0)
        more = one.held + len(one.fresh)
        if some and size + more > MOST_HELD:
            yield some
            some, size = [], 0
        some.append(one)
        size += more
    if some:
        yield some


def _keep(some: list[_One], told: Told, local: LocalCodes) -> None:
    patients = [one.patient for one in some]
    again = [one.patient for one in some if not one.first]
    if again:
        mine = Patient.objects.filter(pk__in=[patient.pk for patient in again])
        mine.update(record_version=F("record_version") + 1)
    for patient in again:
        patient.record_version += 1
    arrived = _received(some, told)
    address_together(arrived, told.site)
    new = {one.patient.pk for one in some if one.first}
    file_facts(list(_facts(zip(some, arrived, strict=True), told, local)), new=new)
    unread = [one.pk for one in again if one.local_codes_version != local.version]
    if unread:
        Patient.objects.filter(pk__in=unread).update(local_codes_version=local.version)
    for patient in patients:
        tell_of_change(patient)


def _received(some: list[_One], told: Told) -> list[Arrived]:
    made = [delivery_of(one.patient, one.intake.account, told) for one in some]
    add_rows(made)
    by_one = [
        list(resources_of(delivery, one.fresh, told))
        for one, delivery in zip(some, made, strict=True)
    ]
    add_rows(row for rows in by_one for row in rows)
    return [
        Arrived(
            one.patient,
            rows,
            {row.pk: one.tree["entry"][row.position]["resource"] for row in rows},
            one.first,
        )
        for one, rows in zip(some, by_one, strict=True)
    ]


def _facts(
    came: Iterable[tuple[_One, Arrived]], told: Told, local: LocalCodes
) -> Iterator[tuple[Patient, list[Any]]]:
    """What all that is held of each patient says."""
    came = list(came)
    again = [one.patient.pk for one, _ in came if not one.first]
    before: dict[UUID, list[ReceivedResource]] = {}
    aside: dict[UUID, list[SetAside]] = {}
    if again:
        # What was there before has lower ids: nobody else adds to patients who are held.
        new = min(row.pk for _, arrived in came for row in arrived.rows)
        rows = ReceivedResource.objects.filter(patient__in=again, pk__lt=new)
        for row in rows.order_by("id"):
            before.setdefault(row.patient_id, []).append(row)
        for said in SetAside.objects.filter(patient__in=again, lifted_version=None):
            aside.setdefault(said.patient_id, []).append(said)
    for one, arrived in came:
        whose = one.patient.pk
        every = [*before.get(whose, ()), *arrived.rows]
        held = Held(whose, every, aside.get(whose, ()), trees=arrived.trees)
        known = read_on_arrival(arrived.rows, held, one.intake) if one.first else None
        yield one.patient, known or read_held(held, told.site.zone, local_codes=local)


def _receipt(one: _One) -> Receipt:
    return Receipt(
        one.patient,
        one.first,
        changed=bool(one.fresh),
        account=one.intake.account,
        fresh=tuple(piece.position for piece in one.fresh),
    )
