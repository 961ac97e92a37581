"""Which result is the last one in a window: order, ties, and dates that are not exact.

The last collected counts. At the same instant, or on the same day when either has no time of day, the later issued
does; if that leaves several, each is evaluated and a difference makes the verdict unknown. A result dated "November"
may be the last one wherever some day of November makes it so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import combinations, product
from typing import Generic, NamedTuple, Protocol, TypeVar

from eligibility.rules.days import plus_days
from patients.values import Days


class Dated(Protocol):
    """Anything collected on a day."""

    @property
    def collected(self) -> Days | None: ...


F = TypeVar("F", bound=Dated)
Placed = tuple[date, F]
"""A fact on one of the days on which it can have been collected."""

_MOST_ARRANGEMENTS = 2_000
"""Beyond this many combinations of partial dates the question is left open rather than answered for hours."""


class Issued(Dated, Protocol):
    """Anything collected on a day and issued at a moment."""

    @property
    def issued(self) -> datetime | None: ...


def later_on_a_day(one: Issued, other: Issued) -> bool | None:
    """Order two facts of one day: by instant, then by issue; None where nothing tells."""
    apart = later_instant(one, other)
    if apart is not None:
        return apart
    if one.issued is not None and other.issued is not None and one.issued != other.issued:
        return one.issued > other.issued
    return None


def later_instant(one: Dated, other: Dated) -> bool | None:
    """Order two facts by the instants of collection; None where either has no time of day, or they are the same."""
    first = one.collected.instant if one.collected is not None else None
    second = other.collected.instant if other.collected is not None else None
    if first is None or second is None or first == second:
        return None
    return first > second


class Choice(NamedTuple, Generic[F]):
    """What may be the last fact in a window."""

    arrangements: tuple[tuple[F, ...], ...]
    """For every way the dates can fall, the facts tied for the last place; empty where none lies in the window."""
    earlier: bool
    """Something usable lies before the window."""

    @property
    def facts(self) -> tuple[F, ...]:
        """Every fact that may be the one, each once."""
        if len(self.arrangements) == 1 and len(self.arrangements[0]) < 2:
            return self.arrangements[0]
        found = {id(fact): fact for tied in self.arrangements for fact in tied}
        return tuple(found.values())


def last_in_window(
    facts: Sequence[F], on: date, window: int | None, later: Callable[[F, F], bool | None]
) -> Choice[F]:
    """The facts that may be the last collected within `window` days before `on`, both ends included.

    `later(a, b)` orders two facts of one day: True when `a` is certainly the later, False when `b` is, None for a tie.
    A window of None reaches back without limit.
    """
    low = date.min if window is None else plus_days(on, -window)
    if not facts:
        return Choice(((),), earlier=False)
    if len(facts) == 1 and (span := facts[0].collected) is not None:
        only = span.first
        if only is not None and only == span.last:
            inside = low <= only <= on
            return Choice(((facts[0],) if inside else (),), only < low)
    placed = exactly(facts)
    if placed is not None:
        tied = _last([(day, fact) for day, fact in placed if low <= day <= on], later)
        return Choice((tied,), any(day < low for day, _ in placed))
    return _whichever_way(facts, on, low, later)


def _whichever_way(
    facts: Sequence[F], on: date, low: date, later: Callable[[F, F], bool | None]
) -> Choice[F]:
    """The same where days are not exact: who can be last, who can tie for it, and whether there may be none.

    A fact can be last unless one that certainly lies in the window certainly comes after it; any other one may have
    been collected earlier, or outside the window.
    """
    spans = [(fact, *_within(fact, low, on)) for fact in facts]
    possible = [(fact, first, last) for fact, first, last, _ in spans if first <= last]
    certain = [(fact, first) for fact, first, _, sure in spans if sure]

    def can_be_last(day: date, *tied: F) -> bool:
        return all(
            fact in tied
            or first < day
            or (first == day and not any(later(fact, one) for one in tied))
            for fact, first in certain
        )

    ways: list[tuple[F, ...]] = [(fact,) for fact, _, day in possible if can_be_last(day, fact)]
    for (one, one_first, one_last), (other, other_first, other_last) in combinations(possible, 2):
        day = min(one_last, other_last)
        meet = day >= max(one_first, other_first) and later(one, other) is None
        if meet and can_be_last(day, one, other):
            ways.append((one, other))
    if not certain:
        ways.append(())
    earlier = any(span is None or span < low for span in (_first(fact) for fact in facts))
    return Choice(tuple(ways), earlier)


def _within(fact: Dated, low: date, on: date) -> tuple[date, date, bool]:
    """The days on which a fact can lie in the window (none if the first is after the last), and whether it must."""
    span = fact.collected
    assert span is not None, "what is selected among has been collected"
    first, last = span.first or date.min, span.last or date.max
    return max(first, low), min(last, on), low <= first and last <= on


def _first(fact: Dated) -> date | None:
    return fact.collected.first if fact.collected is not None else None


def exactly(facts: Sequence[F]) -> list[Placed[F]] | None:
    """The facts on their days, if every day is exact."""
    placed = []
    for fact in facts:
        span = fact.collected
        if span is None or span.first is None or span.first != span.last:
            return None
        placed.append((span.first, fact))
    return placed


def arrangements(facts: Sequence[F], on: date, low: date) -> Iterator[tuple[Placed[F], ...]] | None:
    """Every way in which the facts can fall on days that matter for a window from `low` to `on`.

    None when there are too many ways to try.
    """
    marks = {low, on}
    for fact in facts:
        if fact.collected is not None:
            marks.update(day for day in fact.collected[:2] if day is not None)
    around = sorted({plus_days(mark, step) for mark in marks for step in (-1, 0, 1)})
    options = [[(day, fact) for day in _possible(fact, around)] for fact in facts]
    ways = 1
    for option in options:
        ways *= len(option)
    return None if ways > _MOST_ARRANGEMENTS else product(*options)


def _possible(fact: Dated, around: Sequence[date]) -> list[date]:
    span = fact.collected
    if span is None:
        return []
    if span.exact and span.first is not None:
        return [span.first]
    return [
        day
        for day in around
        if (span.first is None or span.first <= day) and (span.last is None or day <= span.last)
    ]


def _last(placed: Sequence[Placed[F]], later: Callable[[F, F], bool | None]) -> tuple[F, ...]:
    if len(placed) < 2:
        return tuple(fact for _, fact in placed)
    last = max(day for day, _ in placed)
    same = [fact for day, fact in placed if day == last]
    if len(same) == 1:
        return (same[0],)
    standing = [
        fact for fact in same if not any(later(other, fact) for other in same if other is not fact)
    ]
    return tuple(standing or same)
