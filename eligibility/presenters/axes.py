"""Days along a picture: horizontal measures in per cent, so that the same drawing fits a tablet and paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from eligibility.presenters.dates import MONTHS, day_and_month

_STEPS = (7, 14, 28, 56, 91, 182, 365, 730, 1826, 3652)


@dataclass(frozen=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True)
class Days:
    """The days of a picture, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def at(self, on: date) -> float:
        """Where a day begins, in per cent, held within the picture."""
        return min(100.0, max(0.0, (on - self.first).days * 100 / self.count))

    def x(self, on: date) -> str:
        return f"{self.at(on):.2f}%"

    def middle(self, on: date) -> str:
        return f"{min(100.0, max(0.0, ((on - self.first).days + 0.5) * 100 / self.count)):.2f}%"

    def width(self, first: date, last: date) -> str:
        """Of a run of days, both included, as far as it lies within the picture."""
        end = 100.0 if last >= self.last else self.at(last + timedelta(days=1))
        return f"{max(0.0, end - self.at(first)):.2f}%"

    def holds(self, on: date) -> bool:
        return self.first <= on <= self.last

    def ticks(self, most: int = 8) -> tuple[Tick, ...]:
        """At most so many, a whole number of weeks, or about so many months, apart."""
        step = next((one for one in _STEPS if self.count / one <= most), _STEPS[-1])
        found = []
        for offset in range(0, self.count, step):
            on = self.first + timedelta(days=offset)
            years = self.count > 300
            label = f"{MONTHS[on.month - 1]} {on.year}" if years else day_and_month(on)
            if offset <= self.count * 0.87:  # A later label would be cut at the edge.
                found.append(Tick(self.x(on), label))
        return tuple(found)
