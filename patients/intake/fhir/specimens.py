"""Specimens: archival tumour tissue."""

from __future__ import annotations

from typing import Final

from patients.codes.loader import CONTENT, enabled
from patients.facts import Specimen
from patients.intake.fhir.concepts import read_concept
from patients.intake.fhir.record import Reading, Record

STATUSES: Final = ("available", "unavailable", "unsatisfactory", "entered-in-error")
_FFPE: Final = frozenset(enabled(CONTENT["specimens"]["ffpe"]["snomed"]))
_TUMOUR: Final = frozenset(enabled(CONTENT["specimens"]["other"]["specimen-type"]))


def read_specimen(record: Record) -> Reading:
    """A block (`ffpe`) or a tumour specimen of unknown preservation; other types are unrecognised."""
    node = record.node
    concept = read_concept(node.child("type"))
    status = node.word("status", STATUSES) if "status" in node else None
    if status == "entered-in-error":
        return record.set_aside(status, concept)
    blocks = [code for code in concept.of("snomed") if code in _FFPE]
    tumours = [code for code in concept.of("specimen-type") if code in _TUMOUR]
    if not blocks and not tumours:
        return Reading("unrecognised", notices=record.unrecognised(concept))
    fact = Specimen(record.ref, concept.shown, "ffpe" if blocks else "other", status)
    return Reading("used", [fact])
