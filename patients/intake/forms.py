"""Facts entered one by one, as the FHIR resources that a hospital would have sent: one door reads everything."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from patients.codes.loader import CONTENT
from patients.intake.problems import Issue, Refused

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
SNOMED: Final = "http://snomed.info/sct"
ANSWERS: Final = ("positive", "negative", "pregnant", "not-pregnant")
"""Results in words rather than numbers; the code of each is the dictionary's first."""

_HL7: Final = "http://terminology.hl7.org/CodeSystem/"
_COMES_FROM: Final = {
    "onsetDateTime": "/onset",
    "abatementDateTime": "/abated",
    "clinicalStatus": "/clinical",
    "verificationStatus": "/verification",
    "medicationCodeableConcept": "/code",
    "effectivePeriod.start": "/start",
    "effectivePeriod.end": "/end",
    "performedPeriod.start": "/start",
    "performedPeriod.end": "/end",
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


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """A diagnosis or a status."""

    code: str
    system: str
    onset: str = ""
    """FHIR dates, as precise as they are known; empty where they are not."""
    abated: str = ""
    clinical: str = ""
    verification: str = "confirmed"
    text: str = ""


@dataclass(frozen=True, slots=True)
class TherapyForm:
    """A course of a drug, an operation, or radiotherapy."""

    kind: Literal["drug", "procedure"]
    code: str
    system: str
    start: str = ""
    end: str = ""
    ongoing: bool = False
    text: str = ""


Form = ResultForm | ConditionForm | TherapyForm


def resource_of(form: Form, *, ident: str, subject: str) -> dict[str, Any]:
    """The resource (FHIR R4) that says what the form says; `subject` is a reference."""
    if isinstance(form, ResultForm):
        return _observation(form, ident, subject)
    if isinstance(form, ConditionForm):
        return _condition(form, ident, subject)
    return _therapy(form, ident, subject)


def _concept(form: Form, text: str = "") -> dict[str, Any]:
    concept: dict[str, Any] = {"coding": [{"system": form.system, "code": form.code}]}
    return concept | ({"text": text} if text else {})


def _condition(form: ConditionForm, ident: str, subject: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Condition",
        "id": ident,
        "code": _concept(form, form.text),
        "subject": {"reference": subject},
        "verificationStatus": {
            "coding": [{"system": f"{_HL7}condition-ver-status", "code": form.verification}]
        },
    }
    if form.clinical:
        code = {"system": f"{_HL7}condition-clinical", "code": form.clinical}
        resource["clinicalStatus"] = {"coding": [code]}
    dates = {"onsetDateTime": form.onset, "abatementDateTime": form.abated}
    return resource | {name: day for name, day in dates.items() if day}


def _therapy(form: TherapyForm, ident: str, subject: str) -> dict[str, Any]:
    dates = {name: day for name, day in (("start", form.start), ("end", form.end)) if day}
    concept = _concept(form, form.text)
    resource: dict[str, Any] = {"id": ident, "subject": {"reference": subject}}
    if form.kind == "drug":
        status = "active" if form.ongoing else "completed"
        resource |= {"resourceType": "MedicationStatement", "status": status}
        resource["medicationCodeableConcept"] = concept
        return resource | ({"effectivePeriod": dates} if dates else {})
    status = "in-progress" if form.ongoing else "completed"
    resource |= {"resourceType": "Procedure", "status": status, "code": concept}
    return resource | ({"performedPeriod": dates} if dates else {})


def _observation(form: ResultForm, ident: str, subject: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": ident,
        "status": form.status,
        "code": _concept(form),
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
