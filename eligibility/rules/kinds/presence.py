"""Whether a recorded condition has begun, and whether it is active on a day (shared by several kinds).

A condition is active when its clinical status is active, recurrence or relapse, it has begun and it has not abated.
An abatement date governs over the status: before it the condition is active, whatever the status says. Without status
and without abatement the record is as uncertain as a provisional one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import NamedTuple

from eligibility.rules.days import edges, happened, plus_days
from eligibility.rules.verdicts import Reason
from patients.facts import Condition

ACTIVE_STATUSES = frozenset({"active", "recurrence", "relapse"})


class Activity(Enum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class Presence(NamedTuple):
    """Whether a condition is active, and when that is open, why."""

    activity: Activity
    reason: Reason = Reason.DECIDED
    until: date | None = None
    """The day from which it is certainly over, when its abatement lies ahead."""


def active_on(condition: Condition, on: date) -> Presence:
    """Whether the condition, taken as confirmed, is active on the day."""
    begun = happened(condition.onset, on)
    if begun is False:
        return Presence(Activity.NO)
    still = _not_abated(condition, on)
    if still.activity is Activity.NO or begun:
        return still
    return Presence(Activity.MAYBE, _first(still.reason, Reason.PARTIAL_DATE))


def _not_abated(condition: Condition, on: date) -> Presence:
    if condition.abated is not None:
        over = happened(condition.abated, on)
        if over:
            return Presence(Activity.NO)
        if over is None:
            return Presence(Activity.MAYBE, Reason.PARTIAL_DATE)
        return Presence(Activity.YES, until=condition.abated.last)
    if condition.clinical is None:
        return Presence(Activity.MAYBE, Reason.PROVISIONAL)
    return Presence(Activity.YES if condition.clinical in ACTIVE_STATUSES else Activity.NO)


def _first(one: Reason, other: Reason) -> Reason:
    return other if one is Reason.DECIDED else min(one, other, key=list(Reason).index)


def condition_days(conditions: Iterable[Condition]) -> Iterator[date]:
    """Where presence can change: beginnings and abatements, and the days after."""
    for condition in conditions:
        for day in edges(condition.onset, condition.abated):
            yield day
            yield plus_days(day, 1)
