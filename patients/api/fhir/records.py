"""Records by their addresses, within the sites of who asks: another site's is as absent as one that never was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from rest_framework.exceptions import NotFound

from patients.api.fhir.doors import uuid_or_none, weak
from patients.api.fhir.linked import turns
from patients.api.fhir.refusals import gone
from patients.api.fhir.registry import KINDS, Kind
from patients.api.fhir.rendered import Stamp
from patients.models import FhirVersion, SetAside

WITHDRAWN = ("entered-in-error", "duplicate", "another-person")
"""Reasons for which a record is gone. That it is true and not what a criterion means leaves it readable."""


class Change(NamedTuple):
    """One entry of a record's history: a version, or that it was withdrawn."""

    version_id: str
    at: datetime
    version: FhirVersion | None


def kind_or_404(name: str) -> Kind:
    """Raises NotFound for a type that is not here."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound
    return kind


def versions_of(site_ids: Collection[int]) -> QuerySet[FhirVersion]:
    """Versions with their text, of these sites."""
    rows = FhirVersion.objects.filter(site_id__in=site_ids)
    return rows.select_related("resource", "patient__site")


def speaking(site_ids: Collection[int], kind: str, ident: str) -> FhirVersion:
    """The version of a record that speaks, withdrawn or not. Raises NotFound."""
    record = uuid_or_none(ident)
    if record is not None:
        rows = versions_of(site_ids).filter(record=record, type=kind, current=True)
        found = rows.first()
        if found is not None:
            return found
    raise NotFound


def withdrawn() -> Exists:
    """For a query of versions: that their record is withdrawn by now."""
    return Exists(
        SetAside.objects.filter(
            patient=OuterRef("patient"),
            source=OuterRef("source"),
            ref=OuterRef("key"),
            reason__in=WITHDRAWN,
            lifted_version=None,
        )
    )


def withdrawals(version: FhirVersion) -> list[SetAside]:
    """Every withdrawal of its record, in force or lifted."""
    rows = SetAside.objects.filter(
        patient=version.patient_id, source=version.source, ref=version.key, reason__in=WITHDRAWN
    )
    return list(rows.order_by("record_version"))


def stamps(versions: Sequence[FhirVersion]) -> dict[int, Stamp]:
    """Under which version records are read now, by the key of the version that speaks: that a withdrawn record counts
    again is a version as well, and that a patient was recorded as one person with another."""
    found = {one.pk: Stamp(one.version_id, one.at) for one in versions}
    linked = turns(versions)
    for one in versions:
        if one.type == "Patient":
            for turn in linked[one.patient_id]:
                if turn.number > one.number:
                    found[one.pk] = Stamp(str(turn.number), turn.at)
    by_name = {(one.patient_id, one.source, one.key): one for one in versions}
    lifted = SetAside.objects.filter(
        patient__in={one.patient_id for one in versions},
        ref__in={one.key for one in versions},
        reason__in=WITHDRAWN,
        lifted_version__isnull=False,
    )
    for aside in lifted.order_by("lifted_version"):
        speaks = by_name.get((aside.patient_id, aside.source, aside.ref))
        if speaks is not None and (aside.lifted_version or 0) > speaks.number:
            assert aside.lifted_at is not None
            found[speaks.pk] = Stamp(str(aside.lifted_version), aside.lifted_at)
    return found


def check_there(version: FhirVersion) -> None:
    """Raises FhirRefusal (410) where the record is withdrawn."""
    in_force = [one for one in withdrawals(version) if one.lifted_version is None]
    if in_force:
        raise gone(weak(str(in_force[-1].record_version)))


def history(version: FhirVersion) -> list[Change]:
    """Everything that became of its record, the newest first."""
    rows = FhirVersion.objects.filter(record=version.record, patient=version.patient_id)
    rows = rows.select_related("resource", "patient__site").order_by("number", "-part")
    found = [(one.number, -one.part, Change(one.version_id, one.at, one)) for one in rows]
    for aside in withdrawals(version):
        said = Change(str(aside.record_version), aside.recorded_at, None)
        found.append((aside.record_version, 0, said))
        if aside.lifted_version is not None and aside.lifted_at is not None:
            again = Change(str(aside.lifted_version), aside.lifted_at, version)
            found.append((aside.lifted_version, 0, again))
    for turn in turns([version]).get(version.patient_id, ()):
        then = _as_of(turn.number, found) or version
        found.append((turn.number, 0, Change(str(turn.number), turn.at, then)))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [change for _, _, change in found]


def _as_of(number: int, found: Sequence[tuple[int, int, Change]]) -> FhirVersion | None:
    """What a record said at a version of the patient's that added nothing to it."""
    before = [one for one in found if one[0] < number]
    return max(before, key=lambda one: one[:2])[2].version if before else None
