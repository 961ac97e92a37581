"""Drug records: administrations, statements and orders, as courses of a drug."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal, NamedTuple

from patients.codes.loader import CONTENT, enabled
from patients.facts import Course
from patients.intake.fhir import dates
from patients.intake.fhir.concepts import NOTHING, Concept, Meaning, meaning, read_concept
from patients.intake.fhir.dates import latest
from patients.intake.fhir.intents import read_intents
from patients.intake.fhir.record import Reading, Record
from patients.intake.fhir.shapes import Node
from patients.intake.fhir.spans import Span, finished, going_on, in_order, open_past, own_date
from patients.values import Days, ended_by

STATUSES: Final = {
    "MedicationAdministration": (
        "in-progress",
        "not-done",
        "on-hold",
        "completed",
        "entered-in-error",
        "stopped",
        "unknown",
    ),
    "MedicationStatement": (
        "active",
        "completed",
        "entered-in-error",
        "intended",
        "stopped",
        "on-hold",
        "unknown",
        "not-taken",
    ),
    "MedicationRequest": (
        "active",
        "on-hold",
        "cancelled",
        "completed",
        "entered-in-error",
        "stopped",
        "draft",
        "unknown",
    ),
}
_SET_ASIDE: Final = {
    "entered-in-error": "entered-in-error",
    "not-done": "not-done",
    "intended": "intended",
    "not-taken": "not-taken",
    "cancelled": "cancelled",
    "draft": "draft",
}
_UNCERTAIN: Final = ("on-hold", "unknown")
_INTENTS: Final = (
    "proposal",
    "plan",
    "order",
    "original-order",
    "reflex-order",
    "filler-order",
    "instance-order",
    "option",
)
_NOT_ORDERS: Final = ("proposal", "plan", "option")

Exposure = Literal["systemic", "topical", "undetermined"]


def _routes() -> dict[str, Exposure]:
    routes: dict[str, Exposure] = dict.fromkeys(
        enabled(CONTENT["routes"]["systemic"]["snomed"]), "systemic"
    )
    return routes | dict.fromkeys(enabled(CONTENT["routes"]["topical"]["snomed"]), "topical")


_ROUTES: Final = _routes()
_PRODUCTS: Final[dict[str, Exposure]] = {
    "corticosteroid-systemic": "systemic",
    "corticosteroid-topical": "topical",
    "corticosteroid-either": "undetermined",
}


class Dates(NamedTuple):
    span: Span
    own: date | None


def read_administration(record: Record) -> Reading:
    return _read(record, "dosage")


def read_statement(record: Record) -> Reading:
    return _read(record, "dosage")


def read_request(record: Record) -> Reading:
    return _read(record, "dosageInstruction")


def _read(record: Record, dosages: str) -> Reading:
    node = record.node
    kind = record.entry.type
    status = node.word("status", STATUSES[kind])
    drug = _drug(record)
    concept = drug or _named(node)
    reason = _SET_ASIDE.get(status) or _not_ordered(node, kind)
    if reason is not None:
        return record.set_aside(reason, concept)
    if node.choice("medication") is None:
        raise node.malformed(
            "medication[x]", "The record does not say which drug.", "missing-element"
        )
    dosed = _dosages(node, dosages)
    when = (
        _ordered(record, status, dosed) if kind == "MedicationRequest" else _given(record, status)
    )
    routes = [read_concept(held) for one in dosed if (held := one.child("route")) is not None]
    intents = read_intents(node)
    if drug is None:
        notice = record.notice("unrecognised", "drug-not-found", concept)
        return Reading("unrecognised", notices=[notice])
    concept = record.understood("drug", concept)
    found = meaning("drug", concept)
    if found.state != "classes":
        return record.unused(concept, found)
    return Reading("used", list(_courses(record, concept, found, when, routes, intents, status)))


def _not_ordered(node: Node, kind: str) -> str | None:
    """Why a request is not an order that counts."""
    if kind != "MedicationRequest":
        return None
    if node.flag("doNotPerform"):
        return "do-not-perform"
    return "not-an-order" if node.word("intent", _INTENTS) in _NOT_ORDERS else None


def _dosages(node: Node, key: str) -> list[Node]:
    """The dosage instructions; an administration has a single one, not in a list."""
    if type(node.data.get(key)) is dict:
        held = node.child(key)
        return [held] if held is not None else []
    return list(node.children(key))


# --- which drug --------------------------------------------------------------------------------


def _drug(record: Record) -> Concept | None:
    """The code of the drug: on the record, contained in it, or of a Medication in the Bundle; None: not found."""
    node = record.node
    key = node.choice("medication")
    if key == "medicationCodeableConcept":
        return read_concept(node.child(key))
    if key is None:
        return NOTHING
    if key != "medicationReference":
        raise node.malformed(key, f"FHIR has no “{key}” here.")
    reference = node.child(key)
    assert reference is not None
    text = reference.text("reference")
    if text and text.startswith("#"):
        held = record.contained(text[1:])
    else:
        entry = record.index.resolve(reference, "Medication")
        held = entry.node if entry is not None else None
    return None if held is None else read_concept(held.child("code"))


def _named(node: Node) -> Concept:
    """What a record calls a drug that could not be found."""
    held = node.data.get("medicationReference")
    if type(held) is not dict:
        return NOTHING
    return Concept((), str(held.get("display") or held.get("reference") or "")[:200])


# --- when --------------------------------------------------------------------------------------


def _given(record: Record, status: str) -> Dates:
    """Of an administration or a statement."""
    timing = record.timing("effective")
    over = status in ("completed", "stopped")
    span = finished(record, timing) if over else going_on(record, timing)
    return Dates(span, own_date(record, timing, over=over))


def _ordered(record: Record, status: str, dosages: list[Node]) -> Dates:
    """Of an order: its bounds, else the day it was written."""
    authored = record.past(record.date(record.node, "authoredOn"))
    periods = [record.period(held) for held in _bounds(dosages)]
    first = record.past(dates.earliest_of([start for start, _ in periods if start is not None]))
    over = status == "completed"
    ends = [record.past(end) if over else end for _, end in periods if end is not None]
    last = dates.latest_of([end for end in ends if end]) if len(ends) == len(periods) else None
    start = first or authored
    own = latest(authored, last if over and last else first)
    return Dates(_order_span(record, status, start, last), own)


def _order_span(record: Record, status: str, start: Days | None, last: Days | None) -> Span:
    if status == "completed":
        if last is not None:
            return in_order(start or Days(None, last.last), last)
        return Span(start or open_past(record), ended_by(start, record.received_on), "unknown")
    if status == "stopped":
        begun = start or open_past(record)
        return in_order(begun, _stopped(record, start, last))._replace(ended="unknown")
    return Span(start, None, "ongoing") if last is None else in_order(start, last)


def _stopped(record: Record, start: Days | None, last: Days | None) -> Days:
    """A stopped order ended on an unknown day, at the latest at its planned end, never after receipt."""
    end = ended_by(start, record.received_on)
    if last is None or last.last is None or end.last is None or last.last >= end.last:
        return end
    first = end.first
    return Days(first, last.last if first is None else max(first, last.last))


def _bounds(dosages: list[Node]) -> Iterator[Node]:
    for dosage in dosages:
        timing = dosage.child("timing")
        repeat = timing.child("repeat") if timing is not None else None
        bounds = repeat.child("boundsPeriod") if repeat is not None else None
        if bounds is not None:
            yield bounds


# --- what it is --------------------------------------------------------------------------------


def _courses(
    record: Record,
    concept: Concept,
    found: Meaning,
    when: Dates,
    routes: list[Concept],
    intents: tuple[Literal["adjuvant", "neoadjuvant", "palliative"] | None, ...],
    status: str,
) -> Iterator[Course]:
    """One course for each intent, and for a corticosteroid for each exposure, as if a record each."""
    products = found.classes & _PRODUCTS.keys()
    classes = (found.classes - products) | ({"corticosteroid"} if products else set())
    exposures: tuple[Exposure | None, ...] = _exposures(products, routes) if products else (None,)
    for intent in intents:
        for exposure in exposures:
            yield Course(
                ref=record.ref,
                label=concept.shown,
                code=found.code,
                classes=frozenset(classes),
                intent=intent,
                exposure=exposure,
                start=when.span.start,
                end=when.span.end,
                ended=when.span.ended,
                uncertain=status in _UNCERTAIN,
                own=when.own,
            )


def _exposures(products: frozenset[str], routes: list[Concept]) -> tuple[Exposure, ...]:
    """Where a corticosteroid acts: by the routes of the record, else by the product."""
    found: dict[Exposure, None] = {}
    for route in routes:
        known = [_ROUTES[code] for code in route.of("snomed") if code in _ROUTES]
        found |= dict.fromkeys(known or ["undetermined"])
    if found:
        return tuple(found)
    return (_PRODUCTS[next(iter(products))] if len(products) == 1 else "undetermined",)
