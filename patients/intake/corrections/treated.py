"""Treatments and parts in studies."""

from __future__ import annotations

from typing import Final

from patients.intake import as_fhir
from patients.intake.corrections.elements import (
    Change,
    NotHere,
    Resource,
    Said,
    object_at,
    put,
    without,
)
from patients.intake.fhir.intents import URLS as INTENT_URLS

_ONGOING: Final = {
    "MedicationStatement": "active",
    "MedicationAdministration": "in-progress",
    "MedicationRequest": "active",
    "Procedure": "in-progress",
}


def course(stem: str) -> Change:
    """Status and period of a treatment; a single moment becomes a period first."""

    def change(resource: Resource, said: Said) -> Resource:
        moment = resource.get(f"{stem}DateTime")
        held = resource.get(f"{stem}Period")
        period = dict(held) if isinstance(held, dict) else {}
        if isinstance(moment, str):
            over = resource.get("status") in ("completed", "stopped", "unknown")
            period = {"start": moment} | ({"end": moment} if over else {})
        base = _with_status(resource, said)
        return put(without(base, stem), f"{stem}Period", _dates(period, said))

    return change


def ordered(resource: Resource, said: Said) -> Resource:
    """An order: the bounds of each of its dosages."""
    held = resource.get("dosageInstruction")
    dosages = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
    changed = []
    for dosage in dosages or [{}]:
        timing = dict(object_at(dosage, "timing"))
        repeat = without(object_at(timing, "repeat"), "bounds")
        bounds = object_at(object_at(timing, "repeat"), "boundsPeriod")
        timing["repeat"] = put(repeat, "boundsPeriod", _dates(bounds, said))
        changed.append(dosage | {"timing": timing})
    return _with_status(resource, said) | {"dosageInstruction": changed}


def _dates(period: Resource, said: Said) -> Resource:
    if said.get("ongoing"):
        period = put(period, "end", None)
    for field in ("start", "end"):
        if field in said:
            period = put(period, field, said[field])
    return period


def _with_status(resource: Resource, said: Said) -> Resource:
    if "ongoing" not in said:
        return resource
    status = _ONGOING[resource["resourceType"]] if said["ongoing"] else "completed"
    return resource | {"status": status}


def period_of(resource: Resource, said: Said) -> Resource:
    return put(resource, "period", _dates(object_at(resource, "period"), said))


def study(resource: Resource, said: Said) -> Resource:
    if "study" not in said:
        raise NotHere("study", "Name the study too.")
    reference = as_fhir.study_reference(
        said["study"], said.get("system") or "", said.get("title") or ""
    )
    return resource | {"study": reference}


def intent(resource: Resource, said: Said) -> Resource:
    """What it was given for, in place of whatever the record said of that."""
    held = resource.get("extension")
    others = [
        one
        for one in (held if isinstance(held, list) else [])
        if not (isinstance(one, dict) and one.get("url") in INTENT_URLS)
    ]
    stated = [as_fhir.intent_extension(said["intent"])] if said["intent"] else []
    return put(resource, "extension", [*others, *stated] or None)


def route(key: str) -> Change:
    """How a drug is given, in every dosage of the record."""

    def change(resource: Resource, said: Said) -> Resource:
        held = resource.get(key)
        stated = as_fhir.route_concept(said["route"]) if said["route"] else None
        if isinstance(held, dict):
            return resource | {key: put(held, "route", stated)}
        dosages = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
        if resource["resourceType"] == "MedicationAdministration":
            return put(resource, key, put({}, "route", stated))
        return put(resource, key, [put(one, "route", stated) for one in dosages or [{}]])

    return change
