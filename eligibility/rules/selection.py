"""Which result is the last one in a window: order, ties, and dates that are not exact.

The last collected counts. At the same instant, or on the same day when either has no time of day, the later issued
does; if that leaves several, each is evaluated and a difference makes the verdict unknown. A result dated "November"
is tried on every day of November on which the answer could change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import product
from typing import Generic, NamedTuple, Protocol, TypeVar

from eligibility.rules.days import plus_days
from patients.facts import Days


class Dated(Protocol):
    """Anything collected on a day."""

    @property
    def collected(self) -> Days | None: ...


F = TypeVar("F", bound=Dated)
Placed = tuple[date, F]
"""A fact on one of the days on which it can have been collected."""

_MOST_ARRANGEMENTS = 20_000
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
    exhausted: bool = False
    """There were too many ways to try them all."""

    @property
    def facts(self) -> tuple[F, ...]:
        """Every fact that may be the one, each once."""
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
    placed = _exactly(facts)
    if placed is not None:
        tied = _last([(day, fact) for day, fact in placed if low <= day <= on], later)
        return Choice((tied,), any(day < low for day, _ in placed))
    ways = arrangements(facts, on, low)
    if ways is None:
        return Choice((), earlier=False, exhausted=True)
    found = {
        tuple(sorted(map(id, tied))): tied
        for way in ways
        for tied in [_last([(day, fact) for day, fact in way if low <= day <= on], later)]
    }
    earlier = any(
        fact.collected is not None and (fact.collected.first is None or fact.collected.first < low)
        for fact in facts
    )
    return Choice(tuple(found.values()), earlier)


def _exactly(facts: Sequence[F]) -> list[Placed[F]] | None:
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
