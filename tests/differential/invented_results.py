"""Invented laboratory results on and beside the limits, in many units."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.differential.draft import (
    LOINC,
    SNOMED,
    Draft,
    Json,
    concept,
)
from tests.naive import codes

RESULT_STATUSES = "final " * 12 + "amended corrected preliminary registered cancelled unknown "
COUNT_UNITS = (
    ("10*9/L", 1),
    ("10*3/uL", 1),
    ("10*3/mm3", 1),
    ("10*6/mL", 1),
    ("10*6/L", 1000),
    ("/uL", 1000),
    ("/mm3", 1000),
    ("{cells}/uL", 1000),
    ("10*9{cells}/L", 1),
)
COUNT_ALIASES = (("x10^9/L", 1), ("G/L", 1), ("K/uL", 1), ("cells/mm3", 1000), ("/cumm", 1000))
UNITS = {
    "granulocytes": COUNT_UNITS,
    "neutrophils": COUNT_UNITS,
    "platelets": COUNT_UNITS,
    "bilirubin": (("umol/L", 1), ("mmol/L", Decimal("0.001"))),
    "creatinine": (("umol/L", 1), ("mmol/L", Decimal("0.001"))),
    "ast": (("U/L", 1), ("kU/L", Decimal("0.001")), ("mU/mL", 1)),
    "alt": (("U/L", 1), ("kU/L", Decimal("0.001")), ("mU/mL", 1)),
}
ALIASES = {
    "bilirubin": (("\u00b5mol/L", 1), ("\u03bcmol/L", 1), ("mcmol/L", 1)),
    "creatinine": (("\u00b5mol/L", 1), ("mcmol/L", 1)),
    "ast": (("IU/L", 1),),
    "alt": (("IU/L", 1),),
}
LIMITS = {"granulocytes": "1.5", "neutrophils": "1.5", "platelets": "100"}
NORMAL_HIGH = {"bilirubin": "20", "creatinine": "90", "ast": "35", "alt": "40"}
TIMES = {"bilirubin": "1", "creatinine": "1.5", "ast": "2.5", "alt": "2.5"}
GOOD = {"granulocytes": "3.9", "neutrophils": "3.9", "platelets": "231"}


def decimal(text: str, factor: Any = 1) -> Decimal:
    return (Decimal(text) * Decimal(factor)).normalize() + 0


def limit_of(analyte: str) -> Decimal:
    if analyte in LIMITS:
        return Decimal(LIMITS[analyte])
    return Decimal(NORMAL_HIGH[analyte]) * Decimal(TIMES[analyte])


def amount(draft: Draft, analyte: str, value: Decimal) -> Json:
    """A quantity of that many base units, in some unit that is understood."""
    if draft.chance(0.2):
        unit, factor = draft.pick(*ALIASES.get(analyte, COUNT_ALIASES))
        return {"value": decimal(str(value), factor), "unit": unit}
    unit, factor = draft.pick(*UNITS[analyte])
    made = {"value": decimal(str(value), factor), "unit": unit}
    if draft.chance(0.7):
        made.update(system="http://unitsofmeasure.org", code=unit)
        if draft.chance(0.1):
            made["unit"] = "something else"
    return made


def add_lab(draft: Draft, analyte: str, *, good: bool = False) -> Json:
    words = "final" if good else RESULT_STATUSES
    code = draft.word(codes.OBSERVATIONS[analyte])
    made = draft.add("Observation", status=draft.word(words), code=concept(LOINC, code))
    if good:
        made["effectiveDateTime"] = draft.back(draft.pick(0, 1, 3, 7))
        value = Decimal(GOOD.get(analyte) or NORMAL_HIGH[analyte]) * Decimal("0.75")
        if analyte in GOOD:
            value = Decimal(GOOD[analyte])
    else:
        add_collection(draft, made)
        limit = limit_of(analyte)
        value = draft.pick(
            limit, limit + Decimal("0.001"), limit - Decimal("0.001"), limit * 2, limit / 2, limit
        )
    made["valueQuantity"] = amount(draft, analyte, value)
    if analyte in NORMAL_HIGH and (good or not draft.chance(0.15)):
        made["referenceRange"] = [own_range(draft, analyte, Decimal(NORMAL_HIGH[analyte]))]
    if not good:
        _bend_value(draft, made)
        if analyte in NORMAL_HIGH and draft.chance(0.4):
            _bend_ranges(draft, made, analyte)
        if draft.chance(0.2):
            made["performer"] = [{"display": draft.pick("Lab  A", "lab a", "Lab B")}]
    return made


def add_collection(draft: Draft, made: Json) -> None:
    kind = draft.rng.random()
    recent = draft.on - timedelta(days=draft.pick(0, 0, 1, 6, 7, 8, 13, 14, 15, 16, -1, -3, -9))
    if kind < 0.8:
        made["effectiveDateTime"] = draft.when(recent)
    elif kind < 0.88:
        made["effectivePeriod"] = {
            "start": (recent - timedelta(days=draft.pick(2, 3))).isoformat(),
            "end": draft.when(recent),
        }
    elif kind < 0.92:
        made["effectivePeriod"] = {"start": draft.when(recent)}
    elif kind < 0.96:
        made["effectiveInstant"] = draft.instant(recent)
    if draft.chance(0.4):
        made["issued"] = draft.instant(recent + timedelta(days=draft.pick(0, 0, 1, 5)))


def _bend_value(draft: Draft, made: Json) -> None:
    value = made["valueQuantity"]
    kind = draft.rng.random()
    if kind < 0.12:
        value["comparator"] = draft.pick("<", "<=", ">", ">=")
    elif kind < 0.17:
        for name in ("unit", "system", "code"):
            value.pop(name, None)
    elif kind < 0.22:
        value.pop("code", None)
        value["unit"] = draft.pick("%", "mg/dL", "IU/L", "10*9/l", "g/L", "mg/L")
    elif kind < 0.26:
        value["value"] = value["value"] * draft.pick(1000, 10000)
    elif kind < 0.28:
        value["value"] = draft.pick(Decimal(0), 0)
    elif kind < 0.31:
        made["valueQuantity"]["value"] = str(value["value"])
    elif kind < 0.34:
        del made["valueQuantity"]
        made["valueString"] = "see comment"
    elif kind < 0.4:
        del made["valueQuantity"]
        made["dataAbsentReason"] = concept("http://local.example", "error", "haemolysed")


def own_range(draft: Draft, analyte: str, high: Decimal) -> Json:
    made: Json = {"high": amount(draft, analyte, high)}
    if draft.chance(0.1):
        made["high"] = {"value": decimal(str(high))}
    if draft.chance(0.3):
        made["low"] = amount(draft, analyte, high / 4)
    return made


MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"


def _bend_ranges(draft: Draft, made: Json, analyte: str) -> None:
    ranges = made.setdefault("referenceRange", [])
    for _ in range(draft.pick(1, 1, 2)):
        high = Decimal(NORMAL_HIGH[analyte]) * draft.pick(1, 1, 2, Decimal("0.5"))
        one = own_range(draft, analyte, high)
        if draft.chance(0.2):
            one["type"] = concept(MEANING, draft.pick("normal", "therapeutic"))
        if draft.chance(0.4):
            one["appliesTo"] = [
                draft.pick(
                    concept(codes.GENDER, "male"),
                    concept(codes.GENDER, "female"),
                    concept(SNOMED, "248153007"),
                    concept(SNOMED, "248152002"),
                    concept("http://local.example", "pregnant"),
                )
            ]
        if draft.chance(0.3):
            one["age"] = {draft.pick("low", "high"): {"value": draft.pick(18, 42, 60)}}
            if draft.chance(0.6):
                limit = next(iter(one["age"].values()))
                limit.update(unit="a" if draft.chance(0.7) else "mo")
        if draft.chance(0.08):
            one["high"] = {"value": decimal("1.2"), "unit": "mg/dL"}
        ranges.append(one)
    if draft.chance(0.3):
        del ranges[0]
