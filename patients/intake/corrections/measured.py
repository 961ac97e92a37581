"""Results, measurements of lesions, morphologies."""

from __future__ import annotations

from typing import Any

from patients.intake import as_fhir
from patients.intake.corrections.elements import Change, NotHere, Resource, Said, put, without
from patients.intake.forms import ICD_O, LOINC


def number(field: str) -> Change:
    def change(resource: Resource, said: Said) -> Resource:
        quantity = _corrected_quantity(resource.get("valueQuantity"), said, field)
        base = put(without(resource, "value"), "dataAbsentReason", None)
        return put(base, "valueQuantity", quantity)

    return change


def _corrected_quantity(held: Any, said: Said, field: str) -> Resource | None:
    quantity = dict(held) if isinstance(held, dict) else {}
    if field in said:
        if said[field] is None:
            return None
        if quantity.get("comparator") and "comparator" not in said:
            detail = f"The record says “{quantity['comparator']}”: say so again, or null."
            raise NotHere("comparator", detail)
        quantity["value"] = said[field]
    elif "value" not in quantity:
        raise NotHere(field, "The record holds no number; give it too.")
    if "comparator" in said:
        quantity = put(quantity, "comparator", said["comparator"])
    known = {quantity.get("code"), quantity.get("unit")} - {None} or {None}
    if "unit" in said and said["unit"] not in known:
        quantity = {
            key: one for key, one in quantity.items() if key not in ("unit", "system", "code")
        }
        quantity |= as_fhir.in_unit(said["unit"] or "")
    return quantity


def answer(resource: Resource, said: Said) -> Resource:
    concept = None if said["answer"] is None else as_fhir.answer_concept(said["answer"])
    base = put(without(resource, "value"), "dataAbsentReason", None)
    return put(base, "valueCodeableConcept", concept)


def reference_range(resource: Resource, said: Said) -> Resource:
    """One range in the unit of the result instead of all that were there."""
    limits = said["reference_range"] or {}
    quantity = resource.get("valueQuantity")
    unit = quantity.get("code") if isinstance(quantity, dict) else None
    held = as_fhir.limits(
        limits.get("low"), limits.get("high"), unit if isinstance(unit, str) else ""
    )
    return put(resource, "referenceRange", [held] if held else None)


def laboratory(resource: Resource, said: Said) -> Resource:
    named = said["laboratory"]
    return put(resource, "performer", None if named is None else [{"display": named}])


def size(resource: Resource, said: Said) -> Resource:
    """The longest dimension: the value itself, or that of the one component that holds it."""
    components = resource.get("component")
    held = components if isinstance(components, list) else []
    places = [place for place, one in enumerate(held) if _is_size(one)]
    if not places:
        return number("size")(resource, said)
    if len(places) > 1:
        raise NotHere("size", "The record holds several dimensions; correct it at its source.")
    changed = list(held)
    changed[places[0]] = number("size")(held[places[0]], said)
    return resource | {"component": changed}


def _is_size(component: Any) -> bool:
    code = component.get("code") if isinstance(component, dict) else None
    codings = code.get("coding") if isinstance(code, dict) else None
    return any(
        isinstance(one, dict) and (one.get("system"), one.get("code")) == (LOINC, as_fhir.SIZE)
        for one in (codings if isinstance(codings, list) else ())
    )


def method(resource: Resource, said: Said) -> Resource:
    method = said["method"]
    return put(resource, "method", None if method is None else as_fhir.method_concept(method))


def focus(resource: Resource, said: Said) -> Resource:
    return resource | {"focus": as_fhir.lesion_focus(said["lesion"])}


def body_site(resource: Resource, said: Said) -> Resource:
    site = said["body_site"]
    if site is None:
        return put(resource, "bodySite", None)
    return resource | {"bodySite": as_fhir.concept(**site)}


def removed(resource: Resource, said: Said) -> Resource:
    return put(resource, "specimen", as_fhir.REMOVED if said["removed"] else None)


def conclusion(resource: Resource, said: Said) -> Resource:
    if "code" not in said:
        raise NotHere("code", "The conclusion of a report is corrected with its code.")
    system = said.get("system") or ICD_O
    return resource | {
        "conclusionCode": [as_fhir.concept(said["code"], system, said.get("text") or "")]
    }
