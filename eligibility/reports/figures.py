"""The numbers of a trial's screening, counted from the lines of its log.

The flow counts patients, each by the last of their episodes; reasons and times count episodes, because an episode that
was closed and followed by another was decided all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from eligibility.models import CLOSED, OPEN, LogLine, State

TARGET = 40
"""Participants that the registry record names (“Actual Enrollment: 40 participants”)."""


@dataclass(frozen=True)
class Flow:
    """Patients from the first look to a part of the trial."""

    patients: int
    episodes: int
    screened_again: int
    """Patients with more than one episode."""
    never_started: int
    """Closed before anybody started to screen."""
    closed: Mapping[str, int]
    """By the way of closing."""
    reasons: Mapping[tuple[str, str], int]
    """By the way of closing and its coded reason; of ineligible ones see `reasons`."""
    failed: Mapping[str, int]
    """Ineligible patients by criterion; one patient may fail several."""
    failed_only: Mapping[str, int]
    open: Mapping[str, int]
    registered: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class Reason:
    """How often a criterion was not met when an episode was closed as ineligible."""

    criterion: str
    count: int
    only: int
    """Nothing else failed."""


@dataclass(frozen=True)
class Spread:
    """How many days something took; of none at all only `count` is known."""

    count: int
    median: Decimal | None = None
    shortest: int | None = None
    longest: int | None = None


@dataclass(frozen=True)
class Times:
    from_opening: Spread
    """From the day the episode was opened to its registration or closing."""
    from_start: Spread
    """From the day somebody started to screen."""


@dataclass(frozen=True)
class Place:
    site: str
    """The code of the site."""
    parts: Mapping[str, int]

    @property
    def count(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True)
class Accrual:
    target: int
    places: tuple[Place, ...]
    by_day: tuple[tuple[date, int], ...]
    """Days on which somebody was registered, with how many there were by then."""

    @property
    def count(self) -> int:
        return sum(place.count for place in self.places)

    @property
    def parts(self) -> dict[str, int]:
        total: Counter[str] = Counter()
        for place in self.places:
            total.update(place.parts)
        return dict(sorted(total.items()))


def flow(found: Iterable[LogLine]) -> Flow:
    """The flow of patients of these lines."""
    every = list(found)
    last = [one for one in every if not one.followed]
    closed = [one for one in last if one.state in CLOSED]
    ineligible = [one for one in closed if one.state == State.INELIGIBLE]
    return Flow(
        patients=len(last),
        episodes=len(every),
        screened_again=sum(one.episode > 1 for one in last),
        never_started=sum(one.started_on is None for one in closed),
        closed=_counted((one.state for one in closed), [state.value for state in CLOSED]),
        reasons=dict(Counter((one.state, one.reason) for one in closed)),
        failed=_failed(ineligible),
        failed_only=_failed(one for one in ineligible if len(one.failed or ()) == 1),
        open=_counted((one.state for one in last if one.is_open), [s.value for s in OPEN]),
        registered=sum(one.state == State.REGISTERED for one in last),
        parts=dict(sorted(Counter(one.part for one in last if one.part).items())),
    )


def reasons(found: Iterable[LogLine], criteria: Sequence[str]) -> tuple[Reason, ...]:
    """Criteria of episodes closed as ineligible, the most frequent first, then as in the protocol."""
    ineligible = [one for one in found if one.state == State.INELIGIBLE]
    every = _failed(ineligible)
    alone = _failed(one for one in ineligible if len(one.failed or ()) == 1)
    # A criterion of an earlier version that is no longer asked for comes last.
    order = {criterion: place for place, criterion in enumerate(criteria)}
    ranked = sorted(every, key=lambda one: (-every[one], order.get(one, len(order)), one))
    return tuple(Reason(one, every[one], alone.get(one, 0)) for one in ranked)


def times(found: Iterable[LogLine]) -> Times:
    """How long decisions took, of episodes that were registered or closed."""
    opened: list[int] = []
    started: list[int] = []
    for one in found:
        decided = one.registered_on or one.closed_on
        if decided is None:
            continue
        opened.append((decided - one.opened_on).days)
        if one.started_on is not None:
            started.append((decided - one.started_on).days)
    return Times(_spread(opened), _spread(started))


def accrual(found: Iterable[LogLine], *, sites: Sequence[str], target: int = TARGET) -> Accrual:
    """Registrations by site and part; every site of `sites` has its place, also without any."""
    counts: dict[str, Counter[str]] = {site: Counter() for site in sites}
    days: Counter[date] = Counter()
    for one in found:
        if one.registered_on is not None:
            counts.setdefault(one.site.code, Counter())[one.part] += 1
            days[one.registered_on] += 1
    return Accrual(
        target,
        tuple(Place(site, dict(sorted(parts.items()))) for site, parts in sorted(counts.items())),
        tuple(_running_total(days)),
    )


def _running_total(days: Mapping[date, int]) -> Iterable[tuple[date, int]]:
    total = 0
    for day in sorted(days):
        total += days[day]
        yield day, total


def _failed(ineligible: Iterable[LogLine]) -> dict[str, int]:
    return dict(Counter(criterion for one in ineligible for criterion in one.failed or ()))


def _counted(found: Iterable[str], names: Sequence[str]) -> dict[str, int]:
    counts = Counter(found)
    return {name: counts[name] for name in names}


def _spread(days: list[int]) -> Spread:
    if not days:
        return Spread(0)
    ranked = sorted(days)
    half = len(ranked) // 2
    middle = ranked[half : half + 1] if len(ranked) % 2 else ranked[half - 1 : half + 1]
    median = Decimal(sum(middle)) / len(middle)
    return Spread(len(ranked), median, ranked[0], ranked[-1])
