"""What a local code may be read as: the codes that the dictionary lists by themselves, each with its meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from patients.codes.describe import NAMES
from patients.codes.loader import CONTENT
from patients.codes.local import kinds_of, meaning_of, sense_of
from patients.codes.local_rows import TARGETS

_TABLES: Final = ("analytes", "observations", "conditions", "drugs", "procedures")


class Target(NamedTuple):
    """One of them."""

    system: str
    """By its short name, as in `TARGETS`."""
    code: str
    meaning: str
    """What its classes are called, what it is called itself where that says more, and its system."""


@cache
def targets() -> tuple[Target, ...]:
    """All that some criterion uses, results first; of systems that are read by prefix, the prefixes."""
    found = {}
    for system, code, called in _listed():
        uri = TARGETS[system]
        if any(sense_of(kind, uri, code).standing.classes for kind in kinds_of(uri, code)):
            meaning = meaning_of(uri, code)
            words = (
                called if called.startswith(meaning) else ", ".join(filter(None, (meaning, called)))
            )
            found[system, code] = Target(system, code, f"{words} ({NAMES[system]})")
    return tuple(found.values())


def _listed() -> Iterator[tuple[str, str, str]]:
    for table in _TABLES:
        for entry in CONTENT[table].values():
            held = {"loinc": entry.get("codes", entry)} if table in _TABLES[:2] else entry
            for system in TARGETS:
                yield from ((system, *one) for one in _codes(held.get(system, ())))


def _codes(held: Any) -> Iterator[tuple[str, str]]:
    """Each code with what it is called, where the dictionary says that."""
    if not isinstance(held, Mapping):
        yield from ((code, "") for code in held)
    elif held.keys() & {"prefixes", "exact"}:
        yield from ((code, "") for code in (*held.get("prefixes", ()), *held.get("exact", ())))
    else:
        yield from ((code, said) for code, said in held.items() if isinstance(said, str))
