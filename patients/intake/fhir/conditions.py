"""Conditions, and the condition codes that stand for a treatment."""

from __future__ import annotations

from typing import Final

from patients.codes.loader import CONTENT
from patients.codes.lookup import classify, compatible
from patients.facts import Condition
from patients.intake.fhir.concepts import Concept, Meaning, meaning, read_concept
from patients.intake.fhir.dates import latest
from patients.intake.fhir.histology import morphologies
from patients.intake.fhir.record import Reading, Record
from patients.intake.fhir.shapes import Node
from patients.intake.fhir.spans import Span, in_order
from patients.intake.fhir.treatments import TREATMENTS, read_treatments
from patients.values import Days, ended_by

_PAST: Final = ("inactive", "remission", "resolved")
CLINICAL: Final = ("active", "recurrence", "relapse", *_PAST)
_DOUBTFUL: Final = ("unconfirmed", "provisional", "differential")
_VERIFICATION: Final = ("entered-in-error", "refuted", *_DOUBTFUL, "confirmed")
MORPHOLOGY: Final = (
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
)


def read_condition(record: Record) -> Reading:
    """A condition, and the treatment its code stands for. Raises `Malformed`."""
    node = record.node
    verification = _verification(node)
    if verification in ("entered-in-error", "refuted"):
        return record.set_aside(verification, read_concept(node.child("code")))
    concept = record.understood("condition", read_concept(node.child("code")))
    found = meaning("condition", concept)
    facts = _conditions(record, concept, found, doubtful=verification != "confirmed")
    if found.state != "classes":
        return record.unused(concept, found)
    reading = Reading("used")
    for fact in facts:
        reading.facts.append(fact)
        if fact.classes & TREATMENTS.keys():
            reading.facts += read_treatments(record, fact)
    return reading


def _conditions(
    record: Record, concept: Concept, found: Meaning, *, doubtful: bool
) -> list[Condition]:
    """One fact; two when some classes are certain and others only provisional by their code."""
    node = record.node
    onset, clinical = _onset(record), _clinical(node)
    span = _span(record, onset)
    recorded = record.past(record.date(node, "recordedDate"))
    sites = _sites(node)
    classes = found.classes
    if "brain" in sites and "secondary-cancer" in classes:
        classes |= {"brain-metastasis"}
    certain = classes - (found.classes - found.certain)
    template = Condition(
        ref=record.ref,
        label=concept.shown or found.code,
        code=found.code,
        classes=classes,
        provisional=doubtful,
        clinical=clinical,
        onset=span.start,
        abated=span.end,
        sites=sites,
        morphologies=_morphologies(node),
        own=latest(onset, recorded),
        over_by=record.received_on if span.end is None and clinical in _PAST else None,
    )
    parts = [(compatible(certain), doubtful), (compatible(classes - certain), True)]
    return [_with(template, part, provisional=doubt) for part, doubt in parts if part]


def _with(condition: Condition, classes: frozenset[str], *, provisional: bool) -> Condition:
    return Condition(
        ref=condition.ref,
        label=condition.label,
        code=condition.code,
        classes=classes,
        provisional=provisional,
        clinical=condition.clinical,
        onset=condition.onset,
        abated=condition.abated,
        sites=condition.sites,
        morphologies=condition.morphologies,
        own=condition.own,
        over_by=condition.over_by,
    )


def _statuses(node: Node, key: str, system: str, known: tuple[str, ...]) -> list[str] | None:
    """FHIR's codes among those given; None when the element is missing."""
    held = node.child(key)
    if held is None:
        return None
    uris = ("", *CONTENT["systems"][system])
    return [
        coding.code
        for coding in read_concept(held).codings
        if coding.system in uris and coding.code in known
    ]


def _verification(node: Node) -> str:
    """Missing is confirmed; what is not one of FHIR's codes is provisional."""
    codes = _statuses(node, "verificationStatus", "condition-verification", _VERIFICATION)
    if codes is None:
        return "confirmed"
    return next((code for code in _VERIFICATION if code in codes), "provisional")


def _clinical(node: Node) -> str | None:
    codes = _statuses(node, "clinicalStatus", "condition-clinical", CLINICAL)
    return codes[0] if codes and len(set(codes)) == 1 else None


def _onset(record: Record) -> Days | None:
    timing = record.timing("onset", ("Age", "Range", "String"))
    return record.past(timing.start)


def _span(record: Record, onset: Days | None) -> Span:
    abated = _abated(record, onset)
    return in_order(onset, abated) if abated else Span(onset, None, "ongoing")


def _abated(record: Record, onset: Days | None) -> Days | None:
    """The abatement; ended on an unknown day when it is told without a date."""
    timing = record.timing("abatement", ("Age", "Range", "String"))
    if timing.kind == "none":
        return None
    if timing.kind == "moment":
        return record.past(timing.start)
    return record.past(timing.end) or ended_by(onset, record.received_on)


def _sites(node: Node) -> frozenset[str]:
    sites: frozenset[str] = frozenset()
    for one in node.children("bodySite"):
        for coding in read_concept(one).codings:
            sites |= classify("body-site", coding.system, coding.code).classes
    return sites


def _morphologies(node: Node) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for extension in node.extensions(MORPHOLOGY):
        found |= morphologies(read_concept(extension.child("valueCodeableConcept"))).keys()
    return found
