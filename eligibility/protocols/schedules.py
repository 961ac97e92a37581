"""Schedules of treatment as data: on which days of which weeks of a cycle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple


class Quote(NamedTuple):
    """Words of the registry record, and the heading they stand under."""

    heading: str
    text: str


class TreatmentDay(NamedTuple):
    """One day on which the schedule has treatment. Cycle, week and day count from 1; `day_of_cycle` too."""

    cycle: int
    week: int
    day: int
    on: date

    @property
    def day_of_cycle(self) -> int:
        return (self.week - 1) * 7 + self.day


class Schedule(NamedTuple):
    """The treatment of one part of a trial."""

    part: str
    cycle_weeks: int
    weeks: tuple[int, ...]
    days: tuple[int, ...]
    quote: Quote

    def treatment_days(self, first: date, *, cycles: int) -> Iterator[TreatmentDay]:
        """The days of so many cycles in order; `first` is day 1 of week 1 of cycle 1."""
        for cycle in range(cycles):
            for week in self.weeks:
                for day in self.days:
                    passed = (cycle * self.cycle_weeks + week - 1) * 7 + day - 1
                    yield TreatmentDay(cycle + 1, week, day, first + timedelta(days=passed))

    def ends(self, first: date, *, cycles: int) -> date:
        """The last day of the last cycle."""
        return first + timedelta(days=cycles * self.cycle_weeks * 7 - 1)


class Treatment(NamedTuple):
    """What the registry record says of a trial's treatment."""

    agent: str
    schedules: tuple[Schedule, ...]
    quotes: tuple[Quote, ...]

    def of_part(self, part: str) -> Schedule | None:
        return next((one for one in self.schedules if one.part == part), None)
