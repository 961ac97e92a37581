"""Receiving a Bundle: kept as it came, read with everything received before, filed as facts, in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from patients.actions.adding import add_rows
from patients.actions.addressing import address
from patients.actions.carrying import carry_up
from patients.actions.derive import derive_facts
from patients.actions.news import Piece, news_among, pieces_of
from patients.actions.telling import tell_of_change
from patients.codes.local import LocalCodes
from patients.facts import Account, Intake
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import Issue, Refused
from patients.local_codes import map_in_force
from patients.merged import hold, whole
from patients.models import Delivery, Patient, PatientIdentifier, ReceivedResource
from patients.reading import READING
from trialscreen.institution.models import Account as Person
from trialscreen.institution.models import Site

FHIR_ID = "urn:trialscreen:fhir-id"
"""The system under which a Patient's own id in its source is kept."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who it was: an API client, the person it acts for, or a person alone."""

    client: str = ""
    person: Person | None = None


class Receipt(NamedTuple):
    """What became of a delivery."""

    patient: Patient
    created: bool
    """The patient was not known before."""
    changed: bool
    """Something was new: sending the same again changes nothing."""
    account: Account
    fresh: tuple[int, ...] = ()
    """The positions of what was new, among the entries."""


class Told(NamedTuple):
    """The circumstances of a delivery."""

    site: Site
    source: str
    by: Attribution
    received_on: date
    correction: bool
    reason: str


def receive_bundle(
    raw: bytes | str,
    *,
    site: Site,
    source: str,
    by: Attribution,
    received_on: date,
    correction: bool = False,
    reason: str = "",
) -> Receipt:
    """Keep a FHIR R4 Bundle of one patient and what it says.

    What is a `correction` made here of records of `source`, with its `reason`, is not undone by what the source had
    sent before it and sends again.

    Raises:
        Refused: the Bundle as a whole cannot be used; nothing of it was kept.
    """
    tree = strict_json.parse(raw)
    local = map_in_force(site.pk)
    intake = read_bundle(
        tree, received_on=received_on, zone=ZoneInfo(site.time_zone), local_codes=local
    )
    assert isinstance(tree, Mapping)
    pieces = list(pieces_of(tree))
    told = Told(site, source, by, received_on, correction, reason)
    new = new_patient(site, local)
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _keep(pieces, intake, tree, told, new)
        except IntegrityError:
            # Somebody else has just made the same patient: look again, it is there now.
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _keep(
    pieces: list[Piece],
    intake: Intake,
    tree: Mapping[str, Any],
    told: Told,
    new: Patient,
) -> Receipt:
    patient, created = _matched(names_of(tree), told, new)
    fresh = _not_yet_held(pieces, patient, told.source)
    if not fresh:
        return Receipt(patient, created, changed=False, account=intake.account)
    if not created:
        patient.record_version += 1
        patient.save(update_fields=["record_version"])
    delivery = delivery_of(patient, intake.account, told)
    delivery.save(force_insert=True)
    kept = add_rows(resources_of(delivery, fresh, told))
    address(kept, patient, told.site)
    derive_facts(patient, told.site)
    tell_of_change(patient)
    carry_up(patient, told.site)
    kept_now = tuple(piece.position for piece in fresh)
    return Receipt(patient, created, changed=True, account=intake.account, fresh=kept_now)


def new_patient(site: Site, local: LocalCodes) -> Patient:
    """A patient, not kept yet, whose first delivery is at hand; it is read with `local`."""
    return Patient(
        site=site, record_version=1, read_with=READING, local_codes_version=local.version
    )


def delivery_of(patient: Patient, account: Account, told: Told) -> Delivery:
    """What led to the version that the patient's record has by now; not kept yet."""
    return Delivery(
        site=told.site,
        patient=patient,
        source=told.source,
        received_on=told.received_on,
        client=told.by.client,
        person=told.by.person,
        reason=told.reason,
        account={"received": account.received, **account.by_outcome},
        record_version=patient.record_version,
    )


def resources_of(
    delivery: Delivery, fresh: Iterable[Piece], told: Told
) -> Iterator[ReceivedResource]:
    for piece in fresh:
        yield ReceivedResource(
            site_id=told.site.pk,
            patient_id=delivery.patient_id,
            delivery=delivery,
            source=told.source,
            received_on=told.received_on,
            is_correction=told.correction,
            **piece._asdict(),
        )


def names_of(tree: Mapping[str, Any]) -> list[tuple[str, str]]:
    """By what the patient of a Bundle is known to its source: identifiers, and the id of the Patient."""
    named: list[tuple[str, str]] = []
    for member in tree.get("entry", ()):
        resource = member.get("resource") if isinstance(member, Mapping) else None
        if not isinstance(resource, Mapping) or resource.get("resourceType") != "Patient":
            continue
        held = resource.get("identifier")
        for one in held if isinstance(held, list) else ():
            if isinstance(one, Mapping) and isinstance(one.get("value"), str) and one["value"]:
                system = one.get("system")
                named.append((system if isinstance(system, str) else "", one["value"]))
        if isinstance(resource.get("id"), str):
            named.append((FHIR_ID, resource["id"]))
    return list(dict.fromkeys((system[:300], value[:300]) for system, value in named))


def _matched(names: list[tuple[str, str]], told: Told, new: Patient) -> tuple[Patient, bool]:
    """The patient that a source means, locked; where nobody is known by the names, `new`.

    Raises:
        Refused: the identifiers are those of two patients, or there are none.
    """
    if not names:
        sentence = "The Patient has neither an identifier nor an id, so it cannot be kept."
        raise Refused((Issue("Bundle.entry", "patient-unreadable", sentence),))
    held = {
        (one.system, one.value): one.patient_id
        for one in PatientIdentifier.objects.filter(
            site=told.site, source=told.source, value__in=[value for _, value in names]
        )
    }
    known = _one_of({held[name] for name in names if name in held})
    created = known is None
    patient = new
    if known is None:
        patient.save(force_insert=True)
    else:
        patient = hold(known)[known]
    PatientIdentifier.objects.bulk_create(
        PatientIdentifier(
            site=told.site, patient=patient, source=told.source, system=system, value=value
        )
        # In one order whoever sends them: two who insert crosswise would wait for each other.
        for system, value in sorted(names)
        if (system, value) not in held
    )
    return patient, created


def _one_of(known: set[UUID]) -> UUID | None:
    """The patient that is meant by who is known. Of patients who are one person by now, it is the one as whom the
    others are recorded, if that one is named as well.

    Raises:
        Refused: two patients are named.
    """
    for one in known:
        if len(known) == 1 or known <= set(whole(one)):
            return one
    if known:
        sentence = "The identifiers of the Patient belong to two patients of this site."
        raise Refused((Issue("Bundle.entry", "two-patients", sentence),))
    return None


def _not_yet_held(pieces: list[Piece], patient: Patient, source: str) -> list[Piece]:
    """The resources that differ from what is held last of the same record.

    Where that is a correction made here, whatever the source had sent before it is no news either.
    """
    held = ReceivedResource.objects.filter(
        patient=patient, source=source, key__in=[piece.key for piece in pieces]
    )
    return news_among(pieces, held.order_by("id").values_list("key", "digest", "is_correction"))
