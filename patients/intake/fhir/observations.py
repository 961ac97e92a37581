"""Observations: which kind each is, and laboratory results, scores and statuses."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from patients.codes.loader import CONTENT
from patients.codes.lookup import label_of
from patients.facts import Result
from patients.intake.fhir.concepts import Concept, meaning, read_concept
from patients.intake.fhir.dates import latest
from patients.intake.fhir.histology import read_histology
from patients.intake.fhir.lesions import DIMENSION, SIZE, read_lesions
from patients.intake.fhir.ranges import read_ranges
from patients.intake.fhir.record import Reading, Record
from patients.intake.fhir.references import type_of
from patients.intake.fhir.shapes import Node
from patients.intake.fhir.timing import Collected, collected
from patients.intake.fhir.values import read_value, shown_value
from patients.values import Days

STATUSES: Final = (
    "registered",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "cancelled",
    "entered-in-error",
    "unknown",
)
COUNTS: Final = ("final", "amended", "corrected")
_ANALYTES: Final = CONTENT["analytes"]
_WITH_RANGES: Final = frozenset(n for n, e in _ANALYTES.items() if e["reading"] == "amount")
_LOGARITHMS: Final = frozenset(c for e in _ANALYTES.values() for c in e.get("logarithms", ()))
_SOMEBODY_ELSE: Final = frozenset(
    {"RelatedPerson", "Person", "Group", "Practitioner", "Device", "Location", "Organization"}
)


def read_observation(record: Record) -> Reading:
    """Results, lesion measurements or a histology. Raises `Malformed`."""
    node = record.node
    status = node.word("status", STATUSES)
    if status == "entered-in-error":
        return record.set_aside(status, _code(node, required=False))
    concept = _code(node)
    concept = record.understood("observation", concept)
    found = meaning("observation", concept)
    if found.state != "classes":
        return _shown(record, record.unused(concept, found))
    if _is_about_somebody_else(record):
        return record.set_aside("about-another", concept)
    when = collected(record)
    reading = Reading("used")
    for analyte in sorted(found.classes & _ANALYTES.keys()):
        reading.facts.append(_result(record, analyte, status, concept, when))
    if found.classes & {SIZE, DIMENSION}:
        reading.facts += read_lesions(record, found, concept, when, counts=status in COUNTS)
    if "histology" in found.classes and status in COUNTS:
        histology = read_histology(record, concept, when)
        reading.facts += histology.facts
        reading.notices += histology.notices
        if not reading.facts:
            reading.outcome = histology.outcome
    if status not in COUNTS:
        reading.outcome = "set-aside"
        reason = "cancelled" if status == "cancelled" else "not-final"
        detail = f"The status of the observation is “{status}”."
        reading.notices.append(record.notice("set-aside", reason, concept, detail=detail))
    elif not reading.facts and not reading.notices:
        reading.outcome = "not-used"
        reading.notices.append(record.notice("not-used", "no-measurement", concept))
    return reading


def _shown(record: Record, reading: Reading) -> Reading:
    """A stage, a disease status and their like decide nothing; their value is shown."""
    value = shown_value(record.node)
    if reading.outcome == "not-used" and value:
        reading.notices = [
            n._replace(detail=f"{n.detail} Reported: {value}") for n in reading.notices
        ]
    return reading


def _code(node: Node, *, required: bool = True) -> Concept:
    concept = read_concept(node.child("code"))
    if required and "code" not in node:
        raise node.malformed(
            "code", "The observation does not say what was observed.", "missing-element"
        )
    return concept


def _is_about_somebody_else(record: Record) -> bool:
    """Whether `focus` says that the value is not the patient's own: a newborn, a donor, a device."""
    for focus in record.node.children("focus"):
        text = focus.text("reference") or ""
        entry = record.index.find(text) if text else None
        kind = entry.type if entry is not None else type_of(text)
        if kind == "Patient" and entry is not record.index.patient:
            return True
        if kind in _SOMEBODY_ELSE or focus.text("type") in _SOMEBODY_ELSE:
            return True
    return False


class _Laboratory(NamedTuple):
    names: tuple[str, ...]
    shown: str


def _laboratory(node: Node) -> _Laboratory:
    names: list[str] = []
    shown = ""
    for performer in node.children("performer"):
        for name in (performer.text("display"), performer.text("reference")):
            if name:
                shown = shown or name
                names.append(" ".join(name.casefold().split()))
    return _Laboratory(tuple(dict.fromkeys(names)), shown)


def _result(record: Record, analyte: str, status: str, concept: Concept, when: Collected) -> Result:
    node = record.node
    coding = (
        concept.codings[0]
        if len(concept.codings) == 1
        else next(
            (
                c
                for c in concept.codings
                if analyte in meaning("observation", Concept((c,), "")).classes
            ),
            concept.codings[0],
        )
    )
    laboratory = _laboratory(node)
    return Result(
        ref=record.ref,
        label=label_of("analyte", analyte),
        code=coding.code,
        analyte=analyte,
        status=status,
        value=read_value(node, analyte, logarithm=coding.code in _LOGARITHMS),
        collected=when.collected,
        issued=when.issued.instant if when.issued else None,
        ranges=read_ranges(node, analyte) if analyte in _WITH_RANGES else (),
        laboratories=laboratory.names,
        laboratory=laboratory.shown,
        own=_own(when),
    )


def _own(when: Collected) -> date | None:
    return latest(when.collected, when.issued)


__all__ = ["COUNTS", "Days", "read_observation"]
