"""The key list: which patient a screening number stands for. Confidential, and of the sites in use alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from eligibility.models import Screening
from patients.models import Demographics, PatientIdentifier

_FHIR_ID = "urn:trialscreen:fhir-id"


@dataclass(frozen=True)
class Key:
    """One episode and the person behind it."""

    screening: Screening
    who: Demographics | None
    identifiers: tuple[str, ...]
    subject_number: int | None
    part: str


def keys(trial: str, sites: Collection[int]) -> list[Key]:
    """Every episode of the sites, by site and number; three queries."""
    held = list(
        Screening.objects.filter(trial__number=trial, site__in=sites)
        .select_related("site", "registration__part")
        .order_by("site__code", "number")
    )
    patients = {one.patient_id for one in held}
    current = Demographics.objects.filter(patient__in=patients, superseded_version=None)
    people = {one.patient_id: one for one in current}
    names: dict[object, list[str]] = {}
    known = PatientIdentifier.objects.filter(patient__in=patients).exclude(system=_FHIR_ID)
    for one in known.order_by("pk"):
        names.setdefault(one.patient_id, []).append(one.value)
    return [_key(one, people.get(one.patient_id), names.get(one.patient_id, [])) for one in held]


def _key(held: Screening, who: Demographics | None, identifiers: list[str]) -> Key:
    placed = getattr(held, "registration", None)
    return Key(
        held,
        who,
        tuple(identifiers),
        placed.subject_number if placed is not None else None,
        placed.part.name if placed is not None else "",
    )
