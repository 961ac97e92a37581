"""The screening log: which lines are asked for, a page at a time or whole.

Lines exist only within `trialscreen.institution.scope.use_logs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from eligibility.models import LogLine, State

PAGE = 50
YEARS = range(1900, 2201)


@dataclass(frozen=True)
class Asked:
    """The filters of an address. What cannot be read stands in `unread` as it was typed, and filters nothing."""

    site: str = ""
    state: str = ""
    criterion: str = ""
    first: date | None = None
    """Opened on that day or later."""
    last: date | None = None
    after: str = ""
    """The key of the line before the page."""
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the lines, as the parameters of an address."""
        given = {
            "site": self.site,
            "state": self.state,
            "criterion": self.criterion,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        }
        return {name: value for name, value in given.items() if value}


def asked(query: Mapping[str, Any], *, sites: frozenset[str], criteria: frozenset[str]) -> Asked:
    """The filters of a query. `sites` are codes of the sites whose logs may be read."""
    unread: dict[str, str] = {}

    def one_of(name: str, known: frozenset[str]) -> str:
        value = str(query.get(name, "")).strip()
        if value and value not in known:
            unread[name] = value
            return ""
        return value

    def day(name: str) -> date | None:
        value = str(query.get(name, "")).strip()
        if not value:
            return None
        with suppress(ValueError):
            found = date.fromisoformat(value)
            # Neither another way to write a day (2026-W47-7) nor one that no screening opens on.
            if found.isoformat() == value and found.year in YEARS:
                return found
        unread[name] = value
        return None

    return Asked(
        site=one_of("site", sites),
        state=one_of("state", frozenset(State)),
        criterion=one_of("criterion", criteria),
        first=day("from"),
        last=day("to"),
        after=str(query.get("after", "")),
        unread=unread,
    )


def lines(trial: str, question: Asked) -> QuerySet[LogLine]:
    """The lines of a trial that are asked for, by site and number."""
    wanted = Q(trial=trial)
    if question.site:
        wanted &= Q(site__code=question.site)
    if question.state:
        wanted &= Q(state=question.state)
    if question.criterion:
        wanted &= Q(failed__contains=[question.criterion])
    if question.first:
        wanted &= Q(opened_on__gte=question.first)
    if question.last:
        wanted &= Q(opened_on__lte=question.last)
    return LogLine.objects.filter(wanted).select_related("site").order_by("site__code", "number")


def page(trial: str, question: Asked) -> tuple[list[LogLine], str]:
    """One page of lines, and the key after which the next begins; empty: it was the last."""
    rows = lines(trial, question)
    _trial, _, rest = question.after.partition("/")
    code, _, number = rest.partition("/")
    if number.isascii() and number.isdecimal() and len(number) < 10 and "\x00" not in code:
        later = Q(site__code__gt=code) | Q(site__code=code, number__gt=int(number))
        rows = rows.filter(later)
    # First which, then all about these: a line costs its look-ups only where it is shown.
    which = list(rows.values_list("key", "site_id", "number")[: PAGE + 1])
    shown = which[:PAGE]
    wanted = Q(site__in={site for _key, site, _number in shown})
    wanted &= Q(number__in=[number for _key, _site, number in shown])
    held = {one.key: one for one in lines(trial, Asked()).filter(wanted)}
    found = [held[key] for key, _site, _number in shown]
    return found, which[PAGE - 1][0] if len(which) > PAGE else ""


def counted(trial: str, question: Asked) -> list[LogLine]:
    """The lines with as much of each as the figures need."""
    return list(lines(trial, question).only(*_COUNTED))


_COUNTED = (
    "site__code",
    "episode",
    "followed",
    "opened_on",
    "started_on",
    "registered_on",
    "closed_on",
    "state",
    "reason",
    "failed",
    "part",
)
