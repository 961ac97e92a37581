"""What is held, as the interface shows it. Decimals are strings, dates as reported and as spans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from patients.actions.receive import FHIR_ID
from patients.codec import decode
from patients.facts import Person
from patients.models import Attestation, DerivedRow, Patient, PatientMerge
from patients.stored import BY_FORM


def patient(held: Patient) -> dict[str, Any]:
    """Who it is, of a patient with `current_demographics` and identifiers at hand."""
    told = next(iter(held.current_demographics), None)  # type: ignore[attr-defined] # scoped.py
    person = decode(told.fact) if told is not None else None
    return {
        "id": str(held.pk),
        "site": held.site.code,
        "record_version": held.record_version,
        "family_name": told.family_name if told is not None else "",
        "given_name": told.given_name if told is not None else "",
        "birth_date": _as_reported(person),
        "sex": person.sex if isinstance(person, Person) else None,
        "deceased": plain(person.deceased) if isinstance(person, Person) else None,
        "identifiers": [
            {
                "source": one.source,
                "system": None if one.system == FHIR_ID else one.system,
                "value": one.value,
            }
            for one in held.identifiers.all()
            if one.source != BY_FORM
        ],
        "same_person_as": _id(held.same_person_as),  # type: ignore[attr-defined] # scoped.py
        "created_at": _moment(held.created_at),
    }


def _id(one: UUID | None) -> str | None:
    return None if one is None else str(one)


def _as_reported(person: object) -> str | None:
    return person.birth.text if isinstance(person, Person) and person.birth else None


def merge(held: PatientMerge) -> dict[str, Any]:
    """A merge with its reversal, if it has one."""
    back = next(iter(held.reversals.all()), None)
    return {
        "id": held.pk,
        "survivor": str(held.survivor_id),
        "merged": str(held.merged_id),
        "in_force": held.reversed_at is None,
        "at": _moment(held.at),
        "by": held.by.username if held.by is not None else None,
        "client": held.client or None,
        "reason": held.reason,
        "source_document": held.source_document,
        "differences": list(held.differences),
        "confirmation": held.confirmation,
        "sources_read_apart": list(held.names_apart),
        "reversal": None
        if back is None
        else {
            "at": _moment(back.at),
            "by": back.by.username if back.by is not None else None,
            "client": back.client or None,
            "reason": back.reason,
        },
    }


def row(held: DerivedRow) -> dict[str, Any]:
    """One fact, as it was read from its record."""
    fact = decode(held.fact)
    said = plain(fact)
    return {
        "id": held.pk,
        "source": held.source,
        "record": held.ref,
        "since_version": held.since_version,
        "superseded_version": held.superseded_version,
        "current": held.superseded_version is None,
        "fact": said,
    }


def attestation(held: Attestation) -> dict[str, Any]:
    """A person's answer to a criterion."""
    return {
        "id": held.pk,
        "trial": held.trial,
        "criterion": held.criterion,
        "wording_digest": held.wording_digest,
        "answer": held.answer,
        "stated_on": held.stated_on.isoformat(),
        "by": held.by_name,
        "detail": held.detail,
        "source": held.source,
        "source_dated": held.source_dated.isoformat() if held.source_dated is not None else None,
        "note": held.note,
        "since_version": held.record_version,
        "recorded_at": _moment(held.recorded_at),
    }


def plain(value: Any) -> Any:
    """A value of a fact as JSON data: tuples with names and dataclasses are objects, sets are sorted."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.init}
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(plain(part) for part in value)
    return [plain(part) for part in value]


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
