"""Resources that are not facts themselves: those that others refer to, and those no criterion uses."""

from __future__ import annotations

from patients.intake.fhir.concepts import read_concept
from patients.intake.fhir.record import Reading, Record


def read_medication(record: Record) -> Reading:
    """A Medication, checked as far as drug records use it."""
    concept = read_concept(record.node.child("code"))
    if record.node.text("status") == "entered-in-error":
        record.entry.usable = False
        return record.set_aside("entered-in-error", concept)
    return Reading("supporting")


def read_body_structure(record: Record) -> Reading:
    read_concept(record.node.child("location"))
    return Reading("supporting")


def read_study(record: Record) -> Reading:
    for identifier in record.node.children("identifier"):
        identifier.text("value")
    return Reading("supporting")


def read_other(record: Record) -> Reading:
    """A resource of a type that no criterion uses, or that is not known here: kept and listed."""
    detail = f"{record.entry.type[:60]} is kept; no criterion uses it."
    return Reading("not-used", notices=[record.notice("not-used", "type-not-used", detail=detail)])
