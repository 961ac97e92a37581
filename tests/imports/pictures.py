"""What a site holds of its patients, without what is drawn at random or told by a clock: to be compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from patients.models import (
    CLINICAL,
    Delivery,
    Demographics,
    FhirToken,
    FhirVersion,
    ImportRefusal,
    Patient,
    PatientIdentifier,
    ReceivedResource,
    SetAside,
)
from trialscreen.institution.models import Site, TrailEntry
from trialscreen.institution.scope import use_sites

OF_PATIENTS: tuple[Any, ...] = (
    *(Patient, PatientIdentifier, Demographics, Delivery, ReceivedResource, FhirVersion),
    *(FhirToken, SetAside, ImportRefusal, *CLINICAL),
)
_DRAWN = frozenset({"id", "site_id", "job_id", "created_at", "received_at", "recorded_at", "at"})


def picture(site: Site) -> Counter[str]:
    """Every row, and every entry of the trail about one, as text."""
    with use_sites([site.pk]):
        names = _names()
        found = Counter(
            f"{table.__name__} {_told(row, names)}"
            for table in OF_PATIENTS
            for row in table.objects.values()
        )
        entries = TrailEntry.objects.filter(site_id=site.pk, subject__startswith="patients_")
        for one in entries.exclude(subject__startswith="patients_import"):
            said = [_told(part, names) if part else "" for part in (one.old, one.new)]
            whose = names.get(str(one.patient_id), "")
            by = one.account_id, one.by_name, one.client, one.why
            found[f"{one.kind} {one.subject} {whose} {by} {said}"] += 1
    return found


def _names() -> dict[str, str]:
    """What to call what has an id: patients by how they are known, what was received by its place."""
    names: dict[str, str] = {}
    for patient in Patient.objects.all():
        known = patient.identifiers.order_by("system", "value").values_list("system", "value")
        names[str(patient.pk)] = f"patient {list(known)}"
    for delivery in Delivery.objects.all():
        called = f"{names[str(delivery.patient_id)]} {delivery.record_version}"
        names[f"delivery_id {delivery.pk}"] = called
    for resource in ReceivedResource.objects.all():
        called = f"{names[f'delivery_id {resource.delivery_id}']} {resource.position}"
        names[f"resource_id {resource.pk}"] = called
    for version in FhirVersion.objects.order_by("resource_id"):
        called = names[f"resource_id {version.resource_id}"]
        names[f"version_id {version.pk}"] = called
        names.setdefault(str(version.record), called)
    return names


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    told = {
        key: names.get(f"{key} {value}", names.get(str(value), value))
        for key, value in row.items()
        if key not in _DRAWN
    }
    return json.dumps(told, default=str, sort_keys=True)
