"""What a patient has been given, as bars over time, each with the wash-out that criteria ask for after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from eligibility.presenters.axes import Days, Tick
from eligibility.presenters.dates import day
from eligibility.presenters.facts import when
from eligibility.rules.criterion import Criterion
from eligibility.rules.kinds.washout import Pause
from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Record
from patients.facts import Course, Operation

ROW, BAR, AXIS = 24, 12, 22
LONGEST = 3 * 365
AHEAD = 90

Treatment = Course | Operation


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    kind: str
    """``given`` or ``washout``."""
    title: str


@dataclass(frozen=True)
class Line:
    label: str
    y: int
    bars: tuple[Bar, ...]

    @property
    def bar_y(self) -> int:
        return self.y + (ROW - BAR) // 2


@dataclass(frozen=True)
class Entry:
    what: str
    dates: str
    washouts: tuple[str, ...]


@dataclass(frozen=True)
class Treatments:
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    today: str
    height: int
    description: str
    older: int
    """How many lie wholly before the picture; the table has them."""
    table: tuple[Entry, ...]
    bar: int = BAR
    axis: int = AXIS


@dataclass(frozen=True)
class _Washout:
    criterion: Criterion
    until: date
    """The first day on which the pause is over."""


def treatments(record: Record, protocol: Protocol, *, on: date) -> Treatments | None:
    """Courses, operations and radiotherapy of a record, the latest first; None where there is none."""
    held: list[Treatment] = [*record.facts.courses, *record.facts.operations]
    if not held:
        return None
    ordered = sorted(held, key=lambda one: (_end(one, on), one.ref), reverse=True)
    starts = [_start(one, on) for one in ordered]
    first = max(min([*starts, on - timedelta(days=90)]), on - timedelta(days=LONGEST))
    days = Days(first, on + timedelta(days=AHEAD))
    shown = [one for one in ordered if _reach(one, record, protocol, on) >= days.first]
    lines = tuple(
        Line(one.label, AXIS + ROW * index, tuple(_bars(one, record, protocol, days, on)))
        for index, one in enumerate(shown)
    )
    return Treatments(
        lines=lines,
        ticks=days.ticks(),
        today=days.middle(on),
        height=AXIS + ROW * len(lines) + 2,
        description="; ".join(f"{one.label}, {_dates(one)}" for one in ordered) + ".",
        older=len(ordered) - len(shown),
        table=tuple(
            Entry(
                one.label,
                _dates(one),
                tuple(_washout_words(each, on) for each in _washouts(one, record, protocol)),
            )
            for one in ordered
        ),
    )


def _bars(
    one: Treatment, record: Record, protocol: Protocol, days: Days, on: date
) -> Iterator[Bar]:
    start, end = _start(one, on), _end(one, on)
    yield Bar(days.x(start), days.width(start, end), "given", f"{one.label}: {_dates(one)}")
    for each in _washouts(one, record, protocol):
        begins = end + timedelta(days=1)
        if each.until > begins:
            last = each.until - timedelta(days=1)
            title = _washout_words(each, on)
            yield Bar(days.x(begins), days.width(begins, last), "washout", title)


def _washouts(one: Treatment, record: Record, protocol: Protocol) -> list[_Washout]:
    """The pauses that criteria ask for after this treatment, the longest last; none while it has no known end."""
    if one.end is None or one.end.last is None:
        return []
    last = one.end.last
    found = [
        _Washout(criterion, pause.after(last))
        for criterion in protocol.criteria
        for statement, pause in _pausing(criterion.holds)
        if _concerns(statement, one)
    ]
    return sorted(found, key=lambda each: each.until)


def _pausing(statement: Any) -> Iterator[tuple[Any, Pause]]:
    if isinstance(statement, tuple):
        for part in statement:
            yield from _pausing(part)
    elif is_dataclass(statement) and not isinstance(statement, type):
        pause = getattr(statement, "pause", None)
        if isinstance(pause, Pause):
            yield statement, pause
            return
        for part in fields(statement):
            yield from _pausing(getattr(statement, part.name))


def _concerns(statement: Any, one: Treatment) -> bool:
    """Whether a pause runs after this treatment: by its classes, and for a course by its setting."""
    classes = {*getattr(statement, "of", ("radiotherapy",)), *getattr(statement, "doubtful", ())}
    if one.classes.isdisjoint(classes):
        return False
    setting = getattr(statement, "setting", None)
    return setting is None or not isinstance(one, Course) or one.intent in (None, setting)


def _reach(one: Treatment, record: Record, protocol: Protocol, on: date) -> date:
    return max([_end(one, on), *(each.until for each in _washouts(one, record, protocol))])


def _start(one: Treatment, on: date) -> date:
    for span in (one.start, one.end):
        if span is not None and span.first is not None:
            return min(span.first, on)
    return on


def _end(one: Treatment, on: date) -> date:
    if one.end is not None and one.end.last is not None:
        return max(one.end.last, _start(one, on))
    return on


def _dates(one: Treatment) -> str:
    start, end = when(one.start), when(one.end)
    if one.end is None:
        return _("since %(day)s") % {"day": start} if start else _("ongoing")
    if one.ended == "unknown":
        return _("%(start)s – end not recorded") % {"start": start or "?"}
    return end if start == end or not start else f"{start} – {end}"


def _washout_words(each: _Washout, on: date) -> str:
    over = _("over since %(day)s") if each.until <= on else _("until %(day)s")
    return f"{each.criterion.title}: " + over % {"day": day(each.until)}
