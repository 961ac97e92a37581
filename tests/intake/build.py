"""Short ways to write FHIR resources for the tables of these tests."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from patients.facts import Facts, Intake, Notice
from patients.intake.fhir import read_bundle
from patients.intake.strict_json import parse

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_O = "http://terminology.hl7.org/CodeSystem/icd-o-3"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CPT = "http://www.ama-assn.org/go/cpt"
UCUM = "http://unitsofmeasure.org"
INTENT = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-treatment-intent"

RECEIVED = date(2026, 11, 25)
TORONTO = ZoneInfo("America/Toronto")
US: dict[str, Any] = {"reference": "Patient/p"}

Resource = dict[str, Any]


def concept(*codings: tuple[str, str], text: str | None = None) -> Resource:
    built: Resource = {}
    if codings:
        built["coding"] = [{"system": system, "code": code} for system, code in codings]
    if text is not None:
        built["text"] = text
    return built


def patient(**more: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": "p",
        "gender": "female",
        "birthDate": "1984-05-17",
    } | more


def resource(kind: str, ident: str = "x", **more: Any) -> Resource:
    subject = {"ResearchSubject": "individual", "BodyStructure": "patient"}.get(kind, "subject")
    return {"resourceType": kind, "id": ident, subject: US} | more


def observation(code: Any, ident: str = "x", **more: Any) -> Resource:
    whole = concept((LOINC, code)) if isinstance(code, str) else code
    base = resource("Observation", ident, status="final", code=whole)
    return base | {"effectiveDateTime": "2026-11-18"} | more


def quantity(value: Any, unit: str | None = None, /, **more: Any) -> Resource:
    """A Quantity in a UCUM unit."""
    built: Resource = {"value": value}
    if unit is not None:
        built |= {"unit": unit, "system": UCUM, "code": unit}
    return built | more


def condition(code: Any, ident: str = "x", system: str = ICD, **more: Any) -> Resource:
    """A condition by one code of `system`, or by a whole concept."""
    whole = concept((system, code)) if isinstance(code, str) else code
    return resource("Condition", ident, code=whole) | more


def procedure(code: Any, ident: str = "x", system: str = SNOMED, **more: Any) -> Resource:
    whole = concept((system, code)) if isinstance(code, str) else code
    return resource("Procedure", ident, status="completed", code=whole) | more


def drug(kind: str, code: str, ident: str = "x", system: str = ATC, **more: Any) -> Resource:
    base = resource(kind, ident, medicationCodeableConcept=concept((system, code)))
    usual = {
        "MedicationRequest": {"status": "active", "intent": "order"},
        "MedicationStatement": {"status": "active"},
        "MedicationAdministration": {"status": "completed"},
    }
    return base | usual[kind] | more


def intent(*codes: str) -> list[Resource]:
    return [{"url": INTENT, "valueCodeableConcept": concept((SNOMED, code))} for code in codes]


def bundle(*resources: Resource, kind: str = "collection", with_patient: bool = True) -> Resource:
    entries = [
        {"resource": one} for one in ((patient(), *resources) if with_patient else resources)
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def as_json(tree: Any) -> str:
    """JSON text in which decimals keep their digits."""
    marks: list[Decimal] = []

    def mark(value: Any) -> Any:
        if isinstance(value, Decimal):
            marks.append(value)
            return f"\x01{len(marks) - 1}\x01"
        if isinstance(value, dict):
            return {key: mark(member) for key, member in value.items()}
        if isinstance(value, list | tuple):
            return [mark(member) for member in value]
        return value

    text = json.dumps(mark(tree))
    for index, value in enumerate(marks):
        text = text.replace(f'"\\u0001{index}\\u0001"', str(value))
    return text


def intake(
    *resources: Resource,
    received_on: date = RECEIVED,
    zone: ZoneInfo = TORONTO,
    set_aside: Collection[str] = (),
    kind: str = "collection",
) -> Intake:
    """What a Bundle of the usual patient and these resources comes to, through its JSON text."""
    tree = parse(as_json(bundle(*resources, kind=kind)))
    return read_bundle(tree, received_on=received_on, zone=zone, set_aside=set_aside)


def facts(*resources: Resource, **options: Any) -> Facts:
    return intake(*resources, **options).facts


def reasons(found: Facts | Intake) -> list[tuple[str, str]]:
    """Kind and reason of every notice."""
    notices: tuple[Notice, ...] = (found.facts if isinstance(found, Intake) else found).notices
    return [(notice.kind, notice.reason) for notice in notices]
