"""A patient's results against their limits over time, one small picture for each analyte that a criterion compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from eligibility.presenters.axes import Days, Tick
from eligibility.presenters.dates import day, span
from eligibility.presenters.facts import amount, when
from eligibility.rules.criterion import Criterion
from eligibility.rules.finding import plain
from eligibility.rules.kinds.latest import CANONICAL, Compared
from eligibility.rules.limits import EXACT, Limit, TimesUln, upper_limit, within
from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Record
from eligibility.rules.verdicts import Reason
from patients.facts import Result
from patients.values import Amount, Score

HEIGHT = 96
TOP, BOTTOM = 14, 78
"""Between them lie the values; dates are written beneath."""
LONGEST = 400
"""Days back at most; older results stand in the table."""
AHEAD = 14
_HEADROOM = Decimal("1.25")


@dataclass(frozen=True)
class Point:
    x: str
    y: int
    shape: str
    """``within``, ``outside`` or ``unused``: drawn as a disc, a triangle and a ring."""
    title: str
    value: str
    """Written beside the last one; empty for the others."""


@dataclass(frozen=True)
class Entry:
    """One line of the table beneath a picture."""

    when: str
    value: str
    against: str
    within: str
    window: str


@dataclass(frozen=True)
class Picture:
    anchor: str
    """The criterion's row."""
    title: str
    limit: str
    limit_y: int | None
    top_label: str
    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    window_x: str
    window_width: str
    window_title: str
    today: str
    description: str
    table: tuple[Entry, ...]
    height: int = HEIGHT
    top: int = TOP
    bottom: int = BOTTOM


@dataclass(frozen=True)
class _Seen:
    """One result, placed: its height is its value, in the canonical unit or in multiples of the upper limit."""

    result: Result
    on: date
    height: Decimal | None
    fits: bool | None
    against: str


def pictures(
    record: Record, protocol: Protocol, policy: Mapping[str, Any], *, on: date
) -> tuple[Picture, ...]:
    """One picture for each comparison of which a result is held, in the order of the protocol."""
    drawn = (
        _picture(criterion, asked, record, window=policy[asked.within], on=on)
        for criterion in protocol.criteria
        for asked in _compared(criterion.holds)
    )
    return tuple(picture for picture in drawn if picture is not None)


def _compared(statement: Any) -> Iterator[Compared]:
    """The comparisons within a statement."""
    if isinstance(statement, Compared):
        yield statement
    elif isinstance(statement, tuple):
        for part in statement:
            yield from _compared(part)
    elif is_dataclass(statement) and not isinstance(statement, type):
        for part in fields(statement):
            yield from _compared(getattr(statement, part.name))


def _picture(
    criterion: Criterion, asked: Compared, record: Record, *, window: int, on: date
) -> Picture | None:
    seen = [one for one in _placed(asked, record) if one.on <= on]
    if not seen:
        return None
    oldest = min(one.on for one in seen)
    since = on - timedelta(days=window)
    first = max(min(oldest, since) - timedelta(days=3), on - timedelta(days=LONGEST))
    days = Days(first, on + timedelta(days=AHEAD))
    limit = _limit(asked)
    top = max([limit, *(one.height for one in seen if one.height is not None)]) * _HEADROOM
    return Picture(
        anchor=criterion.id,
        title=asked.what[:1].upper() + asked.what[1:],
        limit=_limit_words(asked),
        limit_y=_y(limit, top),
        top_label=f"{plain(top.quantize(Decimal(1)) if top >= 10 else top)} {_unit(asked)}".strip(),
        points=tuple(_points(seen, days, top)),
        ticks=days.ticks(most=5),
        window_x=days.x(since),
        window_width=days.width(since, on),
        window_title=_("Counts on %(day)s: %(span)s") % {"day": day(on), "span": span(since, on)},
        today=days.middle(on),
        description=_description(asked, seen),
        table=tuple(_entry(one, since) for one in sorted(seen, key=lambda o: o.on, reverse=True)),
    )


def _placed(asked: Compared, record: Record) -> Iterator[_Seen]:
    for result in record.results(asked.analytes):
        span_of = result.collected
        if span_of is None or span_of.last is None:
            continue
        height, fits, against = _measured(asked, result, record)
        yield _Seen(result, span_of.last, height, fits if result.counts else None, against)


def _measured(
    asked: Compared, result: Result, record: Record
) -> tuple[Decimal | None, bool | None, str]:
    """Height in the picture, whether it lies within the limit, and the limit in words; exact throughout."""
    value = result.value
    if isinstance(value, Score):
        score = EXACT.create_decimal(value.value)
        value = Amount(score, None, "", "score", score)
    if not isinstance(value, Amount) or value.canonical is None:
        return None, None, ""
    limit = asked.limit
    if isinstance(limit, Limit):
        if value.dimension != limit.dimension:
            return None, None, ""
        return value.canonical, within(value, limit.value, asked.side), _limit_words(asked)
    high = upper_limit(result, value, record)
    if isinstance(high, Reason) or not high[0].canonical:
        return None, None, _("no upper limit of normal")
    bound = EXACT.multiply(limit.factor, high[0].canonical)
    # A height on paper, not a clinical number: the comparison itself is made with the product above.
    times = value.canonical / high[0].canonical
    return times, within(value, bound, asked.side), f"ULN {amount(high[0])}"


def _limit(asked: Compared) -> Decimal:
    return asked.limit.value if isinstance(asked.limit, Limit) else asked.limit.factor


def _limit_words(asked: Compared) -> str:
    sign = "≥" if asked.side == "at_least" else "≤"
    if isinstance(asked.limit, TimesUln):
        return f"{sign} {plain(asked.limit.factor)} × ULN"
    return f"{sign} {plain(asked.limit.value)} {_unit(asked)}".strip()


def _unit(asked: Compared) -> str:
    if isinstance(asked.limit, TimesUln):
        return "× ULN"
    return CANONICAL.get(asked.limit.dimension, "")


def _y(value: Decimal, top: Decimal) -> int:
    share = min(Decimal(1), max(Decimal(0), value / top))
    return BOTTOM - int(share * (BOTTOM - TOP))


def _points(seen: list[_Seen], days: Days, top: Decimal) -> Iterator[Point]:
    last = max(seen, key=lambda one: one.on)
    for one in seen:
        if not days.holds(one.on):
            continue
        shape = "unused" if one.fits is None else ("within" if one.fits else "outside")
        value = amount(one.result.value)
        title = f"{value}, {when(one.result.collected)}: {_fits_words(one)}"
        y = BOTTOM if one.height is None else _y(one.height, top)
        yield Point(days.middle(one.on), y, shape, title, value if one is last else "")


def _fits_words(one: _Seen) -> str:
    if one.fits is None:
        return _("not comparable") if one.result.counts else _("not used: %s") % one.result.status
    return _("within the limit") if one.fits else _("outside the limit")


def _entry(one: _Seen, since: date) -> Entry:
    return Entry(
        when(one.result.collected),
        amount(one.result.value),
        one.against,
        _fits_words(one),
        _("yes") if one.on >= since else _("too old"),
    )


def _description(asked: Compared, seen: list[_Seen]) -> str:
    last = max(seen, key=lambda one: one.on)
    return _(
        "%(what)s, limit %(limit)s: %(n)d results, the last %(value)s on %(day)s, %(fits)s."
    ) % {
        "what": asked.what[:1].upper() + asked.what[1:],
        "limit": _limit_words(asked),
        "n": len(seen),
        "value": amount(last.result.value),
        "day": when(last.result.collected),
        "fits": _fits_words(last),
    }
