"""The treatment calendar of a registered patient, on the page and as a file; it names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.models import Registration
from eligibility.presenters.dates import MONTHS, day, span
from eligibility.protocols.schedules import Quote, Schedule, Treatment, TreatmentDay
from eligibility.reports.calendar import Appointment

WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
MOST_CYCLES = 6
_WEEKEND = 5


@dataclass(frozen=True)
class Square:
    """One day of the picture."""

    on: date
    label: str
    number: int
    """Day of its cycle."""
    treated: bool
    weekend: bool
    today: bool


@dataclass(frozen=True)
class Week:
    number: int
    dates: str
    treated: bool
    squares: tuple[Square, ...]


@dataclass(frozen=True)
class Cycle:
    number: int
    dates: str
    weeks: tuple[Week, ...]


@dataclass(frozen=True)
class Page:
    number: str
    """The screening number."""
    subject: str
    part: str
    first: str
    """Day 1, for the form: ISO."""
    first_shown: str
    registered: str
    cycles: tuple[Cycle, ...]
    chosen: int
    choices: tuple[int, ...]
    count: int
    weekdays: tuple[str, ...]
    warnings: tuple[str, ...]
    quotes: tuple[Quote, ...]
    summary: str


def present(
    held: Registration,
    schedule: Schedule,
    treatment: Treatment,
    *,
    first: date,
    cycles: int,
    today: date,
) -> Page:
    """The page of one registered patient; `first` is the day of first treatment."""
    days = list(schedule.treatment_days(first, cycles=cycles))
    weekend = [one for one in days if one.on.weekday() >= _WEEKEND]
    return Page(
        number=held.screening.label,
        subject=str(held.subject_number),
        part=schedule.part,
        first=first.isoformat(),
        first_shown=day(first),
        registered=day(held.registered_on),
        cycles=tuple(
            _cycle(schedule, first, days, number, today) for number in range(1, cycles + 1)
        ),
        chosen=cycles,
        choices=tuple(range(1, MOST_CYCLES + 1)),
        count=len(days),
        weekdays=_columns(first),
        warnings=tuple(_warnings(held, first, weekend)),
        quotes=(schedule.quote, *treatment.quotes),
        summary=_(
            "Day 1 on %(first)s; %(n)d days of treatment until %(last)s; the last cycle ends on %(end)s."
        )
        % {
            "first": day(first),
            "n": len(days),
            "last": day(days[-1].on),
            "end": day(schedule.ends(first, cycles=cycles)),
        },
    )


def appointments(
    held: Registration, schedule: Schedule, treatment: Treatment, *, first: date, cycles: int
) -> list[Appointment]:
    """The days of treatment as whole days of a calendar; a subject is its screening number."""
    quoted = "\n".join(
        f"“{one.text}” ({one.heading})" for one in (schedule.quote, *treatment.quotes[:1])
    )
    return [
        Appointment(
            uid=f"{held.screening_id}-c{one.cycle}w{one.week}d{one.day}@trialscreen",
            on=one.on,
            summary=_("%(number)s: cycle %(cycle)d, day %(day)d (%(agent)s)")
            % {
                "number": held.screening.label,
                "cycle": one.cycle,
                "day": one.day_of_cycle,
                "agent": treatment.agent,
            },
            description=_(
                "%(trial)s, part %(part)s, week %(week)d, day %(day)d of 5. As registered: %(quoted)s"
            )
            % {
                "trial": held.trial.number,
                "part": schedule.part,
                "week": one.week,
                "day": one.day,
                "quoted": quoted,
            },
        )
        for one in schedule.treatment_days(first, cycles=cycles)
    ]


def _columns(first: date) -> tuple[str, ...]:
    return tuple(str(WEEKDAYS[(first.weekday() + offset) % 7]) for offset in range(7))


def _warnings(held: Registration, first: date, weekend: list[TreatmentDay]) -> list[str]:
    said = []
    if first < held.registered_on:
        said.append(
            _("Day 1 lies before the registration on %(day)s.") % {"day": day(held.registered_on)}
        )
    if weekend:
        said.append(
            _("%(n)d days of treatment fall on a weekend: day 1 is a %(weekday)s.")
            % {"n": len(weekend), "weekday": WEEKDAYS[first.weekday()]}
        )
    return said


def _cycle(
    schedule: Schedule, first: date, days: list[TreatmentDay], number: int, today: date
) -> Cycle:
    begins = first + timedelta(weeks=(number - 1) * schedule.cycle_weeks)
    treated = {one.on for one in days if one.cycle == number}
    weeks = tuple(
        _week(begins + timedelta(weeks=week), week + 1, treated, today)
        for week in range(schedule.cycle_weeks)
    )
    ends = begins + timedelta(days=schedule.cycle_weeks * 7 - 1)
    return Cycle(number, span(begins, ends), weeks)


def _week(begins: date, number: int, treated: set[date], today: date) -> Week:
    days = [begins + timedelta(days=offset) for offset in range(7)]
    squares = tuple(
        Square(
            on=on,
            label=f"{on.day} {MONTHS[on.month - 1]}",
            number=(number - 1) * 7 + offset + 1,
            treated=on in treated,
            weekend=on.weekday() >= _WEEKEND,
            today=on == today,
        )
        for offset, on in enumerate(days)
    )
    return Week(number, span(days[0], days[-1]), any(one.treated for one in squares), squares)
