"""Values of observations: numbers with units, positive or negative, scores - or not interpretable."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from patients.codes.loader import CONTENT, enabled, system_of
from patients.codes.units import read_amount
from patients.intake.fhir.concepts import Concept, read_concept
from patients.intake.fhir.shapes import Malformed, Node
from patients.values import Amount, Comparator, Score, Sign, Unreadable, Value

_ANSWERS: Final = CONTENT["answers"]
_CODED: Final = {
    code: positive
    for name, positive in (("positive", True), ("negative", False))
    for code in enabled(_ANSWERS[name]["snomed"])
}
_WORDS: Final = {
    word: positive
    for name, positive in (("positive", True), ("negative", False))
    for word in _ANSWERS[name]["words"]
}
_PREGNANCY: Final = dict.fromkeys(enabled(_ANSWERS["pregnant"]["snomed"]), True) | dict.fromkeys(
    enabled(_ANSWERS["not-pregnant"]["snomed"]), False
)
_ECOG: Final = {code: int(score) for code, score in _ANSWERS["ecog"]["loinc"].items()}
_ECOG_UNITS: Final = frozenset(_ANSWERS["ecog"]["units"])
_COMPARATORS: Final[dict[str, Comparator]] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


class Quantity(NamedTuple):
    value: Decimal
    comparator: Comparator | None
    system: str | None
    code: str | None
    unit: str | None

    @property
    def bare(self) -> bool:
        """With neither a unit nor a code."""
        return not self.unit and not self.code

    def amount(self, analyte: str) -> Amount:
        return read_amount(
            analyte,
            self.value,
            comparator=self.comparator,
            system=self.system,
            code=self.code,
            unit=self.unit,
        )

    @property
    def shown(self) -> str:
        unit = self.unit or self.code
        return f"{self.comparator or ''}{self.value}{' ' + unit if unit else ''}"


def read_quantity(node: Node) -> Quantity:
    """A Quantity with a number. Raises `Malformed`."""
    value = node.number("value")
    if value is None:
        raise node.malformed("value", "The quantity has no number.", "missing-element")
    comparator = node.text("comparator")
    if comparator is not None and comparator not in _COMPARATORS:
        raise node.malformed("comparator", f"“{comparator[:10]}” is not a comparator.")
    return Quantity(
        value,
        _COMPARATORS[comparator] if comparator is not None else None,
        node.text("system"),
        node.text("code"),
        node.text("unit"),
    )


_Raw = Quantity | Concept | str | Decimal


def read_value(node: Node, analyte: str, *, logarithm: bool = False) -> Value | None:
    """The value of an observation (or of a component) as `analyte`, or ``lesion``; None when it is absent.

    A value that is there and cannot be understood is `Unreadable`, never a structural fault of the record.
    """
    try:
        key = node.choice("value")
        if key is None or _said_to_be_absent(node, key):
            return None
        if "dataAbsentReason" in node:
            return Unreadable("a value, and a reason why there is none")
        raw = _raw(node, key)
    except Malformed as fault:
        return Unreadable(f"malformed: {fault.detail}")
    if raw is None:
        return Unreadable(f"a value of type {key.removeprefix('value')[:40]}")
    return _understood(raw, _READING.get(analyte, "amount"), analyte, logarithm=logarithm)


_READING: Final[dict[str, str]] = {n: e["reading"] for n, e in CONTENT["analytes"].items()}


def _said_to_be_absent(node: Node, key: str) -> bool:
    """Whether the value stands only for the reason why there is none."""
    held = node.data.get(key)
    if type(held) is not dict or "value" in held or "coding" in held or "text" in held:
        return False
    value = node.child(key)
    assert value is not None
    inner = held.get("_value")
    return any(True for _ in value.extensions(ABSENT)) or (
        type(inner) is dict and any(True for _ in Node(inner, value, "_value").extensions(ABSENT))
    )


def _raw(node: Node, key: str) -> _Raw | None:
    if key == "valueQuantity":
        held = node.child(key)
        assert held is not None
        return read_quantity(held)
    if key == "valueCodeableConcept":
        return read_concept(node.child(key))
    if key == "valueString":
        return node.text(key)
    if key == "valueInteger":
        number = node.number(key)
        if number is not None and number != number.to_integral_value():
            raise node.malformed(key, "An integer is expected here.")
        return number
    return None


def _understood(raw: _Raw, reading: str, analyte: str, *, logarithm: bool) -> Value:
    unreadable = Unreadable(_shown(raw))
    if reading == "sign":
        return _sign(raw) or unreadable
    if reading == "virus":
        return _sign(raw) or _virus(raw, logarithm=logarithm) or unreadable
    if reading == "pregnancy-status":
        return _pregnancy(raw) or unreadable
    if reading == "ecog":
        return _ecog(raw) or unreadable
    number = Quantity(raw, None, None, None, None) if isinstance(raw, Decimal) else raw
    if not isinstance(number, Quantity):
        return unreadable
    if reading == "number":
        return Amount(number.value, number.comparator, number.unit or "", None, None, None)
    return number.amount(analyte)


def _shown(raw: _Raw) -> str:
    if isinstance(raw, Quantity | Concept):
        return raw.shown[:80]
    return str(raw)[:80]


def shown_value(node: Node) -> str:
    """A value as people read it; empty when there is none that can be shown."""
    try:
        key = node.choice("value")
        raw = None if key is None else _raw(node, key)
    except Malformed:
        return ""
    return "" if raw is None else _shown(raw)


def _sign(raw: _Raw) -> Sign | None:
    """Positive or negative: by code, else by the whole text."""
    if isinstance(raw, Concept):
        coded = {_CODED[code] for code in raw.of("snomed") if code in _CODED}
        said = _word(raw.text)
        if said is not None:
            coded.add(said)
        return Sign(coded.pop(), raw.shown) if len(coded) == 1 else None
    if isinstance(raw, str):
        said = _word(raw)
        return None if said is None else Sign(said, raw)
    return None


def _word(text: str) -> bool | None:
    return _WORDS.get(" ".join(text.casefold().split()))


def _virus(raw: _Raw, *, logarithm: bool) -> Sign | None:
    """A viral load, whatever its unit: zero is negative, more is positive; an upper bound says nothing."""
    if isinstance(raw, Decimal):
        raw = Quantity(raw, None, None, None, None)
    if not isinstance(raw, Quantity) or raw.comparator in ("<", "<="):
        return None
    if logarithm or raw.value > 0 or (raw.comparator == ">" and raw.value == 0):
        return Sign(positive=True, text=raw.shown)
    if raw.value == 0 and raw.comparator is None:
        return Sign(positive=False, text=raw.shown)
    return None


def _pregnancy(raw: _Raw) -> Sign | None:
    if not isinstance(raw, Concept):
        return None
    coded = {_PREGNANCY[code] for code in raw.of("snomed") if code in _PREGNANCY}
    return Sign(coded.pop(), raw.shown) if len(coded) == 1 else None


def _ecog(raw: _Raw) -> Score | Amount | None:
    """A whole number from 0 to 5, without a unit or as a score, or one of the coded answers."""
    if isinstance(raw, Concept):
        coded = {_ECOG[code] for code in raw.of("loinc") if code in _ECOG}
        return Score(coded.pop()) if len(coded) == 1 else None
    number = raw
    if isinstance(raw, Quantity):
        unit = raw.code if raw.code and system_of(raw.system) == "ucum" else raw.unit
        if unit and unit not in _ECOG_UNITS:
            return Amount(raw.value, raw.comparator, raw.unit or unit, None, None, "unit")
        if raw.comparator is not None:
            return None
        number = raw.value
    if isinstance(number, Decimal) and number in (0, 1, 2, 3, 4, 5):
        return Score(int(number))
    return None
