"""The same question asked of the days ahead: timeline, windows, the earliest date.

Time alone changes a finding only on days that the statements themselves name, so these are the only days asked about.
Nothing new is assumed: the same facts and statements, day after day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from eligibility.rules.case import Case
from eligibility.rules.criterion import Criterion
from eligibility.rules.days import plus_days
from eligibility.rules.finding import Finding
from eligibility.rules.protocol import Assessment, Protocol
from eligibility.rules.verdicts import NOT_MET, UNKNOWN, Basis, Reason, Status, Verdict

REPEATABLE = (Reason.TOO_OLD, Reason.ATTESTATION_EXPIRED)
"""Reasons of an unknown that repeating a result, or stating an answer again, would settle."""


class Stretch(NamedTuple):
    """Days, both ends included, on which a criterion's finding stays the same."""

    first: date
    last: date
    finding: Finding

    @property
    def sameness(self) -> tuple[Verdict, Basis | None, Reason]:
        return self.finding.verdict, self.finding.basis, self.finding.reason


class Repeat(NamedTuple):
    """What to repeat for a possible window, and not before which day for it to count."""

    criterion: str
    not_before: date


class Period(NamedTuple):
    """A run of days, both ends included."""

    first: date
    last: date
    repeat: tuple[Repeat, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the days from `on` to the horizon bring, with the same facts."""

    timelines: tuple[tuple[Stretch, ...], ...]
    """Per criterion, in the order of the protocol."""
    windows: tuple[Period, ...]
    possible_windows: tuple[Period, ...]
    earliest: date | None
    recheck_on: date | None
    """The first later day on which any finding changes."""


def look_ahead(protocol: Protocol, case: Case, assessment: Assessment) -> Outlook:
    """Timeline of every criterion, windows within the policy horizon, and the earliest date of a *not yet*."""
    on = assessment.on
    last = plus_days(on, case.policy.horizon)
    timelines = tuple(
        tuple(timeline(criterion, case, on, last, found))
        for criterion, found in zip(assessment.criteria, assessment.findings, strict=True)
    )
    changes = [line[1].first for line in timelines if len(line) > 1]
    return Outlook(
        timelines,
        windows=tuple(_runs(_each_day_set(timelines), _eligible)),
        possible_windows=tuple(_possible(assessment.criteria, timelines, on)),
        earliest=_earliest(protocol, case, assessment),
        recheck_on=min(changes, default=None),
    )


def timeline(
    criterion: Criterion, case: Case, first: date, last: date, found: Finding | None = None
) -> Iterator[Stretch]:
    """The stretches of one criterion from the first to the last day."""
    start, current = first, found if found is not None else criterion.decide(case, first)
    for day in sorted({day for day in criterion.days(case) if first < day <= last}):
        following = criterion.decide(case, day)
        if (following.verdict, following.basis, following.reason) != (
            current.verdict,
            current.basis,
            current.reason,
        ):
            yield Stretch(start, plus_days(day, -1), current)
            start, current = day, following
    yield Stretch(start, last, current)


class _Day(NamedTuple):
    """The stretches in force on a run of days, one per criterion."""

    first: date
    last: date
    stretches: tuple[Stretch, ...]


def _each_day_set(timelines: Sequence[Sequence[Stretch]]) -> list[_Day]:
    """The days cut wherever any criterion changes."""
    starts = sorted({stretch.first for line in timelines for stretch in line})
    ends = [plus_days(day, -1) for day in starts[1:]] + [timelines[0][-1].last]
    firsts = [[stretch.first for stretch in line] for line in timelines]
    return [
        _Day(
            first,
            last,
            tuple(
                line[bisect_right(days, first) - 1]
                for line, days in zip(timelines, firsts, strict=True)
            ),
        )
        for first, last in zip(starts, ends, strict=True)
    ]


def _eligible(day: _Day) -> bool:
    return all(stretch.finding.verdict.passes for stretch in day.stretches)


def _possibly(day: _Day) -> bool:
    return all(
        stretch.finding.verdict.passes
        or (stretch.finding.verdict is UNKNOWN and stretch.finding.reason in REPEATABLE)
        for stretch in day.stretches
    )


def _runs(days: Iterable[_Day], fits: Callable[[_Day], bool]) -> Iterator[Period]:
    """The maximal runs of days that fit."""
    start: date | None = None
    end = date.min
    for day in days:
        if fits(day):
            start = day.first if start is None else start
            end = day.last
        elif start is not None:
            yield Period(start, end)
            start = None
    if start is not None:
        yield Period(start, end)


def _possible(
    criteria: Sequence[Criterion], timelines: Sequence[Sequence[Stretch]], on: date
) -> Iterator[Period]:
    for run in _runs(_each_day_set(timelines), _possibly):
        repeats = [
            repeat
            for criterion, line in zip(criteria, timelines, strict=True)
            if (repeat := _repeat(criterion.id, line, run, on)) is not None
        ]
        yield run._replace(repeat=tuple(repeats))


def _repeat(criterion: str, line: Sequence[Stretch], run: Period, on: date) -> Repeat | None:
    """What a criterion needs repeated within a run, and from which day on it would count when it is first missing."""
    for stretch in line:
        unknown = stretch.finding.verdict is UNKNOWN
        if unknown and stretch.first <= run.last and stretch.last >= run.first:
            needed = max(stretch.first, run.first)
            return Repeat(criterion, max(on, plus_days(needed, -(stretch.finding.lapses or 0))))
    return None


def _earliest(protocol: Protocol, case: Case, assessment: Assessment) -> date | None:
    """Of a *not yet*: the first day on or after every clearing day on which nothing is not met."""
    if assessment.status is not Status.NOT_YET:
        return None
    clears = [f.clears_on for f in assessment.findings if f.clears_on is not None]
    start = max(clears)
    last = plus_days(start, case.policy.horizon)
    lines = [list(timeline(criterion, case, start, last)) for criterion in protocol.criteria]
    fine = _runs(
        _each_day_set(lines),
        lambda day: all(s.finding.verdict is not NOT_MET for s in day.stretches),
    )
    return next((run.first for run in fine), None)
