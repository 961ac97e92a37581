"""Trees with something odd in them: an element gone, doubled, moved, of another type or of an odd value."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

Way = tuple[str | int, ...]

TEXTS = (
    *("", " ", "\u200b", "x" * 300, "2026-13", "2026-02-30", "2026-11-20T08:30:00", "0000", "9999-12-31"),
    *("2026-11-20T25:00:00Z", "Patient/p", "Patient/p/_history/1", "#m1", "urn:uuid:x", "Observation/"),
    *("final", "entered-in-error", "active", "resolved", "refuted", "stopped", "not-done", "<", ">="),
    *("http://loinc.org", "777-3", "http://hl7.org/fhir/sid/icd-10", "C43.9", "10*9/L", "mg/dL", "١"),
)  # fmt: skip
OTHERS: tuple[Any, ...] = (0, -1, 1.5, 10**39, 1e-39, True, False, None, [], {})
KEYS = (
    *("resourceType", "id", "identifier", "fullUrl", "meta", "lastUpdated", "contained", "extension", "url"),
    *("modifierExtension", "implicitRules", "subject", "patient", "individual", "reference", "focus", "partOf"),
    *("status", "clinicalStatus", "verificationStatus", "intent", "doNotPerform", "code", "coding", "system"),
    *("value", "valueQuantity", "valueString", "valueCode", "dataAbsentReason", "comparator", "unit", "component"),
    *("effectiveDateTime", "effectivePeriod", "start", "end", "issued", "onsetDateTime", "abatementString"),
    *("performedPeriod", "_status", "_effectiveDateTime", "referenceRange", "low", "high", "age", "performer"),
    *("medicationReference", "medicationCodeableConcept", "dosageInstruction", "boundsPeriod", "category"),
    *("bodySite", "method", "specimen", "birthDate", "gender", "deceasedBoolean", "deceasedDateTime", "request"),
)  # fmt: skip


def mutated(tree: Any, draw: Random) -> Any:
    """`tree` itself, changed in one to five places."""
    for _ in range(draw.choice((1, 1, 1, 2, 3, 5))):
        every = list(_ways(tree))
        way = draw.choice(every)
        if way:
            _change(tree, way, every, draw)
    return tree


def _ways(tree: Any, way: Way = ()) -> Iterator[Way]:
    yield way
    if isinstance(tree, dict):
        for key, one in tree.items():
            yield from _ways(one, (*way, key))
    elif isinstance(tree, list):
        for place, one in enumerate(tree):
            yield from _ways(one, (*way, place))


def _at(tree: Any, way: Way) -> Any:
    for step in way:
        tree = tree[step]
    return tree


def _change(tree: Any, way: Way, every: list[Way], draw: Random) -> None:
    holder, last = _at(tree, way[:-1]), way[-1]
    held = holder[last]
    what = draw.randrange(8)
    if what == 0:
        del holder[last]
    elif what == 1 and isinstance(holder, list):
        holder.insert(draw.randrange(len(holder) + 1), copy.deepcopy(held))
    elif what == 2 and isinstance(holder, dict):
        holder[draw.choice(KEYS)] = holder.pop(last)
    elif what == 3 and isinstance(holder, dict):
        holder[draw.choice(KEYS)] = _value(tree, every, draw)
    elif what == 4:
        holder[last] = held[0] if isinstance(held, list) and held else [held]
    elif what == 5 and isinstance(held, str) and held:
        at = draw.randrange(len(held))
        holder[last] = (
            held[:at] + draw.choice(("", "0", "9", "-", "T", "Z", " ", "/")) + held[at + 1 :]
        )
    else:
        holder[last] = _value(tree, every, draw)


def _value(tree: Any, every: list[Way], draw: Random) -> Any:
    found = draw.choice((draw.choice(TEXTS), draw.choice(OTHERS), _at(tree, draw.choice(every))))
    return copy.deepcopy(found)
