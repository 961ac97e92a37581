"""A record as it is after a correction: the elements that were named are replaced, every other one stays as it came.

Plain Python on FHIR R4 resources as `strict_json` reads them. What is corrected to None is taken away.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from patients.intake.corrections import measured, person, treated
from patients.intake.corrections.elements import (
    Change,
    NotHere,
    Resource,
    Said,
    choice,
    code_of,
    coded,
    plain,
)
from patients.intake.fhir.dates import read_moment
from patients.intake.forms import CLINICAL, VERIFICATION

__all__ = ["NotHere", "corrected"]


def corrected(resource: Resource, said: Said, *, kind: str, at: datetime) -> Resource:
    """`resource` with what was `said` of it at the moment `at`; the same one where nothing differs.

    `kind` is the kind of fact, or ``patient``. Raises `NotHere`.
    """
    table = _TABLES[kind].get(str(resource.get("resourceType")), {})
    for field in said:
        if field not in table:
            detail = f"This record, a {resource.get('resourceType')}, is not corrected in this."
            raise NotHere(field, detail)
    changed = resource
    for change in dict.fromkeys(table[field] for field in said):
        changed = change(changed, said)
    if _exactly(changed) == _exactly(resource):
        return resource
    return _stamped(changed, said, at)


def _stamped(resource: Resource, said: Said, at: datetime) -> Resource:
    """With the moment of the correction, so that versions from before it count as earlier."""
    if "status" not in said and resource.get("status") in ("final", "amended"):
        resource = resource | {"status": "corrected"}
    held = resource.get("meta")
    meta = held if isinstance(held, dict) else {}
    before = meta.get("lastUpdated")
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(before, str) and _later(before, at):
        moment = before
    return resource | {"meta": meta | {"lastUpdated": moment}}


def _later(text: str, at: datetime) -> bool:
    try:
        instant = read_moment(text, ZoneInfo("UTC")).days.instant
    except ValueError:
        return False
    return instant is not None and instant > at


def _exactly(tree: Any) -> str:
    """Equal for what says the same to the digit, in whatever order."""
    if isinstance(tree, dict):
        return "{" + ",".join(f"{key!r}:{_exactly(tree[key])}" for key in sorted(tree)) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(_exactly, tree)) + "]"
    if isinstance(tree, Decimal | int) and not isinstance(tree, bool):
        return str(tree)
    return repr(tree)


def _of(change: Change, *fields: str) -> dict[str, Change]:
    return dict.fromkeys(fields, change)


_OBSERVED: Final = {
    "collected": choice("collected", "effective", "DateTime"),
    "status": plain("status", "status"),
}
_RESULT: Final = {
    **_OBSERVED,
    **_of(code_of("code"), "code", "system"),
    **_of(measured.number("value"), "value", "comparator", "unit"),
    "answer": measured.answer,
    "reference_range": measured.reference_range,
    "laboratory": measured.laboratory,
}
_LESION: Final = {
    **_OBSERVED,
    **_of(measured.size, "size", "comparator", "unit"),
    "method": measured.method,
    "lesion": measured.focus,
    "body_site": measured.body_site,
    "removed": measured.removed,
}
_CONDITION: Final = {
    **_of(code_of("code"), "code", "system", "text"),
    "onset": choice("onset", "onset", "DateTime"),
    "abated": choice("abated", "abatement", "DateTime"),
    "clinical": coded("clinical", "clinicalStatus", CLINICAL),
    "verification": coded("verification", "verificationStatus", VERIFICATION),
}
_DRUG: Final = _of(code_of("medicationCodeableConcept", "medication"), "code", "system", "text")
_INTENT: Final = {"intent": treated.intent}
_GIVEN: Final = {
    **_DRUG,
    **_INTENT,
    "route": treated.route("dosage"),
    **_of(treated.course("effective"), "start", "end", "ongoing"),
}
_TABLES: Final[dict[str, dict[str, dict[str, Change]]]] = {
    "lab-results": {"Observation": _RESULT},
    "observations": {"Observation": _RESULT},
    "lesions": {"Observation": _LESION},
    "histologies": {
        "Observation": {
            **_OBSERVED,
            **_of(code_of("valueCodeableConcept", "value"), "code", "system", "text"),
        },
        "DiagnosticReport": {**_OBSERVED, **_of(measured.conclusion, "code", "system", "text")},
    },
    "conditions": {"Condition": _CONDITION},
    "prior-therapies": {
        "MedicationStatement": _GIVEN,
        "MedicationAdministration": _GIVEN,
        "MedicationRequest": {
            **_DRUG,
            **_INTENT,
            "route": treated.route("dosageInstruction"),
            **_of(treated.ordered, "start", "end", "ongoing"),
        },
        "Procedure": {
            **_INTENT,
            **_of(code_of("code"), "code", "system", "text"),
            **_of(treated.course("performed"), "start", "end", "ongoing"),
        },
        "Condition": {
            **_of(code_of("code"), "code", "system", "text"),
            "start": choice("start", "onset", "DateTime"),
            "end": choice("end", "abatement", "DateTime"),
        },
    },
    "specimens": {
        "Specimen": {
            **_of(code_of("type"), "code", "system", "text"),
            "status": plain("status", "status"),
        }
    },
    "study-participations": {
        "ResearchSubject": {
            **_of(treated.study, "study", "system", "title"),
            "status": plain("status", "status"),
            **_of(treated.period_of, "start", "end"),
        }
    },
    "patient": {
        "Patient": {
            **_of(person.name_of, "family_name", "given_name"),
            "birth_date": plain("birth_date", "birthDate"),
            "sex": person.sex,
            **_of(person.deceased, "deceased", "deceased_on"),
            **_of(person.address, "postal_code", "city", "country"),
            "identifiers": person.identifiers,
        }
    },
}
