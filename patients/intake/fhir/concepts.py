"""CodeableConcepts: their codings, what the dictionary makes of them, and what people call them."""

from __future__ import annotations

from typing import NamedTuple

from patients.codes.loader import system_of
from patients.codes.lookup import Kind, Standing, State, classify, name_of
from patients.intake.fhir.shapes import Node


class Coding(NamedTuple):
    system: str
    code: str
    display: str


class Concept(NamedTuple):
    """A CodeableConcept: codings without a code are left out."""

    codings: tuple[Coding, ...]
    text: str

    @property
    def shown(self) -> str:
        """What people call it, as reported."""
        if self.text:
            return self.text
        for coding in self.codings:
            if coding.display:
                return coding.display
        return name_of(self.codings[0].code) if self.codings else ""

    def of(self, system: str) -> tuple[str, ...]:
        """The codes of one code system, by its short name in the dictionary."""
        return tuple(c.code for c in self.codings if system_of(c.system) == system)


NOTHING = Concept((), "")


def read_coding(node: Node) -> Coding:
    return Coding(
        node.text("system") or "", (node.text("code") or "").strip(), node.text("display") or ""
    )


def read_concept(node: Node | None) -> Concept:
    """The concept, empty when the element is missing. Raises `Malformed`."""
    if node is None:
        return NOTHING
    codings = tuple(coding for coding in map(read_coding, node.children("coding")) if coding.code)
    return Concept(codings, (node.text("text") or "").strip())


class Meaning(NamedTuple):
    """What the dictionary makes of a whole concept: every recognised coding counts."""

    state: State
    classes: frozenset[str]
    certain: frozenset[str]
    """Classes that at least one coding states without the reservation of being provisional."""
    code: str
    """The first coding that decided, as reported."""
    coding: Coding | None


def meaning(kind: Kind, concept: Concept) -> Meaning:
    classes: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()
    first: Coding | None = None
    idle: Coding | None = None
    for coding in concept.codings:
        standing: Standing = classify(kind, coding.system, coding.code)
        if standing.state == "classes":
            first = first or coding
            classes |= standing.classes
            if not standing.provisional:
                certain |= standing.classes
        elif standing.state == "not-used":
            idle = idle or coding
    if first is not None:
        return Meaning("classes", classes, certain, first.code, first)
    if idle is not None:
        return Meaning("not-used", classes, certain, idle.code, idle)
    code = concept.codings[0].code if concept.codings else ""
    return Meaning("unrecognised", classes, certain, code, None)
