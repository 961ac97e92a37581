"""Facts entered one by one, as the FHIR resources that a hospital would have sent: one door reads everything."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from patients.codes.loader import CONTENT
from patients.intake.problems import Issue, Refused

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
SNOMED: Final = "http://snomed.info/sct"
ANSWERS: Final = ("positive", "negative", "pregnant", "not-pregnant")
"""Results in words rather than numbers; the code of each is the dictionary's first."""

_COMES_FROM: Final = {
    "code": "/code",
    "status": "/status",
    "effectiveDateTime": "/collected",
    "valueQuantity": "/value",
    "valueCodeableConcept": "/answer",
    "referenceRange": "/reference_range",
    "performer": "/laboratory",
}


@dataclass(frozen=True, slots=True)
class ResultForm:
    """One result as a person or a program enters it; a number with its unit, or an answer in words."""

    code: str
    collected: str
    """A FHIR date or date and time: ``2026-03``, ``2026-03-14``, ``2026-03-14T09:30:00-05:00``."""
    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    """UCUM."""
    answer: str = ""
    """One of `ANSWERS`; empty where there is a number."""
    system: str = LOINC
    status: str = "final"
    laboratory: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


def observation(form: ResultForm, *, ident: str, subject: str) -> dict[str, Any]:
    """The Observation (FHIR R4) that says what the form says; `subject` is a reference."""
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": ident,
        "status": form.status,
        "code": {"coding": [{"system": form.system, "code": form.code}]},
        "subject": {"reference": subject},
        "effectiveDateTime": form.collected,
    }
    if form.value is not None:
        resource["valueQuantity"] = _quantity(form.value, form.unit, form.comparator)
    if form.answer:
        code = next(iter(CONTENT["answers"][form.answer]["snomed"]))
        resource["valueCodeableConcept"] = {"coding": [{"system": SNOMED, "code": code}]}
    limits = {
        name: _quantity(limit, form.unit)
        for name, limit in (("low", form.low), ("high", form.high))
        if limit is not None
    }
    if limits:
        resource["referenceRange"] = [limits]
    if form.laboratory:
        resource["performer"] = [{"display": form.laboratory}]
    return resource


def _quantity(value: Decimal, unit: str, comparator: str = "") -> dict[str, Any]:
    quantity: dict[str, Any] = {"value": value}
    if comparator:
        quantity["comparator"] = comparator
    if unit:
        quantity |= {"unit": unit, "system": UCUM, "code": unit}
    return quantity


def as_bundle(patient: str, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource with a Patient who says nothing but whose it is; taken whole or not at all."""
    person = {"resourceType": "Patient", "id": patient}
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
        for one in (person, resource)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def of_the_form(refused: Refused) -> Refused:
    """The same refusal with places of the form instead of the Bundle around it."""
    return Refused(tuple(issue._replace(place=_place(issue)) for issue in refused.issues))


def _place(issue: Issue) -> str:
    for element, place in _COMES_FROM.items():
        if f".resource.{element}" in issue.place:
            return place
    return ""
