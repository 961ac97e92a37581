"""The intent of a treatment, from its extension only; it is never inferred."""

from __future__ import annotations

from typing import Final, Literal

from patients.codes.loader import CONTENT, enabled
from patients.intake.fhir.concepts import read_concept
from patients.intake.fhir.shapes import Node

_MCODE: Final = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
URLS: Final = (f"{_MCODE}mcode-procedure-intent", f"{_MCODE}mcode-treatment-intent")

Intent = Literal["adjuvant", "neoadjuvant", "palliative"]


def _intents() -> dict[str, Intent | None]:
    table = CONTENT["intents"]
    stated: tuple[Intent, ...] = ("adjuvant", "neoadjuvant", "palliative")
    known: dict[str, Intent | None] = dict.fromkeys(enabled(table["not-stated"]["snomed"]))
    for intent in stated:
        known |= dict.fromkeys(enabled(table[intent]["snomed"]), intent)
    return known


_INTENTS: Final = _intents()


def read_intents(node: Node) -> tuple[Intent | None, ...]:
    """Every intent the record states, each once; a single None when it states none."""
    found: dict[Intent | None, None] = {}
    for url in URLS:
        for extension in node.extensions(url):
            codes = read_concept(extension.child("valueCodeableConcept")).of("snomed")
            known = [_INTENTS[code] for code in codes if code in _INTENTS]
            found |= dict.fromkeys(known or [None])
    return tuple(found) or (None,)
