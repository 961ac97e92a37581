"""How the verdicts on a patient came about: what was filed of each criterion, as often as it turned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from eligibility.models import Assessment
from eligibility.rules.protocol import Protocol

LONGEST: Final = 1000
"""As many assessments are looked back on: three years of one a day."""
VERDICTS: Final = {"m": "met", "n": "not_met", "u": "unknown", "a": "not_applicable"}


class Turn(NamedTuple):
    """A verdict that was filed and is not the one filed before."""

    verdict: str
    at: datetime
    version: int
    """The version of the record that it is of."""
    new_record: bool
    """The record had changed; else the same record answered otherwise: on another day, or under other rules."""


def turns(patient: UUID, *, protocol: Protocol) -> Mapping[str, tuple[Turn, ...]]:
    """Of each criterion of the version in force, by its id, every turn of its verdict, the last first."""
    filed = (
        Assessment.objects.filter(patient=patient, protocol_version__digest=protocol.digest())
        .order_by("-pk")
        .values_list("verdicts", "assessed_at", "record_version")[:LONGEST]
    )
    found: defaultdict[str, list[Turn]] = defaultdict(list)
    for number, turn in _turns(list(reversed(filed))):
        found[protocol.criteria[number].id].insert(0, turn)
    return {criterion: tuple(of_it) for criterion, of_it in found.items()}


def _turns(filed: list[tuple[str, datetime, int]]) -> Iterator[tuple[int, Turn]]:
    before, known = "", 0
    for verdicts, at, version in filed:
        for number, letter in enumerate(verdicts):
            if letter != before[number : number + 1]:
                yield number, Turn(VERDICTS[letter], at, version, version != known)
        before, known = verdicts, version
