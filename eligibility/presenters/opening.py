"""Where a trial is open and for how many, and who answers for it at each site, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.models import OpeningChange, SiteApproval, SitePart, TrialPart
from eligibility.presenters.approved import warned
from eligibility.presenters.dates import day, span
from eligibility.presenters.notes import moment, named
from eligibility.presenters.people import place
from eligibility.presenters.words import Look, Words
from trialscreen.institution.models import PrincipalInvestigator, Site

OPEN = Look(gettext_lazy("Open"), "pass", "circle-check", "open")
CLOSED = Look(gettext_lazy("Closed"), "neutral", "ban", "closed")
LATER = Look(gettext_lazy("Not open yet"), "wait", "clock", "later")
FULL = Look(gettext_lazy("Full"), "unknown", "archive", "full")
WHOLE = "trial"
"""The whole of a trial, in an address."""


@dataclass(frozen=True)
class Places:
    """Whether something is open today, and its places."""

    look: Look
    days: str
    taken: int
    ceiling: str
    left: str


@dataclass(frozen=True)
class Part:
    key: str
    """In an address."""
    name: str
    title: str
    places: Places


@dataclass(frozen=True)
class Here:
    """A part at a site."""

    part: str
    name: str
    places: Places


@dataclass(frozen=True)
class Centre:
    code: str
    place: str
    principal: str
    since: str
    next: str
    """Who is named for later."""
    here: tuple[Here, ...]
    approval: Look | None
    """That the ethics board's approval runs out, or has."""


@dataclass(frozen=True)
class Change:
    when: str
    by: str
    what: str
    steps: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Page:
    trial: str
    parts: tuple[Part, ...]
    centres: tuple[Centre, ...]
    changes: tuple[Change, ...]


def present(
    trial: str,
    *,
    parts: list[TrialPart],
    at_sites: Iterable[SitePart],
    sites: Iterable[Site],
    principals: Iterable[PrincipalInvestigator],
    changes: Iterable[OpeningChange],
    approvals: Iterable[SiteApproval],
    days: Mapping[int, date],
    today: date,
) -> Page:
    """View objects of the page. `days`: the day it is at each site."""
    held = {(one.site_id, one.part_id): one for one in at_sites}
    named_at, approved = list(principals), list(approvals)
    return Page(
        trial,
        tuple(part_of(one, today=today) for one in parts),
        tuple(
            _centre(
                site,
                [one for one in parts if one.name],
                held,
                [one for one in named_at if one.site_id == site.pk],
                [one for one in approved if one.site_id == site.pk],
                on=days[site.pk],
            )
            for site in sites
        ),
        tuple(_change(one) for one in changes),
    )


def part_of(part: TrialPart, *, today: date) -> Part:
    return Part(part.name or WHOLE, name_of(part), part.title, places_of(part, today=today))


def name_of(part: TrialPart) -> str:
    return _("Part %(name)s") % {"name": part.name} if part.name else _("Whole trial")


def places_of(row: TrialPart | SitePart | None, *, today: date) -> Places:
    """Of a site that nothing was set for: not open."""
    if row is None:
        return Places(LATER, _("never opened"), 0, "", "")
    ceiling = _("no ceiling of its own") if row.ceiling is None else _of(row.ceiling)
    left = "" if row.ceiling is None else _("%(n)d left") % {"n": row.ceiling - row.registered}
    return Places(
        _look(row, today), days_of(row.opened_on, row.closed_on), row.registered, ceiling, left
    )


def days_of(opened: date | None, closed: date | None) -> str:
    if opened is None:
        return _("never opened")
    if closed is None:
        return _("since %(day)s") % {"day": day(opened)}
    return _("from %(first)s, closed on %(closed)s") % {"first": day(opened), "closed": day(closed)}


def days_in_words(first: date, last: date | None) -> str:
    """``from 3 Dec 2026``, or both ends."""
    return span(first, last) if last is not None else _("from %(day)s") % {"day": day(first)}


def _of(ceiling: int) -> str:
    return _("of %(n)d") % {"n": ceiling}


def _look(row: TrialPart | SitePart, today: date) -> Look:
    if row.is_open(on=today):
        full = row.ceiling is not None and row.registered >= row.ceiling
        return FULL if full else OPEN
    return LATER if row.opened_on is None or row.opened_on > today else CLOSED


def _centre(
    site: Site,
    parts: Iterable[TrialPart],
    held: Mapping[tuple[int, int], SitePart],
    principals: list[PrincipalInvestigator],
    approvals: list[SiteApproval],
    *,
    on: date,
) -> Centre:
    now = next(
        (p for p in principals if p.first_day <= on and (p.last_day is None or on <= p.last_day)),
        None,
    )
    later = [one for one in principals if one.first_day > on]
    parts = list(parts)
    opened = [held[site.pk, one.pk].opened_on for one in parts if (site.pk, one.pk) in held]
    return Centre(
        code=site.code,
        place=place(site),
        principal=named(now.account) if now is not None else "",
        since=day(now.first_day) if now is not None else "",
        next="; ".join(
            _("from %(day)s %(name)s") % {"day": day(one.first_day), "name": named(one.account)}
            for one in reversed(later)
        ),
        here=tuple(
            Here(one.name, name_of(one), places_of(held.get((site.pk, one.pk)), today=on))
            for one in parts
        ),
        approval=warned(approvals, on=on, opened=any(opened)),
    )


def _change(change: OpeningChange) -> Change:
    where = f", {change.site.city}" if change.site is not None else ""
    return Change(
        when=_utc(change),
        by=change.by_name,
        what=name_of(change.part) + where,
        steps=tuple(_steps(change.before, change.after)),
        reason=change.reason,
    )


def _utc(change: OpeningChange) -> str:
    """By the clock of the site; of what concerns all of them, in universal time."""
    if change.site is not None:
        return moment(change.at, change.site)
    return f"{day(change.at.date())}, {change.at:%H:%M} UTC"


_NAMES: Mapping[str, Words] = {
    "opened_on": gettext_lazy("opens"),
    "closed_on": gettext_lazy("closes"),
    "ceiling": gettext_lazy("ceiling"),
}


def _steps(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[str]:
    """What changed, each from and to."""
    for key, name in _NAMES.items():
        old, new = (before or {}).get(key), after.get(key)
        if old != new:
            yield f"{name}: {_value(key, old)} → {_value(key, new)}"


def _value(key: str, value: Any) -> str:
    if value is None:
        return _("none")
    return str(value) if key == "ceiling" else day(value)
