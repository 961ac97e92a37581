"""The strip of small cells by which a list shows all criteria of one patient: a shape, a tone and a title each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eligibility.models import Assessment
from eligibility.presenters.words import Look, look_of
from eligibility.rules.protocol import Protocol

_VERDICTS = {"m": "met", "n": "not_met", "u": "unknown", "a": "not_applicable"}
_BASES = {"e": "evidence", "a": "absence", "p": "absence", "s": "attestation"}


@dataclass(frozen=True)
class Cell:
    """One criterion of a strip: a shape and a tone, and what a pointer that rests on it is told."""

    tone: str
    stated: bool
    title: str


@dataclass(frozen=True)
class Strip:
    groups: tuple[tuple[Cell, ...], ...]
    spoken: str
    """Its text alternative."""


def strip_of(found: Assessment, protocol: Protocol) -> Strip:
    """A cell for each criterion, under the headings of the protocol.

    Without a basis, as of an assessment from before bases were kept, what is met counts as silence.
    """
    bases = found.glance.get("bases", "").ljust(len(found.verdicts), "p")
    return _strip(found.verdicts, bases, _Wording(protocol))


class _Wording:
    """A protocol in the language of who asks, told from others by its digest: hashing all of it costs too much."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self._key = (protocol.digest(), get_language())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Wording) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=2000)
def _strip(verdicts: str, bases: str, wording: _Wording) -> Strip:
    pairs = zip(verdicts, bases, strict=True)
    looked = [_looked(at, verdict, basis, wording) for at, (verdict, basis) in enumerate(pairs)]
    groups = groupby(looked, key=lambda one: one.heading)
    return Strip(
        tuple(tuple(one.cell for one in of) for _heading, of in groups),
        _spoken([(one.criterion, one.group) for one in looked]),
    )


class _Looked(NamedTuple):
    heading: str
    criterion: str
    group: str
    cell: Cell


@lru_cache(maxsize=4000)
def _looked(at: int, verdict: str, basis: str, wording: _Wording) -> _Looked:
    """How one verdict on the criterion at a place of the protocol looks."""
    criterion = wording.protocol.criteria[at]
    said = {
        "id": criterion.id,
        "kind": criterion.type,
        "verdict": _VERDICTS[verdict],
        "basis": _BASES.get(basis),
    }
    look = look_of(said, frozenset({criterion.id} if basis == "p" else ()))
    return _Looked(criterion.heading, criterion.title, look.group, _cell(criterion.title, look))


def _cell(criterion: str, look: Look) -> Cell:
    label = str(look.label)
    said = f"{label}, {look.caption}" if look.caption else label
    return Cell(look.tone, look.icon == "user-check", f"{criterion}: {said}")


def _spoken(looked: Iterable[tuple[str, str]]) -> str:
    """``28 met, 6 none on record, 4 unknown, 2 fail: Platelets, Granulocytes``."""
    pairs = list(looked)
    counts = Counter(group for _title, group in pairs)
    words = {
        "met": _("%d met or not applicable"),
        "confirm": _("%d with none on record"),
        "unknown": _("%d unknown"),
        "fails": _("%d failing"),
    }
    said = ", ".join(text % counts[group] for group, text in words.items() if counts[group])
    fails = [title for title, group in pairs if group == "fails"]
    return f"{said}: {', '.join(fails)}" if fails else said
