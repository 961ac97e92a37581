"""What facts are made of: days that are not always exact, and values as they were reported.

Days
    Every date is a span of possible days (`Days`), because hospitals report "2026-03" as well as "2026-03-14". Time
    stamps have been converted to the site's time zone and cut to their date; the instant is kept for ordering.
    Partial dates of what has happened are already cut at the day the data was received; planned ends are not.
Amounts
    Exact decimals. `Amount.value` and `.unit` are as reported; `.canonical` is the same number in the analyte's
    canonical unit of its dimension (see `patients.codes`), or None with a `.fault`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

Comparator = Literal["<", "<=", ">", ">="]
Ended = Literal["known", "unknown", "ongoing"]


class Days(NamedTuple):
    """The days on which something can have been: both ends included, None is open."""

    first: date | None
    last: date | None
    text: str = ""
    """As reported, e.g. ``2026-03``."""
    instant: datetime | None = None
    """The moment in UTC, only when a time of day with an offset was given."""

    @property
    def exact(self) -> bool:
        return self.first is not None and self.first == self.last

    @property
    def reported(self) -> bool:
        """Whether a date was given at all, rather than only that it happened."""
        return self.text != ""


class Amount(NamedTuple):
    """A number with its unit. `canonical` is exact, in the canonical unit of `dimension`."""

    value: Decimal
    comparator: Comparator | None
    unit: str
    """As reported; empty when there was none."""
    dimension: str | None
    """``number``, ``mass``, ``molar``, ``catalytic``, ``length``, or ``code:UNIT`` where nothing is converted."""
    canonical: Decimal | None
    fault: Literal["unit", "implausible"] | None = None


class Sign(NamedTuple):
    """A qualitative result: positive (detected, reactive, pregnant) or negative."""

    positive: bool
    text: str


class Score(NamedTuple):
    """A performance status score, 0 to 5. Zero is the fittest patient, not a missing value."""

    value: int


class Unreadable(NamedTuple):
    """A value that is present and cannot be interpreted. It decides *unknown*, never an older result instead."""

    text: str


Value = Amount | Sign | Score | Unreadable


def ended_by(start: Days | None, told: date) -> Days:
    """The days on which something can have ended that is told to be over on `told`: never before it began."""
    if start is None:
        return Days(None, told)
    return Days(start.first, max(start.last or told, told))
