"""Conditions on a day: begun or not, active or not, over every day their dates can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from tests.naive import dates
from tests.naive.outcomes import Ground, not_met, nothing, over_days, uncertain, unknown
from tests.naive.records import ACTIVE, Condition


def with_class(conditions: Iterable[Condition], *names: str) -> list[Condition]:
    return [each for each in conditions if each.classes & set(names)]


def begun(condition: Condition, on: date) -> set[bool]:
    """Whether it began on or before the day: {True}, {False} or both."""
    if condition.onset is None:
        return {True}
    return {day <= on for day in dates.possible_days(condition.onset, dates.around(on))}


ENDED, PRESENT, STATUS_MISSING, NOT_BEGUN = "ended", "present", "status missing", "not begun"


def states(condition: Condition, on: date) -> list[tuple[str, date | None]]:
    """(state, day of abatement) for every combination of possible onset and abatement days."""
    marks = dates.around(on) | dates.around(dates.add_years(on, -5), reach=4)
    starts: list[date | None] = [None]
    if condition.onset is not None:
        starts = list(dates.possible_days(condition.onset, marks))
    ends: list[date | None] = [None]
    if condition.abatement is not None:
        ends = list(dates.possible_days(condition.abatement, marks))
    pairs = [(start, end) for start in starts for end in ends]
    sensible = [(s, e) for s, e in pairs if s is None or e is None or s <= e]
    return [_state(condition, on, start, end) for start, end in sensible or pairs]


def _state(
    condition: Condition, on: date, start: date | None, end: date | None
) -> tuple[str, date | None]:
    if start is not None and start > on:
        return NOT_BEGUN, end
    if end is not None:
        return (PRESENT if end > on else ENDED), end
    if condition.clinical is None:
        return STATUS_MISSING, None
    return (PRESENT if condition.clinical in ACTIVE else ENDED), None


def clears_with_abatement(condition: Condition) -> date | None:
    """A dated abatement in the future ends an active condition on that day."""
    if condition.abatement is None or not condition.abatement_dated:
        return None
    return condition.abatement.last


def active(condition: Condition, on: date, *, when_active: Ground | None = None) -> Ground:
    """not_met while the condition is active, nothing otherwise, unknown where that is not clear."""
    failing = when_active or not_met(clears_with_abatement(condition))
    grounds = []
    for state, _ in states(condition, on):
        if state == PRESENT:
            grounds.append(failing)
        elif state == STATUS_MISSING:
            grounds.append(unknown("provisional"))
        else:
            grounds.append(nothing())
    if not condition.certain:
        grounds = [uncertain(ground) for ground in grounds]
    return over_days(grounds, causes=[condition])


def ever(
    condition: Condition, on: date, when_begun: Callable[[Condition], Ground] | None = None
) -> Ground:
    """not_met (or what ``when_begun`` says) once it has begun, whatever its clinical status."""
    ground = when_begun(condition) if when_begun else not_met()
    if not condition.certain:
        ground = uncertain(ground)
    grounds = [ground if yes else nothing() for yes in begun(condition, on)]
    return over_days(grounds, causes=[condition])


def surely_active(condition: Condition, on: date) -> bool:
    return condition.certain and {state for state, _ in states(condition, on)} == {PRESENT}


def possibly_active(condition: Condition, on: date) -> bool:
    return bool({state for state, _ in states(condition, on)} & {PRESENT, STATUS_MISSING})
