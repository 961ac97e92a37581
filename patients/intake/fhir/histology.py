"""Histology: melanoma morphologies, from observations and from pathology reports with a coded conclusion."""

from __future__ import annotations

import re
from typing import Final

from patients.codes.loader import CONTENT
from patients.codes.lookup import cleaned
from patients.facts import Histology
from patients.intake.fhir.concepts import Concept, Meaning, meaning, read_concept
from patients.intake.fhir.dates import latest
from patients.intake.fhir.record import Reading, Record
from patients.intake.fhir.shapes import Node
from patients.intake.fhir.timing import Collected, collected

REPORT_STATUSES: Final = (
    "registered",
    "partial",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "appended",
    "cancelled",
    "entered-in-error",
    "unknown",
)
_CONFIRMS: Final = ("final", "amended", "corrected")
_MORPHOLOGY: Final = re.compile(r"(\d{4})/?(\d)", re.ASCII)


def morphologies(concept: Concept) -> dict[str, str]:
    """Melanoma morphologies of a concept (``melanoma-invasive``, ``melanoma-in-situ``), each with its code."""
    found: dict[str, str] = {}
    for code in concept.of("icd-o-3"):
        match = _MORPHOLOGY.fullmatch(cleaned(code))
        if match is None:
            continue
        for name, table in CONTENT["morphologies"].items():
            limits = table["icd-o-3"]
            if limits["first"] <= match[1] <= limits["last"] and match[2] == limits["behaviour"]:
                found.setdefault(name, code)
    return found


def read_histology(record: Record, concept: Concept, when: Collected) -> Reading:
    """A histology observation whose value is a morphology."""
    if record.node.choice("value") is None:
        return Reading("not-used", notices=[record.notice("not-used", "no-measurement", concept)])
    value = _coded_value(record.node)
    found = morphologies(value)
    if not found and not value.of("icd-o-3"):
        return Reading("unrecognised", notices=record.unrecognised(value))
    code = found.get("melanoma-invasive") or next(iter(found.values()), value.of("icd-o-3")[0])
    fact = Histology(
        ref=record.ref,
        label=value.shown or concept.shown,
        code=code,
        invasive="melanoma-invasive" in found,
        dated=when.collected,
        own=latest(when.collected, when.issued),
    )
    return Reading("used", [fact])


def _coded_value(node: Node) -> Concept:
    """The coded value; a value of another type says nothing that can be read."""
    key = node.choice("value")
    if key == "valueCodeableConcept":
        return read_concept(node.child(key))
    return Concept((), (node.text(key) or "") if key == "valueString" else "")


def read_report(record: Record) -> Reading:
    """A pathology report. Raises `Malformed`."""
    node = record.node
    status = node.word("status", REPORT_STATUSES)
    concept = read_concept(node.child("code"))
    if status == "entered-in-error":
        return record.set_aside(status, concept)
    if "code" not in node:
        raise node.malformed("code", "The report does not say what it is.", "missing-element")
    found = meaning("observation", record.understood("observation", concept))
    if "pathology-report" not in found.classes:
        return record.unused(concept, found._replace(state="unrecognised"))
    if status not in _CONFIRMS:
        return record.set_aside("cancelled" if status == "cancelled" else "not-final", concept)
    when = collected(record)
    conclusions = [_concluded(record, one) for one in node.children("conclusionCode")]
    fact = _conclusion(record, conclusions, when)
    if fact is not None:
        return Reading("used", [fact])
    return _without_conclusion(record, concept, conclusions)


def _concluded(record: Record, node: Node) -> Concept:
    """A conclusion; the site's map is asked where it is no morphology either."""
    concept = read_concept(node)
    return concept if concept.of("icd-o-3") else record.understood("condition", concept)


def _conclusion(record: Record, conclusions: list[Concept], when: Collected) -> Histology | None:
    best: Histology | None = None
    for conclusion in conclusions:
        coded = morphologies(conclusion)
        condition: Meaning = meaning("condition", conclusion)
        melanoma = "cutaneous-melanoma" in condition.classes
        if not coded and not melanoma:
            continue
        invasive = melanoma or "melanoma-invasive" in coded
        code = coded.get("melanoma-invasive") or (
            condition.code if melanoma else next(iter(coded.values()))
        )
        if best is None or (invasive and not best.invasive):
            best = Histology(
                record.ref, conclusion.shown, code, invasive, when.collected, latest(when.collected, when.issued)
            )  # fmt: skip
    return best


def _without_conclusion(record: Record, concept: Concept, conclusions: list[Concept]) -> Reading:
    unknown = [
        notice
        for conclusion in conclusions
        if meaning("condition", conclusion).state == "unrecognised" and not conclusion.of("icd-o-3")
        for notice in record.unrecognised(conclusion)
    ]
    if unknown:
        return Reading("unrecognised", notices=unknown)
    return Reading("not-used", notices=[record.notice("not-used", "no-conclusion", concept)])
