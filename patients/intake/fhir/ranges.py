"""Reference ranges printed beside a result."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from patients.codes.loader import system_of
from patients.facts import ReferenceRange
from patients.intake.fhir.concepts import read_concept
from patients.intake.fhir.shapes import Malformed, Node
from patients.intake.fhir.values import Quantity, read_quantity
from patients.values import Amount

_SEXES: Final[dict[tuple[str, str], Literal["female", "male"]]] = {
    ("gender", "female"): "female",
    ("gender", "male"): "male",
    ("snomed", "248152002"): "female",
    ("snomed", "248153007"): "male",
}


def read_ranges(node: Node, analyte: str) -> tuple[ReferenceRange, ...]:
    """The ranges of an observation of `analyte`. Raises `Malformed`."""
    if "referenceRange" not in node:
        return ()
    result = _unit_of_result(node)
    return tuple(_read(one, analyte, result) for one in node.children("referenceRange"))


def _unit_of_result(node: Node) -> Quantity | None:
    try:
        held = node.child("valueQuantity")
        return read_quantity(held) if held is not None else None
    except Malformed:
        return None


def _read(node: Node, analyte: str, result: Quantity | None) -> ReferenceRange:
    sex, understood = _population(node)
    age_low, age_high, in_years = _ages(node.child("age"))
    return ReferenceRange(
        high=_limit(node.child("high"), analyte, result),
        low=_limit(node.child("low"), analyte, result),
        sex=sex,
        age_low=age_low,
        age_high=age_high,
        excluded=not (understood and in_years and _is_normal(node.child("type"))),
    )


def _limit(node: Node | None, analyte: str, result: Quantity | None) -> Amount | None:
    """A limit in its own unit, or in the result's when it has neither unit nor code."""
    if node is None or "value" not in node:
        return None
    limit = read_quantity(node)
    if limit.comparator is not None:
        raise node.malformed("comparator", "A limit of a reference range has no comparator.")
    if limit.bare and result is not None:
        limit = Quantity(limit.value, None, result.system, result.code, result.unit)
    return limit.amount(analyte)


def _is_normal(node: Node | None) -> bool:
    """Type absent or ``normal``."""
    if node is None:
        return True
    return any(
        coding.code == "normal"
        and (not coding.system or system_of(coding.system) == "range-meaning")
        for coding in read_concept(node).codings
    )


def _population(node: Node) -> tuple[Literal["female", "male"] | None, bool]:
    """The sex the range is for, and whether its population is understood at all."""
    sexes: set[Literal["female", "male"]] = set()
    for one in node.children("appliesTo"):
        concept = read_concept(one)
        known = {
            _SEXES[key]
            for coding in concept.codings
            if (key := (system_of(coding.system) or "", coding.code)) in _SEXES
        }
        if len(known) != 1:
            return None, False
        sexes |= known
    if len(sexes) > 1:
        return None, False
    return (sexes.pop() if sexes else None), True


def _ages(node: Node | None) -> tuple[Decimal | None, Decimal | None, bool]:
    """Completed years, both ends included, and whether the limits are in years."""
    if node is None:
        return None, None, True
    limits: list[Decimal | None] = []
    for key in ("low", "high"):
        held = node.child(key)
        quantity = None if held is None or "value" not in held else read_quantity(held)
        if quantity is not None and not _in_years(quantity):
            return None, None, False
        limits.append(None if quantity is None else quantity.value)
    return limits[0], limits[1], True


def _in_years(quantity: Quantity) -> bool:
    if quantity.comparator is not None:
        return False
    if quantity.code and system_of(quantity.system) == "ucum":
        return quantity.code == "a"
    return quantity.bare or quantity.unit == "a"
