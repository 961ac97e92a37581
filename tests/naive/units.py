"""Units of the results that the criteria use, and what values are plausible.

A quantity is read into a *dimension* (a word) and a factor to the base unit of that dimension.
Mass and molar concentrations are different dimensions and never meet.
"""

from __future__ import annotations

import re
from fractions import Fraction

UCUM = "http://unitsofmeasure.org"

# Base units: cells per litre, umol/L, mg/dL, U/L, mm.
_COUNT = {
    "10*9/L": Fraction(10**9),
    "10*3/uL": Fraction(10**9),
    "10*3/mm3": Fraction(10**9),
    "10*6/L": Fraction(10**6),
    "10*6/mL": Fraction(10**9),
    "/uL": Fraction(10**6),
    "/mm3": Fraction(10**6),
    "/L": Fraction(1),
    "/mL": Fraction(10**3),
}
_MOLAR = {"umol/L": Fraction(1), "mmol/L": Fraction(1000)}
_MASS = {"mg/dL": Fraction(1), "mg/L": Fraction(1, 10)}
_ENZYME = {
    "U/L": Fraction(1),
    "ukat/L": Fraction(60),
    "nkat/L": Fraction(60, 1000),
    "kU/L": Fraction(1000),
    "mU/mL": Fraction(1),
}
_LENGTH = {"mm": Fraction(1), "cm": Fraction(10)}

_ALIASES = {
    "x10^9/L": "10*9/L",
    "10^9/L": "10*9/L",
    "x10(9)/L": "10*9/L",
    "10e9/L": "10*9/L",
    "10E9/L": "10*9/L",
    "G/L": "10*9/L",
    "Giga/L": "10*9/L",
    "x10^3/uL": "10*3/uL",
    "10^3/uL": "10*3/uL",
    "x10E3/uL": "10*3/uL",
    "10E3/uL": "10*3/uL",
    "K/uL": "10*3/uL",
    "K/mcL": "10*3/uL",
    "K/mm3": "10*3/uL",
    "thou/uL": "10*3/uL",
    "Thousand/uL": "10*3/uL",
    "cells/uL": "/uL",
    "cells/mcL": "/uL",
    "/mcL": "/uL",
    "cells/mm3": "/uL",
    "/cumm": "/uL",
    "cells/mm^3": "/uL",
    "/mm^3": "/uL",
    "\u00b5mol/L": "umol/L",
    "\u03bcmol/L": "umol/L",
    "mcmol/L": "umol/L",
    "\u00b5kat/L": "ukat/L",
    "\u03bckat/L": "ukat/L",
}
_ENZYME_ALIASES = {"IU/L": "U/L"}

DIMENSIONS = {
    "neutrophils": {"count": _COUNT},
    "granulocytes": {"count": _COUNT},
    "platelets": {"count": _COUNT},
    "bilirubin": {"molar": _MOLAR, "mass": _MASS},
    "creatinine": {"molar": _MOLAR, "mass": _MASS},
    "ast": {"enzyme": _ENZYME},
    "alt": {"enzyme": _ENZYME},
    "length": {"length": _LENGTH},
}

GIGA = 10**9
PLAUSIBLE = {
    ("neutrophils", "count"): (Fraction(GIGA, 100), Fraction(200 * GIGA)),
    ("granulocytes", "count"): (Fraction(GIGA, 100), Fraction(200 * GIGA)),
    ("platelets", "count"): (Fraction(GIGA), Fraction(3000 * GIGA)),
    ("bilirubin", "molar"): (Fraction(0), Fraction(1500)),
    ("bilirubin", "mass"): (Fraction(0), Fraction(90)),
    ("creatinine", "molar"): (Fraction(5), Fraction(3000)),
    ("creatinine", "mass"): (Fraction(5, 100), Fraction(35)),
    ("ast", "enzyme"): (Fraction(0), Fraction(50000)),
    ("alt", "enzyme"): (Fraction(0), Fraction(50000)),
    ("length", "length"): (Fraction(0), Fraction(500)),
}


def unit_of_quantity(quantity: dict) -> tuple[str, bool] | None:
    """The unit's text and whether it is a UCUM code; None when the quantity names none."""
    if quantity.get("system") == UCUM and quantity.get("code"):
        return str(quantity["code"]), True
    if quantity.get("unit"):
        return str(quantity["unit"]), False
    return None


def names_no_unit(quantity: dict) -> bool:
    """True when a quantity has neither unit nor code."""
    return not quantity.get("unit") and not quantity.get("code")


def understand(analyte: str, text: str, is_code: bool) -> tuple[str, Fraction] | None:
    """(dimension, factor to the base unit) of a unit for this analyte, or None."""
    if not is_code:
        text = text.replace(" ", "")
    tables = DIMENSIONS[analyte]
    found = _as_code(tables, text)
    if found is None and not is_code:
        alias = _ALIASES.get(text)
        if alias is None and analyte in ("ast", "alt"):
            alias = _ENZYME_ALIASES.get(text)
        if alias is not None:
            found = _as_code(tables, alias)
    return found


def _as_code(tables: dict[str, dict[str, Fraction]], text: str) -> tuple[str, Fraction] | None:
    for dimension, table in tables.items():
        if dimension == "count":
            text = re.sub(r"\{[^{}]*\}/", "/", text, count=1)
        if text in table:
            return dimension, table[text]
    return None


def is_plausible(analyte: str, dimension: str, value: Fraction) -> bool:
    low, high = PLAUSIBLE[(analyte, dimension)]
    if value == 0 and analyte in ("neutrophils", "granulocytes"):
        return True
    return low <= value <= high
