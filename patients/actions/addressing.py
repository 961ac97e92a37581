"""An address over FHIR for what is received: each resource becomes a version of a record with an id of ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from patients.actions.adding import add_rows, add_values
from patients.intake import strict_json
from patients.intake.fhir.envelope import Entry, unpack
from patients.intake.fhir.found import Found, Token, found_by
from patients.intake.fhir.versions import survivors
from patients.models import FhirToken, FhirVersion, Patient, ReceivedResource
from patients.stored import says_who
from trialscreen.institution.models import Site

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")


class Arrived(NamedTuple):
    """Resources just received of one patient, in their order, and each as it was parsed, by its id."""

    patient: Patient
    rows: Sequence[ReceivedResource]
    trees: Mapping[int, dict[str, Any]]
    first: bool = False
    """Nothing was received of the patient before."""


class _Plan(NamedTuple):
    """The versions to make of one patient's, and which of the earlier ones speak no more, or again."""

    versions: list[FhirVersion]
    gone: list[int]
    again: list[int]


def address(rows: Sequence[ReceivedResource], patient: Patient, site: Site) -> None:
    """Make versions of resources just received, held by the caller with the patient, in their order.

    A record that is known keeps its id; which of its versions speaks is told as the facts are.
    """
    address_together([Arrived(patient, rows, {row.pk: _parsed(row) for row in rows})], site)


def address_together(arrived: Sequence[Arrived], site: Site) -> None:
    """The same for what arrived of several patients, in as many queries as for one."""
    known = _records(arrived)
    found = {
        row.pk: found_by(one.trees[row.pk], site.zone)
        for one in arrived
        for row in one.rows
        if _is_addressed(row, one.trees[row.pk])
    }
    fresh = [(one, _versions(one, known[one.patient.pk], found)) for one in arrived]
    earlier = _earlier(fresh)
    plans = [
        _choose(versions, one.trees, earlier.get(one.patient.pk, []), site.zone)
        for one, versions in fresh
    ]
    for pks, speaks in (
        ([pk for plan in plans for pk in plan.gone], False),
        ([pk for plan in plans for pk in plan.again], True),
    ):
        if pks:
            FhirVersion.objects.filter(pk__in=pks).update(current=speaks)
    add_rows(version for plan in plans for version in plan.versions)
    add_values(
        FhirToken,
        ("version_id", "site_id", "patient_id", "type", *Token._fields),
        (
            (version.pk, version.site_id, version.patient_id, version.type, *token)
            for _, versions in fresh
            for version in versions
            for token in found[version.resource_id].tokens
        ),
    )


def address_all(patient: Patient, site: Site) -> None:
    """Make the versions that are missing, of what was received before there were any."""
    rows = ReceivedResource.objects.filter(patient=patient, as_version=None)
    missing = list(rows.select_related("delivery").order_by("id"))
    if missing:
        address(missing, patient, site)


def _is_addressed(row: ReceivedResource, tree: Mapping[str, Any]) -> bool:
    """What does not say its type in the letters of one can have no address."""
    return tree.get("resourceType") == row.type and _TYPE.fullmatch(row.type) is not None


def _name(row: ReceivedResource) -> str:
    """All texts of who a patient is are versions of one record, whoever sent them."""
    return "Patient" if row.type == "Patient" else f"{row.source}\n{row.key}"


def _records(arrived: Sequence[Arrived]) -> dict[UUID, dict[str, UUID]]:
    """Under which id each record of a patient is known, by the patient."""
    found: dict[UUID, dict[str, UUID]] = {one.patient.pk: {} for one in arrived}
    again = [one for one in arrived if not one.first]
    if again:
        held = FhirVersion.objects.filter(
            patient__in=[one.patient.pk for one in again],
            key__in={row.key for one in again for row in one.rows},
        )
        named = held.values_list("patient", "source", "key", "type", "record")
        for patient, source, key, kind, record in named:
            if kind != "Patient":
                found[patient][f"{source}\n{key}"] = record
    return {patient: records | {"Patient": patient} for patient, records in found.items()}


def _earlier(fresh: Iterable[tuple[Arrived, list[FhirVersion]]]) -> dict[UUID, list[FhirVersion]]:
    """What is held of the records of which there are new versions, by patient, in the order of arrival."""
    found: dict[UUID, list[FhirVersion]] = {}
    again = {one.patient.pk: versions for one, versions in fresh if not one.first}
    if again:
        records = {version.record for versions in again.values() for version in versions}
        held = FhirVersion.objects.filter(patient__in=list(again), record__in=records)
        for one in held.select_related("resource").order_by("resource_id"):
            found.setdefault(one.patient_id, []).append(one)
    return found


def _versions(
    arrived: Arrived, known: dict[str, UUID], found: Mapping[int, Found]
) -> list[FhirVersion]:
    patient = arrived.patient
    fresh = [row for row in arrived.rows if row.pk in found]
    left = Counter((row.delivery_id, _name(row)) for row in fresh)
    versions = []
    for row in fresh:
        name = _name(row)
        record = known.setdefault(name, patient.pk if row.type == "Patient" else uuid4())
        place = row.delivery_id, name
        left[place] -= 1
        versions.append(_version(row, found[row.pk], record, left[place]))
    return versions


def _version(row: ReceivedResource, found: Found, record: UUID, part: int) -> FhirVersion:
    return FhirVersion(
        resource_id=row.pk,
        site_id=row.site_id,
        patient_id=row.patient_id,
        record=record,
        number=row.delivery.record_version,
        part=part,
        source=row.source,
        type=row.type,
        key=row.key,
        at=row.delivery.received_at,
        status=found.status,
        first=found.first,
        last=found.last,
        current=False,
    )


def _choose(
    versions: list[FhirVersion],
    trees: Mapping[int, dict[str, Any]],
    held: list[FhirVersion],
    zone: ZoneInfo,
) -> _Plan:
    """Say of each record which version speaks; what spoke before and does not any more is told so."""
    plan = _Plan(versions, [], [])
    fresh: dict[UUID, list[FhirVersion]] = {}
    for version in versions:
        fresh.setdefault(version.record, []).append(version)
    earlier: dict[UUID, list[FhirVersion]] = {}
    for one in held:
        earlier.setdefault(one.record, []).append(one)
    for record, mine in fresh.items():
        every = sorted([*earlier.get(record, []), *mine], key=lambda one: one.resource_id)
        speaks = every[0] if len(every) == 1 else _speaks(every, trees, zone)
        for one in earlier.get(record, []):
            if one.current and one is not speaks:
                plan.gone.append(one.pk)
        if speaks.pk is not None and not speaks.current:
            plan.again.append(speaks.pk)
        speaks.current = True
    return plan


def _speaks(
    every: list[FhirVersion], trees: Mapping[int, dict[str, Any]], zone: ZoneInfo
) -> FhirVersion:
    """The last of a record's versions, in the sense in which facts are read from it."""
    told = [trees.get(one.resource_id) or _parsed(one.resource) for one in every]
    if every[0].type == "Patient":
        who = [one for one, tree in zip(every, told, strict=True) if says_who(one.source, tree)]
        return (who or every)[-1]
    entries: list[Entry] = unpack(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"resource": tree, "fullUrl": one.key if ":" in one.key else ""}
                for one, tree in zip(every, told, strict=True)
            ],
        }
    ).entries
    current = survivors(entries, zone)
    return every[current[entries[-1].index].index]


def _parsed(row: ReceivedResource) -> dict[str, Any]:
    tree = strict_json.parse(row.raw)
    assert isinstance(tree, dict)
    return tree
