"""Quantities in the units of the dictionary: exact, or with the fault named.

A unit is a UCUM code when its system says so; the text beside it is then for display. Otherwise the text is read,
first as one of the accepted UCUM codes, then by the alias table (letter case matters, blanks do not). Nothing is ever
guessed from the size of a number, and mass and molar concentrations are never converted into each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any, Final, NamedTuple

from patients.codes.loader import CONTENT, system_of
from patients.values import Amount, Comparator

EXACT: Final = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
"""Arithmetic that raises rather than rounds. Numbers of intake have at most 40 digits and exponents up to 40."""

_ANNOTATION: Final = re.compile(r"\{[!-z|~]*\}(?=/)")


class _Unit(NamedTuple):
    dimension: str
    factor: Decimal


class _Limits(NamedTuple):
    low: Decimal
    high: Decimal
    also: Decimal | None


class _Measure(NamedTuple):
    units: Mapping[str, _Unit]
    annotated: bool
    as_reported: bool


def _measure(entry: Mapping[str, Any]) -> _Measure:
    units = {
        code: _Unit(unit["dimension"], Decimal(unit["factor"]))
        for code, unit in entry["units"].items()
    }
    return _Measure(units, entry.get("annotated", False), entry.get("any", False))


def _limits(entry: Mapping[str, Any]) -> dict[str, _Limits]:
    return {
        dimension: _Limits(
            Decimal(limit["low"]),
            Decimal(limit["high"]),
            Decimal(limit["also"]) if "also" in limit else None,
        )
        for dimension, limit in entry.get("plausible", {}).items()
    }


_ALIASES: Final[Mapping[str, str]] = CONTENT["unit-aliases"]
_MEASURES: Final = {name: _measure(entry) for name, entry in CONTENT["measures"].items()}
_ANALYTES: Final[Mapping[str, tuple[_Measure, Mapping[str, _Limits]]]] = {
    name: (_MEASURES[entry["measure"]], _limits(entry))
    for name, entry in CONTENT["analytes"].items()
    if "measure" in entry
} | {"lesion": (_MEASURES["length"], _limits(CONTENT["measures"]["length"]))}


def read_amount(
    analyte: str,
    value: Decimal,
    *,
    comparator: Comparator | None = None,
    system: str | None = None,
    code: str | None = None,
    unit: str | None = None,
) -> Amount:
    """`value` of `analyte` (or ``lesion``) with its unit understood.

    `system`, `code` and `unit` are those of a FHIR Quantity. The bound of a comparator is checked for plausibility
    like a value.
    """
    measure, limits = _ANALYTES[analyte]
    shown = unit or code or ""
    key = _unit_key(code if system_of(system) == "ucum" else None, unit)
    known = _resolved(measure, key) if key else None
    if known is None:
        return Amount(value, comparator, shown, None, None, "unit")
    canonical = EXACT.multiply(value, known.factor)
    limit = limits.get(known.dimension)
    fault = None if limit is None or _plausible(canonical, limit) else "implausible"
    return Amount(value, comparator, shown, known.dimension, canonical, fault)  # type: ignore[arg-type]


def _unit_key(ucum: str | None, unit: str | None) -> str:
    """The UCUM code that a quantity names, or the text of its unit without blanks."""
    if ucum:
        return ucum
    text = "".join((unit or "").split())
    return _ALIASES.get(text, text)


def _resolved(measure: _Measure, key: str) -> _Unit | None:
    if measure.as_reported:
        return _Unit(f"code:{key}", Decimal(1))
    known = measure.units.get(key)
    if known is None and measure.annotated:
        known = measure.units.get(_ANNOTATION.sub("", key, count=1))
    return known


def _plausible(canonical: Decimal, limit: _Limits) -> bool:
    return limit.low <= canonical <= limit.high or canonical == limit.also
