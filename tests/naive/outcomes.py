"""Verdicts on grounds, and how grounds, possible days and statements combine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tests.naive.codes import words

MET, NOT_MET, UNKNOWN, NOT_APPLICABLE = "met", "not_met", "unknown", "not_applicable"
NOTHING = "nothing"
"""A record that has no effect on the criterion."""

REASONS = words(
    "newer-than-statement attestation-expired needs-statement conflicting unit implausible "
    "unreadable comparator no-reference-range partial-date provisional intent-not-stated "
    "route-not-stated extent-not-stated method-not-stated site-not-stated needs-confirmation "
    "needs-judgement missing too-old"
)


@dataclass
class Ground:
    """What one record (or one selection of results) says about a criterion on one day."""

    verdict: str
    reasons: set[str] = field(default_factory=set)
    causes: list = field(default_factory=list)
    """The records that cause an unknown; an attestation made before one of them is not enough."""
    clears: date | None = None
    """Of a not_met: the first day on which time alone has removed the ground."""


def met() -> Ground:
    return Ground(MET)


def nothing() -> Ground:
    return Ground(NOTHING)


def not_met(clears: date | None = None) -> Ground:
    return Ground(NOT_MET, clears=clears)


def unknown(*reasons: str, causes: Iterable = ()) -> Ground:
    return Ground(UNKNOWN, set(reasons), list(causes))


def uncertain(ground: Ground) -> Ground:
    """What the same record says when it is only provisional."""
    if ground.verdict in (NOT_MET, UNKNOWN):
        return unknown("provisional", *ground.reasons, causes=ground.causes)
    return nothing()


def latest(days: list[date | None]) -> date | None:
    """The latest of the days, None if any is None."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def over_days(grounds: list[Ground], *, nothing_is: str = MET, causes: Iterable = ()) -> Ground:
    """The same verdict on every possible day, or unknown because the date is not precise.

    ``nothing_is`` is the verdict that the criterion has when no record has an effect.
    """
    verdicts = {nothing_is if g.verdict == NOTHING else g.verdict for g in grounds}
    reasons = set().union(*[g.reasons for g in grounds])
    if len(verdicts) > 1:
        return unknown("partial-date", *reasons, causes=causes)
    if verdicts == {UNKNOWN}:
        return unknown(*reasons, causes=causes or [c for g in grounds for c in g.causes])
    if any(g.verdict == NOTHING for g in grounds):
        return nothing()
    first = grounds[0]
    if first.verdict == NOT_MET:
        clears = [g.clears for g in grounds]
        return not_met(latest(clears))
    return Ground(first.verdict)


def either_way(grounds: list[Ground], causes: Iterable = ()) -> Ground:
    """Several readings of the same records: one verdict, or unknown because they conflict."""
    reasons = set().union(*[g.reasons for g in grounds])
    if len({g.verdict for g in grounds}) > 1:
        return unknown("conflicting", *reasons, causes=causes)
    if grounds[0].verdict == UNKNOWN:
        return unknown(*reasons, causes=[c for g in grounds for c in g.causes])
    return grounds[0]


@dataclass
class Finding:
    """The verdict of a criterion on one day, before or after the statements were heard."""

    verdict: str
    basis: str | None = None
    reasons: set[str] = field(default_factory=set)
    causes: list = field(default_factory=list)
    clears_on: date | None = None
    remedy: str | None = None
    unchangeable: bool = False
    """A fact on record that no new result, treatment or answer can change."""

    @property
    def reason(self) -> str:
        if self.verdict != UNKNOWN:
            return "decided"
        return min(self.reasons, key=REASONS.index)


def together(grounds: Iterable[Ground], *, nothing_is: str = MET) -> Finding:
    """Any not_met; else any unknown; else met on evidence; else nothing on record (absence)."""
    grounds = list(grounds)
    failing = [g for g in grounds if g.verdict == NOT_MET]
    if failing:
        clears = [g.clears for g in failing]
        return Finding(NOT_MET, "evidence", clears_on=latest(clears))
    doubtful = [g for g in grounds if g.verdict == UNKNOWN]
    if doubtful:
        return Finding(
            UNKNOWN,
            reasons=set().union(*[g.reasons for g in doubtful]),
            causes=[c for g in doubtful for c in g.causes],
        )
    if any(g.verdict == MET for g in grounds):
        return Finding(MET, "evidence")
    return Finding(nothing_is, "absence")


def finding_of(ground: Ground) -> Finding:
    """A criterion that rests on one ground, with evidence for whatever is decided."""
    if ground.verdict == UNKNOWN:
        return Finding(UNKNOWN, None, ground.reasons, ground.causes)
    return Finding(ground.verdict, "evidence", clears_on=ground.clears)
