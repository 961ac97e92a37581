"""The patient's records in the words of the rules: conditions, courses, results and so on.

Reading only: nothing here depends on the day of evaluation, and nothing decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from tests.naive.dates import Span

ACTIVE = ("active", "recurrence", "relapse")


@dataclass
class Record:
    """What every record has: where it came from and its latest own date (None: undated)."""

    raw: dict
    latest: date | None


@dataclass
class Condition(Record):
    classes: set[str]
    sites: list[dict]
    certain: bool
    """False for unconfirmed, provisional, differential and verification codes not of FHIR."""
    clinical: str | None
    onset: Span | None
    abatement: Span | None
    """None: no abatement. An abatement without date is a span open to the past."""
    abatement_dated: bool
    morphology: list[dict]


@dataclass
class Course(Record):
    """A drug course, an operation, an irradiation: something given from a day to a day."""

    classes: set[str]
    intents: set[str]
    routes: set[str]
    """systemic, topical, undetermined; empty when no route is stated."""
    start: Span
    end: Span | None
    """None: ongoing, without an end."""
    begun: bool
    """True where a missing start does not matter (an ongoing course)."""
    certain: bool
    can_be_concurrent: bool = True
    completed: bool = False
    not_before: Span | None = None
    """A condition code that stands for a treatment: not yet begun before this day."""


@dataclass
class Result(Record):
    analytes: set[str]
    collected: Span | None
    instant: datetime | None
    issued: tuple[date, datetime | None] | None
    specimen: bool

    @property
    def days(self) -> Span:
        """The days on which it can have been collected, of a result that has a date."""
        assert self.collected is not None
        return self.collected


@dataclass
class Participation(Record):
    status: str
    start: Span | None
    end: Span | None
    end_is_known: bool


@dataclass
class Chart:
    """All that is known of the patient."""

    patient: dict
    sex: str | None
    sex_contradictory: bool
    birth: Span | None
    deceased: Span | None
    received: date
    zone: tzinfo
    conditions: list[Condition] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    reports: list[tuple[dict, Span | None]] = field(default_factory=list)
    participations: list[Participation] = field(default_factory=list)
    specimens: list[dict] = field(default_factory=list)
    by_reference: dict[str, dict] = field(default_factory=dict)
