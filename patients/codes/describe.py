"""The dictionary as tables for people: ``python -m patients.codes.describe > docs/codes.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from patients.codes.loader import CONTENT, DIGEST, VERSION

NAMES = {
    "atc": "ATC",
    "cci": "CCI",
    "cpt": "CPT",
    "din": "DIN",
    "icd-10": "ICD-10",
    "icd-o-3": "ICD-O-3",
    "loinc": "LOINC",
    "rxnorm": "RxNorm",
    "snomed": "SNOMED CT",
    "specimen-type": "HL7 v2-0487",
    "ucum": "UCUM",
}


def document() -> str:
    """All tables, as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Codes"
    yield ""
    yield (
        f"Generated from `patients/codes/dictionary.json`, version {VERSION} (`{DIGEST[:19]}…`)."
        " A code marked † is kept but not read, because it was not verified in a second source."
        " ICD-10 and ATC codes match by prefix, all others exactly."
    )
    yield from _systems()
    yield from _analytes()
    yield from _units()
    yield from _table("Other observations", CONTENT["observations"], ("loinc",), bare=True)
    yield from _table("Conditions", CONTENT["conditions"], ("icd-10", "snomed"))
    yield from _table("Drugs", CONTENT["drugs"], ("atc", "rxnorm"))
    yield from _table("Procedures", CONTENT["procedures"], ("snomed", "cpt"))
    yield from _table("Routes", CONTENT["routes"], ("snomed",))
    yield from _table("Intents", CONTENT["intents"], ("snomed",))
    yield from _table("Methods of measurement", CONTENT["methods"], ("snomed",))
    yield from _table("Body sites", CONTENT["body-sites"], ("snomed",))
    yield from _table("Specimens", CONTENT["specimens"], ("snomed", "specimen-type"))


def _rows(heading: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(head)
    yield ""
    yield f"## {heading}"
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _systems() -> Iterator[str]:
    rows = [
        (NAMES.get(n, n), " ".join(f"`{u}`" for u in uris))
        for n, uris in CONTENT["systems"].items()
    ]
    yield from _rows("Code systems", ("System", "URIs"), rows)


def _analytes() -> Iterator[str]:
    rows = [
        (entry["label"], f"`{name}`", _codes(entry["codes"]), _plausible(entry))
        for name, entry in CONTENT["analytes"].items()
    ]
    yield from _rows("Results", ("Analyte", "Key", "LOINC", "Plausible"), rows)


def _plausible(entry: Mapping[str, Any]) -> str:
    units = CONTENT["canonical-units"]
    parts = []
    for dimension, limit in entry.get("plausible", {}).items():
        also = f"{limit['also']}, or " if "also" in limit else ""
        parts.append(f"{also}{limit['low']} to {limit['high']} {units[dimension]}")
    return "; ".join(parts)


def _units() -> Iterator[str]:
    rows = [
        (
            name,
            f"`{code}`",
            f"{unit['factor']} {CONTENT['canonical-units'].get(unit['dimension'], '')}".strip(),
        )
        for name, measure in CONTENT["measures"].items()
        for code, unit in measure["units"].items()
    ]
    yield from _rows("Units", ("Measure", "UCUM", "Worth"), rows)
    aliases = [(f"`{text}`", f"`{code}`") for text, code in CONTENT["unit-aliases"].items()]
    yield from _rows("Units by name", ("Text", "Read as"), aliases)


def _table(
    heading: str, tables: Mapping[str, Any], systems: tuple[str, ...], *, bare: bool = False
) -> Iterator[str]:
    head = ("Class", *(NAMES[system] for system in systems))
    rows = []
    for name, entry in tables.items():
        held = {systems[0]: entry} if bare else entry
        rows.append((f"`{name}`", *(_cell(held.get(system, {})) for system in systems)))
    yield from _rows(heading, head, rows)


def _cell(held: Any) -> str:
    if isinstance(held, list):
        return ", ".join(held)
    if "prefixes" not in held and "exact" not in held:
        return _codes(held)
    parts = [", ".join(held.get("prefixes", ()))]
    if "exact" in held:
        parts.append("exactly " + ", ".join(held["exact"]))
    if "except" in held:
        parts.append("except " + ", ".join(held["except"]))
    return "; ".join(part for part in parts if part)


def _codes(codes: Mapping[str, Any]) -> str:
    return ", ".join(
        code if isinstance(entry, str) or entry.get("enabled", True) else f"{code}†"
        for code, entry in codes.items()
    )


if __name__ == "__main__":
    sys.stdout.write(document())
