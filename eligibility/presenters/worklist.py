"""The worklist in words: who is where, what is missing and by whom, until when, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.models import OPEN, State
from eligibility.presenters.dates import day
from eligibility.presenters.missing import EFFORTS, Effort
from eligibility.presenters.patients import LOOKS, Column, Tab, no_gaps, window_of
from eligibility.presenters.people import age, initials, place, sex_of
from eligibility.presenters.strip import Strip, strip_of
from eligibility.presenters.words import Look, Words, sentence
from eligibility.presenters.worklist_words import (
    BY,
    COLUMNS,
    NOTHING_HERE,
    NOTHING_YET,
    STATES,
    TABS,
    Action,
    Nothing,
    action_of,
)
from eligibility.rules.protocol import Protocol
from eligibility.tabs import Tab as On
from eligibility.workflow import REASONS
from eligibility.worklist import CLOSING_DAYS, ME, NOBODY, SORTS, Asked, Glimpse, Line
from trialscreen.institution.models import Account, Site
from trialscreen.institution.sealed import sealed

UNASSESSED = "unassessed"
_SHOWN = 2


@dataclass(frozen=True)
class Gap:
    effort: Effort
    what: str
    by: Words


@dataclass(frozen=True)
class Row:
    id: UUID
    patient: UUID
    version: int
    record: int
    """The versions of screening and record that are shown: who acts says them again."""
    number: str
    initials: str
    age: str
    sex: Words
    site: str
    look: Look
    state: str
    note: Words
    into: UUID | None
    strip: Strip | None
    gaps: tuple[Gap, ...]
    more: str
    no_gaps: Words
    window: str
    hurry: str
    """How long it is still open, where that is not long."""
    action: Action
    assignee: str
    is_open: bool


@dataclass(frozen=True)
class Choice:
    value: str
    label: Words
    chosen: bool


@dataclass(frozen=True)
class Worklist:
    tabs: tuple[Tab, ...]
    columns: Mapping[str, Column]
    unseen: tuple[Column, ...]
    """Those for which a narrow window has no room: their orders are offered under the list."""
    rows: tuple[Row, ...]
    found: str
    search: str
    whose: tuple[Choice, ...]
    givable: tuple[Choice, ...]
    """To whom screenings can be given."""
    kept: tuple[tuple[str, str], ...]
    """Names and values that a new search goes on with."""
    many_sites: bool
    filtered: bool
    nothing: Nothing | None
    here: str
    address: str
    cleared: str
    plain: str
    """The plain list, where this is another; else empty."""
    elsewhere: str
    """The same search among all patients."""
    first: str
    previous: str
    next: str
    seen: str


def present(
    page: Glimpse,
    lines: Iterable[Line],
    *,
    places: Sequence[Site],
    staff: Iterable[Account],
    me: Account,
    investigates: bool,
    protocol: Protocol,
) -> Worklist:
    """View objects of one page of the worklist."""
    asked, count = page.asked, page.counts[page.asked.tab]
    people = tuple(staff)
    columns = {column.key: column for column in _columns(asked)}
    turned = replace(asked, cursor="")
    return Worklist(
        tabs=tuple(_tabs(asked, page.counts)),
        columns=columns,
        unseen=(columns["age"], columns["who"]),
        rows=tuple(_row(line, protocol, investigates=investigates) for line in lines),
        found=ngettext("%(n)d screening", "%(n)d screenings", count) % {"n": count},
        search=asked.search,
        whose=tuple(_whose(asked.who, people, me)),
        givable=tuple(_givable(people, me)),
        kept=tuple(_parts(Asked(tab=asked.tab, sort=asked.sort)).items()),
        many_sites=len(places) > 1,
        filtered=bool(asked.search or asked.who),
        nothing=None if page.keys else _nothing(page),
        here=", ".join(place(one) for one in places),
        address=address(asked),
        cleared=address(Asked(tab=asked.tab, sort=asked.sort)),
        plain=address(Asked()) if turned != Asked() else "",
        elsewhere="?" + urlencode({"find": sealed(asked.search)}) if asked.search else "",
        first=address(turned) if page.previous else "",
        previous=address(replace(asked, cursor=page.previous)) if page.previous else "",
        next=address(replace(asked, cursor=page.next)) if page.next else "",
        seen=page.seen,
    )


def address(asked: Asked) -> str:
    """The query of an address that asks for this and can be kept."""
    return "?" + urlencode(_parts(asked))


def lasting(asked: Asked) -> dict[str, str]:
    """What of it a session remembers, by the names of the address; empty of the plain list.

    Never what was searched for, which may say who a patient is, and no place in the list, which would be an old one.
    """
    parts = _parts(replace(asked, search="", cursor=""))
    return {} if parts == _parts(Asked()) else parts


def _parts(asked: Asked) -> dict[str, str]:
    """What is asked, by the names of the address; but for the tab, what is usual is left out.

    An address without anything is another question: for the list as it was last looked at.
    """
    parts = {
        "tab": asked.tab.value,
        "find": sealed(asked.search),
        "who": asked.who,
        "sort": asked.sort,
        "at": asked.cursor,
    }
    return {name: value for name, value in parts.items() if value}


def _tabs(asked: Asked, counts: Mapping[On, int]) -> Iterator[Tab]:
    for tab, label in TABS.items():
        there = address(Asked(tab=tab, search=asked.search, who=asked.who))
        yield Tab(tab.value, label, counts[tab], there, asked.tab is tab)


def _columns(asked: Asked) -> Iterator[Column]:
    """Those by which the list can be sorted."""
    for key, label in COLUMNS.items():
        directions = {key: "ascending", f"-{key}": "descending"}
        turned = f"-{key}" if asked.order == key and f"-{key}" in SORTS else key
        there = address(replace(asked, sort=turned, cursor=""))
        yield Column(key, label, there, directions.get(asked.order, ""))


def _whose(who: str, staff: Iterable[Account], me: Account) -> Iterator[Choice]:
    yield Choice("", gettext_lazy("Everybody’s"), who == "")
    yield Choice(ME, gettext_lazy("Mine"), who == ME)
    yield Choice(NOBODY, gettext_lazy("Nobody’s"), who == NOBODY)
    for one in staff:
        if one.pk != me.pk:
            yield Choice(str(one.pk), one.name or one.username, who == str(one.pk))


def _givable(staff: Iterable[Account], me: Account) -> Iterator[Choice]:
    yield Choice(ME, gettext_lazy("me"), True)
    for one in staff:
        if one.pk != me.pk:
            yield Choice(str(one.pk), one.name or one.username, False)
    yield Choice(NOBODY, gettext_lazy("nobody"), False)


def _nothing(page: Glimpse) -> Nothing:
    if page.asked.search or page.asked.who:
        return Nothing(
            gettext_lazy("Nobody matches"),
            gettext_lazy("No screening on this tab matches what you search or filter by."),
            "",
        )
    if not page.counts[On.OPEN] + page.counts[On.REGISTERED] + page.counts[On.CLOSED]:
        return NOTHING_YET
    return NOTHING_HERE[page.asked.tab]


def _row(line: Line, protocol: Protocol, *, investigates: bool) -> Row:
    held = line.screening
    found = held.assessment if line.in_force else None
    is_open = held.state in OPEN
    glance = found.glance if found is not None and is_open else {}
    gaps = () if glance.get("blocked") else tuple(_gaps(glance.get("first", ())))
    more = glance.get("missing", 0) - len(gaps)
    return Row(
        id=held.pk,
        patient=held.patient_id,
        version=held.version,
        record=held.patient.record_version,
        number=held.label,
        initials=initials(line.given, line.family),
        age=age(line.birth, on=line.today),
        sex=sex_of(line.sex),
        site=held.site.city,
        look=LOOKS[found.status if found is not None else UNASSESSED],
        state=_state(line),
        note=_note(line) if is_open else "",
        into=line.into,
        strip=strip_of(found, protocol) if found is not None else None,
        gaps=gaps,
        more=_("and %(n)d more") % {"n": more} if gaps and more else "",
        no_gaps="" if gaps or found is None or not is_open else no_gaps(found, protocol),
        window=window_of(found) if found is not None and is_open else "",
        hurry=_hurry(line) if is_open else "",
        action=action_of(held, unconfirmed=_unconfirmed(line), investigates=investigates),
        assignee=held.assignee.name or held.assignee.username if held.assignee else "",
        is_open=is_open,
    )


def _gaps(first: Iterable[Sequence[str]]) -> Iterator[Gap]:
    for kind, what in list(first)[:_SHOWN]:
        yield Gap(EFFORTS[kind], sentence(what), BY[kind])


def _unconfirmed(line: Line) -> int:
    """How many criteria rest on an absence that nobody has confirmed."""
    found = line.screening.assessment
    return 0 if found is None else found.glance.get("bases", "").count("p")


def _state(line: Line) -> str:
    state = State(line.screening.state)
    said = str(STATES[state])
    if line.subject is not None:
        return _("%(state)s, subject %(number)03d") % {"state": said, "number": line.subject}
    reason = REASONS.get(state, {}).get(line.reason)
    return f"{said}: {reason}" if reason else said


def _note(line: Line) -> Words:
    if line.screening.assessment is None:
        return _("waits for its first assessment")
    return _("newer data is being assessed") if line.overtaken else ""


def _hurry(line: Line) -> str:
    """``until today``, ``3 days left``; empty where there is time enough."""
    held = line.screening
    last: date | None = held.window_last
    if held.status != "eligible" or last is None:
        return ""
    left = (last - line.today).days
    if left > CLOSING_DAYS:
        return ""
    if left < 0:
        return _("ended %(day)s") % {"day": day(last)}
    if left == 0:
        return _("ends today")
    return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
