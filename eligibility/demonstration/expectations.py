"""What an invented patient is there to show: the intended status and findings, said beforehand.

The words are those of the evaluation answer. A day is told as a number of days from the day of
evaluation, or as a function of that day where calendar months or years are involved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final


class Unsaid(Enum):
    """The mark of what an expectation leaves open (None is a value of its own: "no date")."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID
When = int | Callable[[date], date] | None
Said = When | Unsaid
Window = tuple[int, int]


def day_of(when: When, on: date) -> date | None:
    """Return the calendar date that `when` means for an evaluation on `on`."""
    if when is None:
        return None
    return when(on) if callable(when) else on + timedelta(days=when)


class Situation(Enum):
    """Why a criterion stands in an expectation."""

    FAILING = "failing"
    UNKNOWN = "unknown"
    EXPIRING = "expiring soon"
    UPCOMING = "becoming eligible soon"
    HOLDING = "holding"


@dataclass(frozen=True, slots=True)
class Shown:
    """One criterion as it must come out. `reason`, `basis`, `remedy` None where nothing is said."""

    criterion: str
    situation: Situation
    verdict: str
    reason: str | None = None
    basis: str | None = None
    remedy: str | None = None
    clears: Said = UNSAID
    changes: Said = UNSAID


@dataclass(frozen=True, slots=True)
class Expects:
    """The overall status and the criteria shown; the rest only where the patient is about it.

    `windows` and `possible` are (first, last) days from the day of evaluation; `confirm` are ids
    that must stand in `to_confirm` (the empty tuple: none may); `unrecognised` codes that must be
    listed; `warned` and `conflicting` criteria that must carry a warning or a conflict; `aside`
    how many records are listed as set aside.
    """

    status: str
    shown: tuple[Shown, ...] = ()
    earliest: Said = UNSAID
    windows: tuple[Window, ...] | None = None
    possible: tuple[Window, ...] | None = None
    confirm: tuple[str, ...] | None = None
    unrecognised: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    conflicting: tuple[str, ...] = ()
    aside: int | None = None

    @property
    def criteria(self) -> Mapping[str, tuple[str, str | None]]:
        """Criterion id -> (verdict, reason) of everything shown."""
        return MappingProxyType(
            {item.criterion: (item.verdict, item.reason) for item in self.shown}
        )


def fails(criterion: str, remedy: str = "new_data") -> Shown:
    """Return: not met, and time alone changes nothing; `remedy` is `new_data` or `none`."""
    return Shown(criterion, Situation.FAILING, "not_met", "decided", remedy=remedy, clears=None)


def waits(criterion: str, clears: When) -> Shown:
    """Return: not met now, cleared by time alone on `clears`."""
    return Shown(criterion, Situation.UPCOMING, "not_met", "decided", remedy="time", clears=clears)


def unknown(criterion: str, reason: str | None = None) -> Shown:
    """Return: not known, for that reason (None: the reason is left open)."""
    return Shown(criterion, Situation.UNKNOWN, "unknown", reason)


def expires(criterion: str, changes: When, verdict: str = "met") -> Shown:
    """Return: holds today, and stops holding on `changes`."""
    return Shown(criterion, Situation.EXPIRING, verdict, "decided", changes=changes)


def holds(criterion: str, basis: str | None = None, verdict: str = "met") -> Shown:
    """Return: met (or not applicable) on that basis."""
    return Shown(criterion, Situation.HOLDING, verdict, "decided", basis=basis)


def spared(criterion: str, basis: str | None = None) -> Shown:
    """Return: not applicable on that basis."""
    return holds(criterion, basis, "not_applicable")
