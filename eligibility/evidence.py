"""Evidence as plain data: each kind of fact with its source, its day, its value and the comparison made."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from eligibility.rules.finding import Evidence, show
from eligibility.rules.kinds.courses import span_words
from eligibility.rules.record import Attestation
from patients.facts import (
    Condition,
    Course,
    Histology,
    Lesion,
    Operation,
    Participation,
    Person,
    Result,
    Specimen,
)
from patients.values import Amount, Days, Value

_OBSERVATIONS = frozenset({"ecog", "pregnancy-status"})


def evidence_item(
    piece: Evidence, read_locally: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """One piece of evidence: type, id, source, date, value, unit, what it was compared with, why it was chosen.

    A person's statement also names who made it; a record that a site's own map of codes had to be asked for
    (`read_locally`: by its reference, in a sentence) says so.
    """
    kind, day, value, unit = _parts(piece.fact)
    ref = getattr(piece.fact, "ref", "")
    local = {"local_code": read_locally[ref]} if ref in read_locally else {}
    by = {"by": piece.fact.by} if isinstance(piece.fact, Attestation) else {}
    return {
        "type": kind,
        "id": ref.partition("/")[2] or ref,
        "source": _source(piece.fact),
        **by,
        "label": getattr(piece.fact, "label", ""),
        "code": getattr(piece.fact, "code", ""),
        **local,
        "date": day,
        "value": value,
        "unit": unit,
        "compared": str(piece.compared) if piece.compared is not None else None,
        "chosen_because": str(piece.because) if piece.because is not None else None,
    }


def _parts(fact: Any) -> tuple[str, str | None, str | None, str | None]:
    """Type, day, value and unit of a fact."""
    match fact:
        case Result():
            kind = "observation" if fact.analyte in _OBSERVATIONS else "lab-result"
            return kind, _day(fact.collected), _value(fact.value), _unit(fact.value)
        case Lesion():
            return "lesion", _day(fact.collected), _value(fact.size), _unit(fact.size)
        case Condition():
            return "condition", _day(fact.onset), fact.code, None
        case Histology():
            return "observation", _day(fact.dated), fact.code, None
        case Course():
            return "prior-therapy", _day(fact.start), span_words(fact), None
        case Operation():
            return "prior-therapy", _day(fact.end or fact.start), fact.code, None
        case Specimen():
            return "specimen", None, fact.status, None
        case Participation():
            return "study-participation", _day(fact.start), fact.status, None
        case Person():
            return "patient", _day(fact.birth), None, None
        case Attestation():
            return "attestation", fact.stated_on.isoformat(), fact.answer, None
    raise TypeError(f"no evidence is made of {type(fact).__name__}")


def _source(fact: Any) -> str:
    if isinstance(fact, Attestation):
        dated = fact.source_dated
        if fact.source and dated is not None:
            return f"{fact.source}, {dated.isoformat()}"
        return fact.source or (f"stated by {fact.by}" if fact.by else "stated")
    laboratory = getattr(fact, "laboratory", "")
    return f"{fact.ref}, {laboratory}" if laboratory else str(fact.ref)


def _day(span: Days | None) -> str | None:
    return show(span) if span is not None else None


def _value(value: Value | None) -> str | None:
    if isinstance(value, Amount):
        return f"{value.comparator or ''}{value.value:f}"
    return show(value) if value is not None else None


def _unit(value: Value | None) -> str | None:
    return value.unit or None if isinstance(value, Amount) else None
