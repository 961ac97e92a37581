"""What a code means: its classes, that no criterion uses it, or that it is not in the dictionary.

SNOMED CT, LOINC, RxNorm and CPT codes match exactly; ICD-10 and ATC codes by prefix, with the exceptions the
dictionary lists. Of an ICD-10 or ATC code the longest matching prefix decides within one class, and for drugs across
classes (L01FF is immunotherapy although L01 is targeted therapy).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from patients.codes.loader import CONTENT, enabled, system_of

Kind = Literal["condition", "drug", "procedure", "procedure-category", "body-site", "observation"]
State = Literal["classes", "not-used", "unrecognised"]


class Standing(NamedTuple):
    """What the dictionary says about one code."""

    state: State
    classes: frozenset[str] = frozenset()
    provisional: bool = False
    """The code itself says that nothing is certain yet (ICD-10 R75)."""


UNRECOGNISED: Final = Standing("unrecognised")
NOT_USED: Final = Standing("not-used")

LONGEST: Final = 100
"""Of a code, in characters: a longer one is in no dictionary."""
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\\s]+")
_RANGE: Final = re.compile(r"^([A-Z])(\d\d)-([A-Z])(\d\d)$")
_ICD: Final = re.compile(r"^[A-Z]\d[0-9A-Z][0-9A-Z]{0,4}[+*†!]?$")
# A whole block of codes is no code: “C43-C44” does not say which.
_BLOCK: Final = re.compile(r"^[A-Z]\d[0-9A-Z]-[A-Z]\d")
_ATC: Final = re.compile(r"^[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$")


def cleaned(code: str) -> str:
    """`code` without blanks and characters that cannot be seen."""
    return _INVISIBLE.sub("", code)


def icd(code: str) -> str:
    """An ICD-10 code without its dot, in capitals."""
    return cleaned(code).replace(".", "").upper()


def _expanded(prefixes: Iterable[str]) -> list[str]:
    """Prefixes without dots; a range such as ``C00-C42`` becomes its three-character categories.

    Categories that end in a letter (C4A, D3A, O9A) stand outside the numeric order and are never part of a range.
    """
    out: list[str] = []
    for prefix in prefixes:
        span = _RANGE.match(prefix)
        if span is None:
            out.append(icd(prefix))
            continue
        letter, low, last_letter, high = span.groups()
        start = ord(letter) * 100 + int(low)
        end = ord(last_letter) * 100 + int(high)
        out += [f"{chr(number // 100)}{number % 100:02}" for number in range(start, end + 1)]
    return out


class _Prefixes:
    """ICD-10 prefixes of several classes, by length."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self._by_prefix: dict[str, set[str]] = {}
        self._exact: dict[str, set[str]] = {}
        self._except: dict[str, tuple[str, ...]] = {}
        for name, table in tables.items():
            for prefix in _expanded(table.get("prefixes", ())):
                self._by_prefix.setdefault(prefix, set()).add(name)
            for code in table.get("exact", ()):
                self._exact.setdefault(icd(code), set()).add(name)
            self._except[name] = tuple(icd(code) for code in table.get("except", ()))

    def classes(self, code: str) -> frozenset[str]:
        found = set(self._exact.get(code, ()))
        for length in range(1, len(code) + 1):
            found |= self._by_prefix.get(code[:length], set())
        return frozenset(n for n in found if not code.startswith(self._except[n]))


def _exact(tables: Mapping[str, Mapping[str, Any]], system: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, table in tables.items():
        for code in enabled(table.get(system)):
            found.setdefault(code, set()).add(name)
    return {code: frozenset(names) for code, names in found.items()}


_CONDITIONS: Final = CONTENT["conditions"]
_ICD_CLASSES: Final = _Prefixes({n: t["icd-10"] for n, t in _CONDITIONS.items() if "icd-10" in t})
_ICD_OPEN: Final = tuple(_expanded(CONTENT["conditions-unrecognised"]["icd-10"]["prefixes"]))
_ICD_PROVISIONAL: Final = tuple(
    icd(code) for table in _CONDITIONS.values() for code in table.get("provisional", ())
)
_NOT_WITH: Final = {n: frozenset(t["not-with"]) for n, t in _CONDITIONS.items() if "not-with" in t}
_ATC_CLASSES: Final = {p: n for n, t in CONTENT["drugs"].items() for p in t.get("atc", ())}
_ATC_OPEN: Final = tuple(CONTENT["drugs-unrecognised"]["atc"])

_OBSERVATIONS: Final[dict[str, frozenset[str]]] = {
    code: frozenset({name})
    for name, table in CONTENT["analytes"].items()
    for code in enabled(table["codes"])
} | {
    code: frozenset({name})
    for name, codes in CONTENT["observations"].items()
    if name != "not-used"
    for code in enabled(codes)
}
_OBSERVATIONS_NOT_USED: Final = frozenset(enabled(CONTENT["observations"]["not-used"]))

_EXACT: Final[dict[tuple[str, str], dict[str, frozenset[str]]]] = {
    ("condition", "snomed"): _exact(_CONDITIONS, "snomed"),
    ("drug", "rxnorm"): _exact(CONTENT["drugs"], "rxnorm"),
    ("procedure", "snomed"): _exact(CONTENT["procedures"], "snomed"),
    ("procedure", "cpt"): _exact(CONTENT["procedures"], "cpt"),
    ("procedure-category", "snomed"): _exact(CONTENT["procedure-categories"], "snomed"),
    ("body-site", "snomed"): _exact(CONTENT["body-sites"], "snomed"),
    ("observation", "loinc"): _OBSERVATIONS,
}


def classify(kind: Kind, system: str | None, code: str) -> Standing:
    """What `code` of the code system with URI `system` means as a `kind` of record."""
    name = system_of(system)
    if name is None or len(code) > LONGEST:
        return UNRECOGNISED
    return _classify(kind, name, code)


@lru_cache(maxsize=50_000)
def _classify(kind: Kind, name: str, code: str) -> Standing:
    if name == "icd-10" and kind == "condition":
        return _classify_icd(icd(code))
    if name == "atc" and kind == "drug":
        return _classify_atc(cleaned(code).upper())
    bare = cleaned(code)
    classes = _EXACT.get((kind, name), {}).get(bare)
    if classes:
        return Standing("classes", classes)
    if kind == "observation" and name == "loinc" and bare in _OBSERVATIONS_NOT_USED:
        return NOT_USED
    return UNRECOGNISED


def _classify_icd(code: str) -> Standing:
    classes = frozenset[str]() if _BLOCK.match(code) else _ICD_CLASSES.classes(code)
    if classes:
        return Standing("classes", classes, code.startswith(_ICD_PROVISIONAL))
    if code.startswith(_ICD_OPEN) or not _ICD.match(code):
        return UNRECOGNISED
    return NOT_USED


def _classify_atc(code: str) -> Standing:
    for length in range(len(code), 0, -1):
        name = _ATC_CLASSES.get(code[:length])
        if name is not None:
            # The prefix says enough, even where the rest is not a code that ATC has given out.
            return Standing("classes", frozenset({name}))
    return UNRECOGNISED if code.startswith(_ATC_OPEN) or not _ATC.match(code) else NOT_USED


def _labels() -> dict[str, str]:
    tables = [
        CONTENT["conditions"],
        CONTENT["drugs"],
        CONTENT["procedures"],
        CONTENT["procedure-categories"],
    ]
    found: dict[str, str] = {}
    for table in tables:
        for entry in table.values():
            for system in ("snomed", "rxnorm", "cpt"):
                for code, label in enabled(entry.get(system)).items():
                    found.setdefault(code, label)
    return found


_LABELS: Final = _labels()


def name_of(code: str) -> str:
    """The dictionary's own words for a SNOMED CT, RxNorm or CPT code; the code itself where it has none."""
    return _LABELS.get(cleaned(code), code)


def compatible(classes: frozenset[str]) -> frozenset[str]:
    """`classes` of one condition, without those that another of them rules out."""
    return frozenset(n for n in classes if not (_NOT_WITH.get(n, frozenset()) & classes))


def label_of(kind: Literal["condition", "analyte", "drug", "procedure"], name: str) -> str:
    """What people call a class of the dictionary."""
    tables = {"condition": "conditions", "analyte": "analytes", "drug": "drugs"}
    entry = CONTENT[tables.get(kind, "procedures")].get(name)
    return str(entry["label"]) if entry else name
