"""OBX: the value, its unit and its reference range as FHIR says them. What cannot be read stays text, never a guess."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from patients.intake.forms import UCUM
from patients.intake.hl7v2.coded import concept
from patients.intake.hl7v2.faults import Remark
from patients.intake.hl7v2.sending import Sender
from patients.intake.hl7v2.syntax import NULL, Parts, Segment, unescaped

_NUMBER: Final = r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})"
_BOUND: Final = re.compile(rf"(<=|>=|<|>)\s*({_NUMBER})", re.ASCII)
_SPAN: Final = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})", re.ASCII)
_ABOVE: Final = re.compile(rf"(<=?|>)\s*({_NUMBER})", re.ASCII)
_PLAIN: Final = re.compile(_NUMBER, re.ASCII)
TEXTS: Final = ("ST", "TX", "FT")
CODED: Final = ("CE", "CWE", "CF", "CNE")


def value_of(obx: Segment, sender: Sender, remarks: list[Remark]) -> dict[str, Any]:
    """The element ``value[x]`` of OBX-5 by OBX-2; nothing where OBX-5 is empty."""
    raw = obx.written(5)
    if not raw or raw == NULL:
        return {}
    kind = obx.text(2)
    repeated = obx.repetitions(5)
    if len(repeated) > 1 and kind not in ("TX", "FT"):
        return _as_text(obx, remarks, "Several values in one result are not read as one.")
    if kind == "NM":
        text = obx.text(5)
        if _PLAIN.fullmatch(text) and len(obx.parts(5)) == 1:
            return {"valueQuantity": quantity(text, "", obx)}
        return _as_text(obx, remarks, "The value is said to be a number and is none.")
    if kind == "SN":
        return _structured(obx, remarks)
    if kind in TEXTS:
        return _text(obx)
    if kind in CODED:
        said = concept(obx.parts(5), sender)
        return (
            {"valueCodeableConcept": said} if said else _as_text(obx, remarks, "No code is given.")
        )
    return _as_text(obx, remarks, f"Values of type “{kind[:5]}” are not interpreted.")


def _text(obx: Segment) -> dict[str, Any]:
    whole = "\n".join(
        unescaped(one.replace(obx.signs.component, " "), obx.signs) for one in obx.repetitions(5)
    ).strip()
    bound = _BOUND.fullmatch(whole)
    if bound is not None and obx.text(2) == "ST":
        return {"valueQuantity": quantity(bound[2], bound[1], obx)}
    return {"valueString": whole} if whole else {}


def _structured(obx: Segment, remarks: list[Remark]) -> dict[str, Any]:
    """SN: comparator and number; a range or a ratio is not interpreted."""
    parts = obx.parts(5)
    comparator, number = parts.text(1), parts.text(2)
    plain = _PLAIN.fullmatch(number) and not parts.text(3) and not parts.text(4)
    if plain and comparator in ("", "=", "<", "<=", ">", ">="):
        return {"valueQuantity": quantity(number, comparator.removeprefix("="), obx)}
    return _as_text(obx, remarks, "A range, a ratio or an unknown comparator is not interpreted.")


def _as_text(obx: Segment, remarks: list[Remark], why: str) -> dict[str, Any]:
    remarks.append(Remark("not-interpretable", obx.place(5), why))
    # Marked as what it is: a bare word such as “negative” in a number's place must not pass for an answer.
    return {
        "valueString": f"{obx.text(2) or 'no type'}: {unescaped(obx.written(5), obx.signs)[:2000]}"
    }


def quantity(number: str, comparator: str, obx: Segment) -> dict[str, Any]:
    """A FHIR Quantity in the unit of OBX-6."""
    said: dict[str, Any] = {"value": Decimal(number)}
    if comparator:
        said["comparator"] = comparator
    return said | unit_of(obx.parts(6))


def unit_of(parts: Parts) -> dict[str, Any]:
    """The unit: a UCUM code where either triplet says so, else its text, which the table of units may know."""
    for first in (1, 4):
        code, shown, system = (parts.text(first + step) for step in range(3))
        if code and system.upper() == "UCUM":
            return {"unit": shown or code, "system": UCUM, "code": code}
    shown = parts.text(1) or parts.text(2)
    return {"unit": shown} if shown else {}


def range_of(obx: Segment) -> dict[str, Any]:
    """OBX-7 as a reference range in the unit of OBX-6; other text is kept as text and gives no limit."""
    text = unescaped(obx.written(7), obx.signs).strip()
    if not text or text == NULL:
        return {}
    limits: dict[str, Any] = {}
    span, one = _SPAN.fullmatch(text), _ABOVE.fullmatch(text)
    if span is not None and Decimal(span[1]) <= Decimal(span[2]):
        limits = {"low": quantity(span[1], "", obx), "high": quantity(span[2], "", obx)}
    elif one is not None:
        limits = {("low" if one[1] == ">" else "high"): quantity(one[2], "", obx)}
    return {"referenceRange": [limits | {"text": text}]}
