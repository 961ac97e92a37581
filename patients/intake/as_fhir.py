"""Facts entered one by one as the FHIR resources that a hospital would have sent: one door reads everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from patients.codes.loader import CONTENT, enabled
from patients.intake.fhir.intents import URLS as INTENT_URLS
from patients.intake.forms import (
    CLINICAL,
    LESION,
    LOINC,
    SNOMED,
    UCUM,
    VERIFICATION,
    ConditionForm,
    Form,
    HistologyForm,
    LesionForm,
    Measurement,
    ParticipationForm,
    ResultForm,
    SpecimenForm,
    TherapyForm,
)


def resources_of(form: Form, *, new_id: Callable[[], str], subject: str) -> list[dict[str, Any]]:
    """The resources (FHIR R4) that say what the form says; `subject` is a reference."""
    if isinstance(form, LesionForm):
        return [_measured(form, one, new_id(), subject) for one in form.measurements]
    return [_BUILDERS[type(form)](form, new_id(), subject)]


def answer_concept(answer: str) -> dict[str, Any]:
    """An answer in words as a CodeableConcept."""
    code = next(iter(CONTENT["answers"][answer]["snomed"]))
    return {"coding": [{"system": SNOMED, "code": code}]}


def method_concept(method: str) -> dict[str, Any]:
    """A method of measurement as a CodeableConcept; a scan is spiral or not by its text."""
    if method.startswith("ct-"):
        code = next(iter(CONTENT["methods"]["ct"]["snomed"]))
        text = {"ct-spiral": "spiral CT", "ct-non-spiral": "non-spiral CT"}.get(method, "CT")
        return {"coding": [{"system": SNOMED, "code": code}], "text": text}
    code = _METHOD_CODES.get(method) or next(iter(CONTENT["methods"][method]["snomed"]))
    return {"coding": [{"system": SNOMED, "code": code}]}


_METHOD_CODES: Final = {"mri": "113091000", "ultrasound": "16310003", "pet": "82918005"}


def intent_extension(intent: str) -> dict[str, Any]:
    """What a course was given for, as mCODE says it."""
    table = CONTENT["intents"]["not-stated" if intent == "curative" else intent]["snomed"]
    code = next(code for code, label in enabled(table).items() if label == intent)
    return {"url": INTENT_URLS[0], "valueCodeableConcept": concept(code, SNOMED)}


def route_concept(route: str) -> dict[str, Any]:
    """A way of giving a drug as a CodeableConcept."""
    tables = [enabled(CONTENT["routes"][where]["snomed"]) for where in ("systemic", "topical")]
    code = next(code for table in tables for code, label in table.items() if label == route)
    return concept(code, SNOMED)


def concept(code: str, system: str, text: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {"coding": [{"system": system, "code": code}]} if code else {}
    return said | ({"text": text} if text else {})


def identifier(value: str, system: str = "") -> dict[str, str]:
    return ({"system": system} if system else {}) | {"value": value}


def lesion_focus(name: str, focus: str = "") -> list[dict[str, Any]]:
    """Which lesion a measurement is of: by its name here, or as an earlier measurement names it."""
    system, bar, value = focus.partition("|")
    if focus and not bar:
        return [{"type": "BodyStructure", "reference": focus}]
    return [{"type": "BodyStructure", "identifier": identifier(value or name, system or LESION)}]


def study_reference(study: str, system: str = "", title: str = "") -> dict[str, Any]:
    return {"identifier": identifier(study, system)} | ({"display": title} if title else {})


def person_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The Patient of what a form says of who it is, by the names of the form's fields."""
    name = {"family": said.get("family_name"), "given": said.get("given_name", "").split()}
    address = {
        "use": "home",
        "postalCode": said.get("postal_code"),
        "city": said.get("city"),
        "country": said.get("country"),
    }
    known = {key: one for key, one in address.items() if one}
    person: dict[str, Any] = {
        "resourceType": "Patient",
        "identifier": [identifier(**one) for one in said["identifiers"]],
        "name": [named] if (named := {key: one for key, one in name.items() if one}) else None,
        "birthDate": said.get("birth_date"),
        "gender": said.get("sex"),
        "address": [known] if len(known) > 1 else None,
        "deceasedBoolean": None if "deceased_on" in said else said.get("deceased"),
        "deceasedDateTime": said.get("deceased_on"),
    }
    return {key: one for key, one in person.items() if one is not None}


REMOVED: Final = {"display": "removed tumour"}
SIZE: Final = "33728-7"
"""LOINC: the longest dimension of a tumour."""
MORPHOLOGY: Final = "31206-6"
"""LOINC: the morphology by ICD-O-3."""


def _measured(form: LesionForm, one: Measurement, ident: str, subject: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": ident,
        "status": one.status,
        "code": concept(SIZE, LOINC),
        "subject": {"reference": subject},
        "focus": lesion_focus(form.lesion, form.focus),
        "effectiveDateTime": one.collected,
        "valueQuantity": quantity(one.size, one.unit, one.comparator),
    }
    if form.site_code or form.site_text:
        resource["bodySite"] = concept(form.site_code, form.site_system, form.site_text)
    if one.method:
        resource["method"] = method_concept(one.method)
    return resource | ({"specimen": REMOVED} if form.removed else {})


def _histology(form: HistologyForm, ident: str, subject: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": form.status,
        "code": concept(MORPHOLOGY, LOINC),
        "subject": {"reference": subject},
        "effectiveDateTime": form.collected,
        "valueCodeableConcept": concept(form.code, form.system, form.text),
    }


def _specimen(form: SpecimenForm, ident: str, subject: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Specimen",
        "id": ident,
        "type": concept(form.code, form.system, form.text),
        "subject": {"reference": subject},
    }
    return resource | ({"status": form.status} if form.status else {})


def _participation(form: ParticipationForm, ident: str, subject: str) -> dict[str, Any]:
    dates = {name: day for name, day in (("start", form.start), ("end", form.end)) if day}
    resource: dict[str, Any] = {
        "resourceType": "ResearchSubject",
        "id": ident,
        "status": form.status,
        "study": study_reference(form.study, form.system, form.title),
        "individual": {"reference": subject},
    }
    return resource | ({"period": dates} if dates else {})


def _concept(form: ResultForm | ConditionForm | TherapyForm, text: str = "") -> dict[str, Any]:
    return concept(form.code, form.system, text)


def _condition(form: ConditionForm, ident: str, subject: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Condition",
        "id": ident,
        "code": _concept(form, form.text),
        "subject": {"reference": subject},
        "verificationStatus": concept(form.verification, VERIFICATION),
    }
    if form.clinical:
        resource["clinicalStatus"] = concept(form.clinical, CLINICAL)
    dates = {"onsetDateTime": form.onset, "abatementDateTime": form.abated}
    return resource | {name: day for name, day in dates.items() if day}


def _therapy(form: TherapyForm, ident: str, subject: str) -> dict[str, Any]:
    dates = {name: day for name, day in (("start", form.start), ("end", form.end)) if day}
    concept = _concept(form, form.text)
    resource: dict[str, Any] = {"id": ident, "subject": {"reference": subject}}
    if form.intent:
        resource["extension"] = [intent_extension(form.intent)]
    if form.kind == "drug":
        status = "active" if form.ongoing else "completed"
        resource |= {"resourceType": "MedicationStatement", "status": status}
        resource["medicationCodeableConcept"] = concept
        if form.route:
            resource["dosage"] = [{"route": route_concept(form.route)}]
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
        resource["valueQuantity"] = quantity(form.value, form.unit, form.comparator)
    if form.answer:
        resource["valueCodeableConcept"] = answer_concept(form.answer)
    if form.low is not None or form.high is not None:
        resource["referenceRange"] = [limits(form.low, form.high, form.unit)]
    if form.laboratory:
        resource["performer"] = [{"display": form.laboratory}]
    return resource


def limits(low: Decimal | None, high: Decimal | None, unit: str) -> dict[str, Any]:
    """A reference range in the unit of its result."""
    said = (("low", low), ("high", high))
    return {name: quantity(limit, unit) for name, limit in said if limit is not None}


def quantity(value: Decimal, unit: str, comparator: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {"value": value}
    if comparator:
        said["comparator"] = comparator
    return said | in_unit(unit)


def in_unit(unit: str) -> dict[str, Any]:
    """The unit of a quantity, a UCUM code; empty where there is none."""
    return {"unit": unit, "system": UCUM, "code": unit} if unit else {}


def as_bundle(*resources: dict[str, Any], url: str = "") -> dict[str, Any]:
    """The resources as one transaction, taken whole or not at all; `url` is the full URL of the first."""
    entries: list[dict[str, Any]] = [{"resource": one} for one in resources]
    if url:
        entries[0]["fullUrl"] = url
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


_BUILDERS: Final[dict[type, Callable[[Any, str, str], dict[str, Any]]]] = {
    ResultForm: _observation,
    ConditionForm: _condition,
    TherapyForm: _therapy,
    HistologyForm: _histology,
    SpecimenForm: _specimen,
    ParticipationForm: _participation,
}
