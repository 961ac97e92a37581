"""Builders of courses: drugs as stated, administered or ordered, and procedures."""

from __future__ import annotations

from typing import Any

from tests.factories.codes import SNOMED, Coded, coding, concept, medicine, operation
from tests.factories.fhir import MCODE, SUBJECT, Resource, given

ROUTES = {
    "oral": "26643006",
    "intravenous": "47625008",
    "intramuscular": "78421000",
    "subcutaneous": "34206005",
    "topical": "6064005",
    "cutaneous": "448598008",
    "ophthalmic": "54485002",
    "otic": "10547007",
    "nasal": "46713006",
    "inhaled": "447694001",
    "vaginal": "16857009",
    "dental": "372449004",
    "rectal": "37161004",
    "intra-articular": "12130007",
    "transdermal": "45890007",
    "epidural": "404820008",
}
INTENTS = {
    "adjuvant": "373846009",
    "neoadjuvant": "373847000",
    "palliative": "363676003",
    "curative": "373808002",
}


def intended(*intents: str, as_of: str = "mcode-procedure-intent") -> list[Resource]:
    """The intent extension of a course: adjuvant, neoadjuvant, palliative, curative."""
    return [
        {"url": MCODE + as_of, "valueCodeableConcept": concept(coding(SNOMED, INTENTS[intent]))}
        for intent in intents
    ]


def _route(route: str | None) -> Resource | None:
    if route is None:
        return None
    known = route in ROUTES
    return concept(coding(SNOMED, ROUTES[route])) if known else concept(text=route)


def _when(element: str, on: str | None, start: str | None, end: str | None) -> Resource:
    """``element``DateTime for a day, ``element``Period for a start or an end."""
    if on is not None:
        return {f"{element}DateTime": on}
    if start is None and end is None:
        return {}
    return {f"{element}Period": given(start=start, end=end)}


def _medication(code: str | Coded, intent: str | None, **also: Any) -> Resource:
    return {
        "subject": SUBJECT,
        "medicationCodeableConcept": concept(medicine(code)),
        **given(extension=intended(intent) if intent is not None else None),
        **also,
    }


def drug(
    code: str | Coded,
    *,
    on: str | None = None,
    start: str | None = None,
    end: str | None = None,
    status: str | None = None,
    intent: str | None = None,
    route: str | None = None,
    **also: Any,
) -> Resource:
    """A course as a statement: completed when it has an end or a single day, else active."""
    dosage = _route(route)
    return {
        "resourceType": "MedicationStatement",
        "status": status or ("active" if on is None and end is None else "completed"),
        **_medication(code, intent),
        **_when("effective", on, start, end),
        **({"dosage": [{"route": dosage}]} if dosage is not None else {}),
        **also,
    }


def dose(
    code: str | Coded,
    *,
    on: str | None = None,
    start: str | None = None,
    end: str | None = None,
    status: str = "completed",
    intent: str | None = None,
    route: str | None = None,
    **also: Any,
) -> Resource:
    """A drug as it was administered."""
    dosage = _route(route)
    return {
        "resourceType": "MedicationAdministration",
        "status": status,
        **_medication(code, intent),
        **_when("effective", on, start, end),
        **({"dosage": {"route": dosage}} if dosage is not None else {}),
        **also,
    }


def order(
    code: str | Coded,
    *,
    written: str | None = None,
    start: str | None = None,
    end: str | None = None,
    status: str = "active",
    kind: str = "order",
    intent: str | None = None,
    route: str | None = None,
    **also: Any,
) -> Resource:
    """A prescription; ``kind`` is FHIR's intent of the order, ``start`` and ``end`` its bounds."""
    bounds = given(start=start, end=end)
    instruction = given(
        route=_route(route), timing={"repeat": {"boundsPeriod": bounds}} if bounds else None
    )
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": kind,
        **_medication(code, intent),
        **given(authoredOn=written, dosageInstruction=[instruction] if instruction else None),
        **also,
    }


def procedure(
    *codes: str | Coded,
    on: str | None = None,
    start: str | None = None,
    end: str | None = None,
    status: str = "completed",
    intent: str | None = None,
    category: str | None = None,
    **also: Any,
) -> Resource:
    """A procedure on a day, or over a period; ``category`` a SNOMED code."""
    return {
        "resourceType": "Procedure",
        "status": status,
        "subject": SUBJECT,
        "code": concept(*(operation(code) for code in codes)),
        **_when("performed", on, start, end),
        **given(
            extension=intended(intent) if intent is not None else None,
            category=concept(coding(SNOMED, category)) if category is not None else None,
        ),
        **also,
    }
