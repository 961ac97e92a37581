"""Sizes of tumours: the longest dimension, how it was measured, and which lesion it is."""

from __future__ import annotations

import re
from typing import Final, Literal

from patients.codes.loader import CONTENT, enabled
from patients.codes.lookup import classify
from patients.facts import Lesion, Method
from patients.intake.fhir.concepts import Concept, Meaning, meaning, read_concept
from patients.intake.fhir.dates import latest
from patients.intake.fhir.record import Record
from patients.intake.fhir.shapes import Node
from patients.intake.fhir.timing import Collected
from patients.intake.fhir.values import read_value
from patients.values import Amount, Unreadable

SIZE: Final = "tumour-size"
DIMENSION: Final = "longest-dimension"

_METHODS: Final = {
    code: name
    for name, entry in CONTENT["methods"].items()
    for code in enabled(entry["snomed"])
    if name != "other"
}
_CT_WORDS: Final = CONTENT["methods"]["ct"]
# “non spiral”, with any dash or blank, is read like “non-spiral”: it must never pass for a spiral scan.
_NON_SPIRAL: Final = re.compile(r"\b(non|not)[\s\-\u2010-\u2015]+(spiral|helical)")


def read_lesions(
    record: Record, found: Meaning, concept: Concept, when: Collected, *, counts: bool
) -> list[Lesion]:
    """One measurement for every longest dimension of the observation."""
    node = record.node
    method, method_text = _method(node.child("method"))
    sites = [read_concept(node.child("bodySite"))]
    focus, located = _focus(record)
    sites += located
    return [
        Lesion(
            ref=record.ref,
            label=concept.shown,
            code=found.code,
            size=size,
            counts=counts,
            collected=when.collected,
            issued=when.issued.instant if when.issued else None,
            method=method,
            method_text=method_text,
            focus=focus,
            site=_site(sites[0]),
            in_brain=any(_in_brain(site) for site in sites),
            removed="specimen" in node,
            own=latest(when.collected, when.issued),
        )
        for size in _sizes(node, found)
    ]


def _sizes(node: Node, found: Meaning) -> list[Amount | Unreadable | None]:
    if DIMENSION in found.classes and (node.choice("value") is not None or "component" not in node):
        return [_size(node)]
    sizes = [
        _size(component)
        for component in node.children("component")
        if DIMENSION in meaning("observation", read_concept(component.child("code"))).classes
    ]
    if not sizes and node.choice("value") is not None:
        return [Unreadable("a size without saying which dimension")]
    return sizes


def _size(node: Node) -> Amount | Unreadable | None:
    value = read_value(node, "lesion")
    return value if value is None or isinstance(value, Amount) else Unreadable(_text(value))


def _text(value: object) -> str:
    return value.text if isinstance(value, Unreadable) else str(value)


def _method(node: Node | None) -> tuple[Method | None, str]:
    """The method of measurement, and its text as reported."""
    if node is None:
        return None, ""
    concept = read_concept(node)
    known = {_METHODS[code] for code in concept.of("snomed") if code in _METHODS}
    if len(known) != 1:
        return "other", concept.shown
    name = known.pop()
    return (_ct(concept.text) if name == "ct" else _PLAIN[name]), concept.shown


_PLAIN: Final[dict[str, Method]] = {"x-ray": "x-ray", "physical-exam": "physical-exam"}


def _ct(text: str) -> Literal["ct-spiral", "ct-non-spiral", "ct-unspecified"]:
    said = text.casefold()
    if any(word in said for word in _CT_WORDS["non-spiral-words"]) or _NON_SPIRAL.search(said):
        return "ct-non-spiral"
    return (
        "ct-spiral" if any(word in said for word in _CT_WORDS["spiral-words"]) else "ct-unspecified"
    )


def _focus(record: Record) -> tuple[str | None, list[Concept]]:
    """The body structure the measurement is of, and where that lies."""
    for focus in record.node.children("focus"):
        text = focus.text("reference")
        if text and text.startswith("#"):
            contained = record.contained(text[1:])
            if contained is not None:
                return f"{record.ref}{text}", [read_concept(contained.child("location"))]
            return f"{record.ref}{text}", []
        entry = record.index.resolve(focus, "BodyStructure")
        if entry is not None:
            return entry.ref, [read_concept(entry.node.child("location"))]
        other = record.index.find(text) if text else None
        if text and other is None:
            return text, []
        held = focus.child("identifier")
        if text is None and held is not None and held.text("value"):
            return f"{held.text('system') or ''}|{held.text('value')}", []
    return None, []


def _site(concept: Concept) -> str | None:
    if concept.codings:
        return f"{concept.codings[0].system}|{concept.codings[0].code}"
    return concept.text or None


def _in_brain(concept: Concept) -> bool:
    return any("brain" in classify("body-site", c.system, c.code).classes for c in concept.codings)
