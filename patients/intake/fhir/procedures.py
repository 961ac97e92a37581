"""Procedures: operations, radiotherapy, sterilisation - and drug treatment recorded as a procedure."""

from __future__ import annotations

from typing import Final

from patients.codes.loader import CONTENT
from patients.facts import Course, Operation
from patients.intake.fhir.concepts import Concept, meaning, read_concept
from patients.intake.fhir.intents import read_intents
from patients.intake.fhir.record import Reading, Record
from patients.intake.fhir.spans import Span, finished, going_on, own_date

STATUSES: Final = (
    "preparation",
    "in-progress",
    "not-done",
    "on-hold",
    "stopped",
    "completed",
    "entered-in-error",
    "unknown",
)
_SET_ASIDE: Final = {
    "entered-in-error": "entered-in-error",
    "not-done": "not-done",
    "preparation": "not-begun",
}
_DRUG_CLASSES: Final = frozenset({"chemotherapy", "immunotherapy"})
_UNCERTAIN_CATEGORIES: Final = frozenset(
    name for name, entry in CONTENT["procedure-categories"].items() if entry.get("uncertain")
)
_UNDATED: Final = ("String", "Age", "Range")


def read_procedure(record: Record) -> Reading:
    """An operation, a drug course, or both; raises `Malformed`."""
    node = record.node
    status = node.word("status", STATUSES)
    if status in _SET_ASIDE:
        return record.set_aside(_SET_ASIDE[status], read_concept(node.child("code")))
    concept = read_concept(node.child("code"))
    category = read_concept(node.child("category"))
    timing = record.timing("performed", _UNDATED)
    over = status not in ("in-progress", "on-hold")
    span = finished(record, timing) if over else going_on(record, timing)
    intents = read_intents(node)
    found = meaning("procedure", concept)
    notices = []
    uncertain = status in ("on-hold", "unknown")
    if found.state == "unrecognised":
        notices = record.unrecognised(concept)
        found = meaning("procedure-category", category)
        uncertain = uncertain or bool(found.classes & _UNCERTAIN_CATEGORIES)
        if found.state == "unrecognised":
            return Reading("unrecognised", notices=notices)
    template = Operation(
        ref=record.ref,
        label=concept.shown or category.shown or found.code,
        code=found.code,
        classes=found.classes - _DRUG_CLASSES,
        start=span.start,
        end=span.end,
        ended=span.ended,
        uncertain=uncertain,
        completed=status == "completed",
        own=own_date(record, timing, over=over),
    )
    reading = Reading("used", notices=notices)
    if template.classes:
        reading.facts.append(template)
    if found.classes & _DRUG_CLASSES:
        reading.facts += [
            Course(
                ref=template.ref,
                label=template.label,
                code=template.code,
                classes=found.classes & _DRUG_CLASSES,
                intent=intent,
                start=span.start,
                end=span.end,
                ended=span.ended,
                uncertain=uncertain,
                own=template.own,
            )
            for intent in intents
        ]
    return reading


__all__ = ["Concept", "Span", "read_procedure"]
