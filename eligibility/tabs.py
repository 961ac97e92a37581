"""The tabs of the worklist: one table, from which both the list and its counts are made."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from django.db.models import Q

from eligibility.models import CLOSED, OPEN, State

_WORKING = (State.CANDIDATE, State.IN_SCREENING)


class Tab(StrEnum):
    """The parts of the list, in the order in which they are shown. The values stand in addresses.

    Those from `READY` to `FAILS` have every open screening once; `CLOSING` is a second look at some of them.
    """

    READY = "ready"
    SIGN = "to-sign"
    REGISTER = "to-register"
    NEEDS = "needs-information"
    NOT_YET = "not-yet"
    REPEATABLE = "repeatable"
    FAILS = "fails"
    CLOSING = "closing"
    REGISTERED = "registered"
    CLOSED = "closed"
    OPEN = "open"


class Place(NamedTuple):
    """Of which states a tab is, and under which statuses, where that matters."""

    states: tuple[State, ...]
    statuses: tuple[str, ...] = ()
    repeatable: bool | None = None

    def holds(self, state: str, status: str, *, repeatable: bool) -> bool:
        return (
            state in self.states
            and (not self.statuses or status in self.statuses)
            and self.repeatable in (None, repeatable)
        )

    @property
    def filter(self) -> Q:
        """The same as a condition of a query."""
        place = Q(state__in=self.states)
        if self.statuses:
            place &= Q(status__in=self.statuses)
        return place if self.repeatable is None else place & Q(repeatable=self.repeatable)


PLACES: Final[Mapping[Tab, Place]] = {
    Tab.READY: Place(_WORKING, ("eligible",)),
    Tab.SIGN: Place((State.CONFIRMED,)),
    Tab.REGISTER: Place((State.SIGNED,)),
    Tab.NEEDS: Place(_WORKING, ("undetermined", "")),
    Tab.NOT_YET: Place(_WORKING, ("not_yet",)),
    Tab.REPEATABLE: Place(_WORKING, ("ineligible",), repeatable=True),
    Tab.FAILS: Place(_WORKING, ("ineligible",), repeatable=False),
    Tab.REGISTERED: Place((State.REGISTERED,)),
    Tab.CLOSED: Place(CLOSED),
    Tab.OPEN: Place(OPEN),
}
"""Every tab but `Tab.CLOSING`, which asks for the day."""
