"""Procedures: operations, radiotherapy, sterilisation - and drug treatment recorded as a procedure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from patients.codes.loader import CONTENT
from patients.facts import Course, Notice, Operation
from patients.intake.fhir.concepts import Meaning, meaning, read_concept
from patients.intake.fhir.intents import Intent, read_intents
from patients.intake.fhir.record import Reading, Record, Timing
from patients.intake.fhir.spans import finished, going_on, own_date

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
_GOING_ON: Final = ("in-progress", "on-hold")
_UNCERTAIN: Final = ("on-hold", "unknown")
_DRUG_CLASSES: Final = frozenset({"chemotherapy", "immunotherapy"})
_DOUBTFUL_CATEGORIES: Final = frozenset(
    name for name, entry in CONTENT["procedure-categories"].items() if entry.get("uncertain")
)


def read_procedure(record: Record) -> Reading:
    """An operation, a drug course, or both; raises `Malformed`."""
    node = record.node
    status = node.word("status", STATUSES)
    concept = read_concept(node.child("code"))
    if status in _SET_ASIDE:
        return record.set_aside(_SET_ASIDE[status], concept)
    category = read_concept(node.child("category"))
    timing = record.timing("performed")
    intents = read_intents(node)
    concept = record.understood("procedure", concept)
    found = meaning("procedure", concept)
    notices: list[Notice] = []
    doubtful = status in _UNCERTAIN
    if found.state == "unrecognised":
        notices = record.unrecognised(concept)
        found = meaning("procedure-category", category)
        doubtful = doubtful or bool(found.classes & _DOUBTFUL_CATEGORIES)
        if found.state == "unrecognised":
            return Reading("unrecognised", notices=notices)
    label = concept.shown or category.shown or found.code
    operation = replace(_operation(record, status, timing, found), label=label, uncertain=doubtful)
    reading = Reading("used", notices=notices)
    if operation.classes - _DRUG_CLASSES:
        reading.facts.append(replace(operation, classes=operation.classes - _DRUG_CLASSES))
    if operation.classes & _DRUG_CLASSES:
        reading.facts += [_course(operation, intent) for intent in intents]
    return reading


def _operation(record: Record, status: str, timing: Timing, found: Meaning) -> Operation:
    over = status not in _GOING_ON
    span = finished(record, timing) if over else going_on(record, timing)
    return Operation(
        ref=record.ref,
        label=found.code,
        code=found.code,
        classes=found.classes,
        start=span.start,
        end=span.end,
        ended=span.ended,
        completed=status == "completed",
        own=own_date(record, timing, over=over),
    )


def _course(operation: Operation, intent: Intent | None) -> Course:
    """Drug treatment recorded as a procedure."""
    return Course(
        ref=operation.ref,
        label=operation.label,
        code=operation.code,
        classes=operation.classes & _DRUG_CLASSES,
        intent=intent,
        start=operation.start,
        end=operation.end,
        ended=operation.ended,
        uncertain=operation.uncertain,
        own=operation.own,
    )
