"""A hospital's own codes: what one version of a site's map reads them as. Pure; an empty map changes nothing.

A map says of a code that the dictionary does not know which code of the dictionary it means. It is asked only where no
coding of a concept is recognised, so it adds to what the standard says and never speaks against it. It changes neither
a value nor a unit: a result under a local code is read in the unit that was sent, as any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from patients.codes.loader import CONTENT
from patients.codes.lookup import Standing, classify, label_of

Mapped = Literal["observation", "condition", "drug", "procedure"]
KINDS: Final[tuple[Mapped, ...]] = ("observation", "condition", "drug", "procedure")
"""What a local code can be a code of. Body sites, routes, methods, values and units the dictionary reads alone."""
_LOGARITHMS: Final = frozenset(
    code for entry in CONTENT["analytes"].values() for code in entry.get("logarithms", ())
)


class LocalCode(NamedTuple):
    """One line of a map: a code of a hospital, and the code of the dictionary that it is read as."""

    kind: Mapped
    system: str
    """As the hospital sends it; empty: its codes come without one."""
    code: str
    target_system: str
    target_code: str
    since: int = 0
    """The version of the map since which it is read so; 0: of no version, in a dry run."""

    @property
    def said(self) -> str:
        """One sentence for people, the same for as long as the line stands."""
        whose = f"version {self.since} of this site's local codes" if self.since else "the request"
        system = self.system or "no system"
        return (
            f"The local code “{self.code}” ({system}) is read as {self.target_code} "
            f"({self.target_system}), {meaning_of(self.target_system, self.target_code)}, by {whose}."
        )


@dataclass(frozen=True)
class LocalCodes:
    """One version of a site's map, whole."""

    entries: tuple[LocalCode, ...] = ()
    version: int = 0
    """The number of the version; 0: the site has none."""
    _by_code: Mapping[tuple[str, str, str], tuple[LocalCode, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        held: dict[tuple[str, str, str], tuple[LocalCode, ...]] = {}
        for one in sorted(set(self.entries)):
            key = one.kind, one.system, one.code
            held[key] = (*held.get(key, ()), one)
        object.__setattr__(self, "_by_code", held)

    def of(self, kind: str, system: str, code: str) -> tuple[LocalCode, ...]:
        """What a code as it was sent is read as; empty: the map does not know it."""
        return self._by_code.get((kind, system, code), ())

    @property
    def digest(self) -> str:
        """SHA-256 over what the map says, in hexadecimal, whatever the order of its lines."""
        text = json.dumps(sorted(set(self.entries)), ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()


NO_LOCAL_CODES: Final = LocalCodes()


def kinds_of(system: str, code: str) -> tuple[Mapped, ...]:
    """The kinds of record for which the dictionary knows a code, used by a criterion or not."""
    return tuple(kind for kind in KINDS if classify(kind, system, code).state != "unrecognised")


class Sense(NamedTuple):
    """All that it can matter which of two codes is meant: equal senses are read alike."""

    kind: Mapped
    standing: Standing
    logarithm: bool


def sense_of(kind: Mapped, system: str, code: str) -> Sense:
    return Sense(kind, classify(kind, system, code), code in _LOGARITHMS)


def meaning_of(system: str, code: str) -> str:
    """What a code of the dictionary stands for, in its words: its classes, or that no criterion uses it."""
    for kind in kinds_of(system, code):
        standing = classify(kind, system, code)
        if standing.state == "not-used":
            return "which no criterion uses"
        return ", ".join(sorted(_class_name(kind, name) for name in standing.classes))
    return "which the dictionary does not know"


def _class_name(kind: Mapped, name: str) -> str:
    tables: Mapping[str, Literal["condition", "analyte", "drug", "procedure"]] = {
        "observation": "analyte",
        "condition": "condition",
        "drug": "drug",
        "procedure": "procedure",
    }
    return label_of(tables[kind], name)


def concerned(before: LocalCodes, after: LocalCodes) -> tuple[tuple[str, str], ...]:
    """The codes (system, code) that two maps do not read alike, in order."""
    was, now = _readings(before.entries), _readings(after.entries)
    return tuple(sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key)))


def _readings(entries: Iterable[LocalCode]) -> dict[tuple[str, str], frozenset[LocalCode]]:
    held: dict[tuple[str, str], set[LocalCode]] = {}
    for one in entries:
        held.setdefault((one.system, one.code), set()).add(one._replace(since=0))
    return {key: frozenset(every) for key, every in held.items()}
