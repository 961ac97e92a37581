"""Reasons, times and accrual as bars and tables; the template only draws what stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from eligibility.presenters.dates import day
from eligibility.reports.figures import Accrual, Place, Reason, Spread, Times
from trialscreen.institution.models import Site


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    share: str
    """Width of the bar in per cent of the longest."""
    only: int
    only_share: str


@dataclass(frozen=True)
class Taken:
    """How long something took, in words."""

    label: str
    count: int
    median: str
    shortest: str
    longest: str


@dataclass(frozen=True)
class Pile:
    """A bar of the accrual in parts, each from `x` of `width` per cent of the target."""

    label: str
    count: int
    parts: tuple[tuple[str, int, str, str], ...]
    """Part, count, x, width."""


@dataclass(frozen=True)
class Standing:
    target: int
    count: int
    left: int
    parts: tuple[str, ...]
    table: tuple[tuple[Pile, tuple[int, ...]], ...]
    """The whole first, then each site, with the numbers of its parts."""
    by_day: tuple[tuple[str, int], ...]
    first: str
    last: str
    """The days at both ends of the line over time; empty without a registration."""
    steps: str
    """Points of the line of registrations over time within 100 by 100."""


def bars(found: Sequence[Reason], named: Mapping[str, str]) -> tuple[Bar, ...]:
    """Reasons of failure as bars, the part that failed on nothing else within them."""
    most = max((one.count for one in found), default=1)
    return tuple(
        Bar(
            named.get(one.criterion, one.criterion),
            one.count,
            _share(one.count, most),
            one.only,
            _share(one.only, most),
        )
        for one in found
    )


def taken(times: Times) -> tuple[Taken, ...]:
    return (
        _taken(_("From the day the candidate was found"), times.from_opening),
        _taken(_("From the day screening was started"), times.from_start),
    )


def _taken(label: str, spread: Spread) -> Taken:
    if spread.median is None:
        return Taken(label, 0, "–", "–", "–")
    return Taken(
        label, spread.count, f"{spread.median:f}", str(spread.shortest), str(spread.longest)
    )


def standing(accrual: Accrual, sites: Sequence[Site]) -> Standing:
    """Accrual against the target, by site and part."""
    names = {site.code: site.name for site in sites}
    everywhere = Place("", accrual.parts)
    return Standing(
        target=accrual.target,
        count=accrual.count,
        left=max(0, accrual.target - accrual.count),
        parts=tuple(_("Part %(part)s") % {"part": part} for part in accrual.parts),
        table=tuple(
            (
                _pile(
                    names.get(one.site, one.site) if one.site else _("All"),
                    one,
                    tuple(accrual.parts),
                    accrual.target,
                ),
                tuple(one.parts.get(part, 0) for part in accrual.parts),
            )
            for one in (everywhere, *accrual.places)
        ),
        by_day=tuple((day(on), total) for on, total in accrual.by_day),
        first=day(accrual.by_day[0][0]) if accrual.by_day else "",
        last=day(accrual.by_day[-1][0]) if accrual.by_day else "",
        steps=_steps(accrual),
    )


def _pile(label: str, place: Place, every: Sequence[str], target: int) -> Pile:
    parts = []
    before = 0
    for part in every:
        count = place.parts.get(part, 0)
        parts.append((part, count, _share(before, target), _share(count, target)))
        before += count
    return Pile(label, place.count, tuple(parts))


def _steps(accrual: Accrual) -> str:
    if not accrual.by_day:
        return ""
    first, last = accrual.by_day[0][0], accrual.by_day[-1][0]
    days = max((last - first).days, 1)
    points, before = [], 0
    for on, total in accrual.by_day:
        x = (on - first).days * 100 / days
        points += [f"{x:.2f},{_height(before, accrual)}", f"{x:.2f},{_height(total, accrual)}"]
        before = total
    return " ".join([*points, f"100,{_height(before, accrual)}"])


def _height(count: int, accrual: Accrual) -> str:
    return f"{100 - count * 100 / max(accrual.target, 1):.2f}"


def _share(count: int, most: int) -> str:
    return f"{count * 100 / max(most, 1):.2f}%"
