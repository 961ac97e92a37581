"""The screening log in words: on screen, and as the table that is exported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.models import LogLine, State
from eligibility.presenters.dates import day, day_and_month
from eligibility.presenters.people import age_band, sex_of
from eligibility.presenters.retests import in_log
from eligibility.presenters.words import STATUS, Look, Words
from eligibility.reports.log import Asked
from eligibility.reports.spreadsheets import Cell
from eligibility.rules.protocol import Protocol
from eligibility.workflow import REASONS
from trialscreen.institution.models import Site

HEADS = (
    gettext_lazy("Screening number"),
    gettext_lazy("Site"),
    gettext_lazy("Opened"),
    gettext_lazy("Age at opening"),
    gettext_lazy("Sex"),
    gettext_lazy("State"),
    gettext_lazy("Eligibility"),
    gettext_lazy("Reason"),
    gettext_lazy("Criteria not met at closing"),
    gettext_lazy("Only that one"),
    gettext_lazy("Started"),
    gettext_lazy("Confirmed"),
    gettext_lazy("Signed"),
    gettext_lazy("Registered"),
    gettext_lazy("Closed"),
    gettext_lazy("Part"),
    gettext_lazy("Subject"),
    gettext_lazy("Earlier screening"),
    gettext_lazy("Confirmations voided"),
    gettext_lazy("Deviations"),
    gettext_lazy("Repeated after a failure"),
    gettext_lazy("Reasons for repeating"),
)
_STATES: Mapping[str, Look] = {
    "registered": Look("", "pass", "circle-check", ""),
    "signed": Look("", "pass", "signature", ""),
    "confirmed": Look("", "wait", "clipboard-check", ""),
    "in_screening": Look("", "wait", "hourglass", ""),
    "candidate": Look("", "neutral", "user-question", ""),
    "ineligible": Look("", "fail", "ban", ""),
}
_CLOSED = Look("", "neutral", "archive", "")


@dataclass(frozen=True)
class Row:
    number: str
    site: str
    opened: str
    person: str
    state: Look
    status: str
    reasons: tuple[str, ...]
    alone: bool
    """Nothing but the one criterion failed."""
    notes: tuple[str, ...]
    retests: tuple[str, ...]
    """Criteria that were repeated after a failure, with the coded reason of each."""
    dates: tuple[tuple[str, str], ...]
    """Without the year where it is that of the opening."""
    placed: str


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Page:
    rows: tuple[Row, ...]
    here: str
    sites: tuple[Choice, ...]
    states: tuple[Choice, ...]
    criteria: tuple[Choice, ...]
    first: str
    last: str
    unread: str
    filtered: bool
    count: str
    exported: str
    """The filters as the query of an address."""
    next: str
    beginning: str
    """Where the first page is; empty on it."""


FILTERS: Mapping[str, Words] = {
    "site": gettext_lazy("Site"),
    "state": gettext_lazy("State"),
    "criterion": gettext_lazy("Criterion"),
    "from": gettext_lazy("Opened from"),
    "to": gettext_lazy("Opened until"),
}


def not_understood(question: Asked) -> str:
    """Which filters could not be read, in a sentence; empty where all could."""
    named = ", ".join(str(FILTERS[name]) for name in question.unread)
    said = _("Not understood, so not filtered by: %(filters)s. Write days as 2026-09-01.")
    return said % {"filters": named} if named else ""


def titles(protocol: Protocol) -> dict[str, str]:
    """Titles of criteria by id, in the order of the protocol."""
    return {one.id: one.title for one in protocol.criteria}


def present(
    found: Sequence[LogLine],
    question: Asked,
    *,
    total: int,
    following: str,
    sites: Sequence[Site],
    protocol: Protocol,
) -> Page:
    """One page of the log. `sites` are all whose logs may be read, `total` counts the lines that match."""
    named = titles(protocol)
    return Page(
        rows=tuple(_row(one, named) for one in found),
        here=_("All sites") if len(sites) > 1 else ", ".join(site.name for site in sites),
        sites=tuple(Choice(one.code, one.name, one.code == question.site) for one in sites),
        states=tuple(Choice(s.value, str(s.label), s.value == question.state) for s in State),
        criteria=tuple(Choice(key, named[key], key == question.criterion) for key in named),
        first=question.first.isoformat() if question.first else question.unread.get("from", ""),
        last=question.last.isoformat() if question.last else question.unread.get("to", ""),
        unread=not_understood(question),
        filtered=bool(question.filters),
        count=_("1 line") if total == 1 else _("%(n)d lines") % {"n": total},
        exported=_query(question.filters),
        next=_query({**question.filters, "after": following}) if following else "",
        beginning=(_query(question.filters) or "?") if question.after else "",
    )


def table(found: Iterable[LogLine], protocol: Protocol) -> list[list[Cell]]:
    """The lines under `HEADS`, for a spreadsheet."""
    named = titles(protocol)
    return [_cells(one, named) for one in found]


def about(
    question: Asked, *, count: int, protocol: Protocol, by: str, when: str
) -> list[tuple[str, str]]:
    """What the exported table is, for its second sheet."""
    said = [
        (_("Trial"), f"{protocol.trial}: {protocol.title}"),
        (_("Criteria version"), protocol.version),
        (_("Lines"), str(count)),
        (_("Made by"), by),
        (_("Made"), when),
    ]
    said += [(str(FILTERS[name]), value) for name, value in question.filters.items()]
    return [*said, (_("Identifiers"), _("none: the key list is kept by each site"))]


def document(
    found: Iterable[LogLine], said: Sequence[tuple[str, str]], *, protocol: Protocol, foot: str
) -> dict[str, Any]:
    """The log for its template on paper; `said` is what the table is."""
    named = titles(protocol)
    rows = [_row(one, named) for one in found]
    return {
        "title": _("Screening log %(trial)s") % {"trial": protocol.trial},
        "lang": "en",
        "about": [list(pair) for pair in said],
        "heads": [
            _("Number"),
            _("Site"),
            _("Opened"),
            _("Age, sex"),
            _("State"),
            _("Reason"),
            _("Repeated after a failure"),
            _("Days"),
            _("Part, subject"),
        ],
        "rows": [
            [
                row.number,
                row.site,
                row.opened,
                row.person,
                str(row.state.label),
                "; ".join((*row.reasons, *row.notes)),
                "; ".join(row.retests),
                ", ".join(f"{label} {on}" for label, on in row.dates),
                row.placed,
            ]
            for row in rows
        ],
        "foot": foot,
    }


def _query(parameters: Mapping[str, str]) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""


def _row(one: LogLine, named: Mapping[str, str]) -> Row:
    look = _STATES.get(one.state, _CLOSED)
    state = State(one.state)
    return Row(
        number=one.label,
        site=one.site.name,
        opened=day(one.opened_on),
        person=f"{age_band(one.age_from)}, {sex_of(one.sex)}",
        state=Look(str(state.label), look.tone, look.icon, ""),
        status=str(STATUS[one.status].label) if one.is_open and one.status else "",
        reasons=_reasons(one, named),
        alone=len(one.failed or ()) == 1,
        notes=_notes(one),
        retests=in_log(one, named),
        dates=_dates(one),
        placed=_("part %(part)s, subject %(n)d") % {"part": one.part, "n": one.subject_number}
        if one.subject_number is not None
        else "",
    )


def _reasons(one: LogLine, named: Mapping[str, str]) -> tuple[str, ...]:
    if one.failed:
        return tuple(named.get(criterion, criterion) for criterion in one.failed)
    if not one.reason:
        return ()
    return (_reason(one),)


def _reason(one: LogLine) -> str:
    return str(REASONS.get(State(one.state), {}).get(one.reason, one.reason))


def _notes(one: LogLine) -> tuple[str, ...]:
    said = []
    if one.previous_number is not None:
        said.append(_("screened before as number %(n)d") % {"n": one.previous_number})
    if one.voided:
        said.append(_("%(n)d × no longer as confirmed") % {"n": one.voided})
    if one.deviations:
        said.append(_("deviations: %(n)d") % {"n": one.deviations})
    return tuple(said)


def _dates(one: LogLine) -> tuple[tuple[str, str], ...]:
    pairs = (
        (_("Started"), one.started_on),
        (_("Confirmed"), one.confirmed_on),
        (_("Signed"), one.signed_on),
        (_("Registered"), one.registered_on),
        (_("Closed"), one.closed_on),
    )
    year = one.opened_on.year
    return tuple(
        (label, day_and_month(on) if on.year == year else day(on)) for label, on in pairs if on
    )


def _cells(one: LogLine, named: Mapping[str, str]) -> list[Cell]:
    failed = one.failed or []
    return [
        one.label,
        one.site.code,
        one.opened_on,
        age_band(one.age_from),
        one.sex,
        str(State(one.state).label),
        str(STATUS[one.status].label) if one.status else "",
        _reason(one) if one.reason else "",
        "; ".join(named.get(criterion, criterion) for criterion in failed),
        (_("yes") if len(failed) == 1 else _("no")) if failed else "",
        one.started_on,
        one.confirmed_on,
        one.signed_on,
        one.registered_on,
        one.closed_on,
        one.part,
        one.subject_number,
        one.previous_number,
        one.voided,
        one.deviations,
        len(one.retests),
        "; ".join(in_log(one, named)),
    ]
