"""The list of a site's patients in words: status, a strip of small cells, what is missing, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.listing import MOST, SORTS, STATUSES, UNASSESSED, Asked, Line, Listing
from eligibility.models import Assessment
from eligibility.presenters.dates import day, span
from eligibility.presenters.missing import EFFORTS, Effort
from eligibility.presenters.people import age, initials, place, sex_of
from eligibility.presenters.strip import Strip, strip_of
from eligibility.presenters.words import STATUS, Look, Words, sentence
from eligibility.rules.protocol import Protocol
from trialscreen.institution.models import Site
from trialscreen.institution.sealed import sealed

NOT_ASSESSED = Look(gettext_lazy("Not assessed yet"), "neutral", "clock", "unassessed")
LOOKS = {**STATUS, UNASSESSED: NOT_ASSESSED}
_NAMED = 3


@dataclass(frozen=True)
class Gap:
    effort: Effort
    what: str


@dataclass(frozen=True)
class Row:
    id: UUID
    initials: str
    identifier: str
    age: str
    sex: Words
    site: str
    look: Look
    note: Words
    """Why the status may be about to change; empty if it is up to date."""
    strip: Strip | None
    gaps: tuple[Gap, ...]
    more: str
    no_gaps: str
    """What stands in place of gaps."""
    window: str
    recheck: str
    screening: str
    """The number of the last episode; empty: never a candidate."""


@dataclass(frozen=True)
class Tab:
    key: str
    label: Words
    count: int
    address: str
    current: bool


@dataclass(frozen=True)
class Column:
    key: str
    label: Words
    address: str
    direction: str
    """``ascending``, ``descending`` or empty, for ``aria-sort``."""


@dataclass(frozen=True)
class PatientList:
    tabs: tuple[Tab, ...]
    columns: Mapping[str, Column]
    rows: tuple[Row, ...]
    found: str
    more: str
    """What is said where there are more patients than the list goes through; else empty."""
    search: str
    kept: tuple[tuple[str, str], ...]
    """Names and values that a new search goes on with."""
    many_sites: bool
    nothing_yet: bool
    """There is no patient at all, rather than none that matches."""
    here: str
    cleared: str
    page: int
    pages: int
    previous: str
    next: str


def present(listing: Listing, *, sites: Iterable[Site], protocol: Protocol) -> PatientList:
    """View objects of one page of the list."""
    asked, counts = listing.asked, listing.counts
    of_all = sum(counts.values())
    shown = counts.get(asked.status, 0) if asked.status else of_all
    places = tuple(sites)
    return PatientList(
        tabs=tuple(_tabs(asked, counts, of_all)),
        columns={column.key: column for column in _columns(asked)},
        rows=tuple(_row(line, protocol) for line in listing.lines),
        found=ngettext("%(n)d patient", "%(n)d patients", shown) % {"n": shown},
        more=_more(listing) if listing.more else "",
        search=asked.search,
        kept=tuple(_parts(Asked(status=asked.status, sort=asked.sort)).items()),
        many_sites=len(places) > 1,
        nothing_yet=not of_all and not asked.search,
        here=", ".join(place(one) for one in places),
        cleared=address(Asked(sort=asked.sort)),
        page=asked.page,
        pages=listing.pages,
        previous=_turned(asked, asked.page - 1) if asked.page > 1 else "",
        next=_turned(asked, asked.page + 1) if asked.page < listing.pages else "",
    )


def _more(listing: Listing) -> str:
    if listing.asked.search:
        said = _(
            "More than %(n)d patients match: these are some of them. Type more of the name or identifier."
        )
    else:
        said = _(
            "These are the first %(n)d patients by name; there are more. Find others by the search."
        )
    return said % {"n": MOST}


def address(asked: Asked) -> str:
    """The query of an address that asks for this and can be kept."""
    return "?" + urlencode(_parts(asked))


def _parts(asked: Asked) -> dict[str, str]:
    """What is asked, by the names of the address; what is usual is left out."""
    usual = Asked()
    parts = {
        "find": sealed(asked.search),
        "status": asked.status,
        "sort": "" if asked.sort == usual.sort else asked.sort,
        "page": "" if asked.page == usual.page else str(asked.page),
    }
    return {name: value for name, value in parts.items() if value}


def _turned(asked: Asked, page: int) -> str:
    return address(Asked(asked.search, asked.status, asked.sort, page))


def _tabs(asked: Asked, counts: Mapping[str, int], of_all: int) -> Iterator[Tab]:
    yield _tab(asked, "", _("All"), of_all)
    for status in (*STATUSES, UNASSESSED):
        count = counts.get(status, 0)
        if status != UNASSESSED or count or asked.status == status:
            yield _tab(asked, status, LOOKS[status].label, count)


def _tab(asked: Asked, status: str, label: Words, count: int) -> Tab:
    there = address(Asked(asked.search, status, asked.sort))
    return Tab(status or "all", label, count, there, asked.status == status)


def _columns(asked: Asked) -> Iterator[Column]:
    for key, label in (
        ("name", gettext_lazy("Patient")),
        ("age", gettext_lazy("Age")),
        ("soonest", gettext_lazy("Status")),
    ):
        directions = {key: "ascending", f"-{key}": "descending"}
        turned = f"-{key}" if asked.sort == key and f"-{key}" in SORTS else key
        there = address(Asked(asked.search, asked.status, turned))
        yield Column(key, label, there, directions.get(asked.sort, ""))


def _row(line: Line, protocol: Protocol) -> Row:
    held, found = line.patient, line.assessment
    glance = found.glance if found is not None else {}
    first = tuple(Gap(EFFORTS[kind], sentence(what)) for kind, what in glance.get("first", ()))
    blocked = bool(glance.get("blocked"))
    gaps = () if blocked else first[:2]
    more = glance.get("missing", 0) - len(gaps)
    return Row(
        id=held.pk,
        initials=initials(line.given, line.family),
        identifier=line.identifier,
        age=age(line.birth, on=line.today),
        sex=sex_of(line.sex),
        site=held.site.city,
        look=LOOKS[found.status if found is not None else UNASSESSED],
        note=_note(line),
        strip=strip_of(found, protocol) if found is not None else None,
        gaps=gaps,
        more=_("and %(n)d more") % {"n": more} if gaps and more else "",
        no_gaps="" if gaps or found is None else no_gaps(found, protocol),
        window=window_of(found) if found is not None else "",
        recheck=day(found.recheck_on) if found is not None else "",
        screening=line.screening.label if line.screening is not None else "",
    )


def _note(line: Line) -> Words:
    if line.assessment is None:
        return _("waits for its first assessment")
    if not line.overtaken:
        return ""
    if line.assessment.record_version != line.patient.record_version:
        return _("newer data is being assessed")
    return _("of %(day)s, is being assessed again") % {"day": day(line.assessment.on)}


def no_gaps(found: Assessment, protocol: Protocol) -> str:
    """What stands in place of what is missing."""
    blocked = found.glance.get("blocked", ())
    if blocked:
        return _("Nothing; never met: %(names)s") % {
            "names": _named(_title(protocol, one) for one in blocked)
        }
    fails = [
        criterion.title
        for criterion, letter in zip(protocol.criteria, found.verdicts, strict=True)
        if letter == "n"
    ]
    if fails:
        return _("Nothing; fails: %(names)s") % {"names": _named(fails)}
    unconfirmed = found.glance.get("bases", "").count("p")
    if unconfirmed:
        said = ngettext("%(n)d absence to confirm", "%(n)d absences to confirm", unconfirmed)
        return said % {"n": unconfirmed}
    return _("Nothing")


def _title(protocol: Protocol, criterion: str) -> str:
    return next((one.title for one in protocol.criteria if one.id == criterion), criterion)


def _named(titles: Iterable[str]) -> str:
    """The first few of some names, and how many more."""
    every = list(titles)
    more = len(every) - _NAMED
    named = ", ".join(every[:_NAMED])
    return named if more <= 0 else _("%(names)s and %(n)d more") % {"names": named, "n": more}


def window_of(found: Assessment) -> str:
    """The days on which the patient can be registered, as far as they are known; else empty."""
    if found.window_first is not None and found.window_last is not None:
        return span(found.window_first, found.window_last)
    if found.earliest is not None and found.earliest > found.on:
        return _("not before %(day)s") % {"day": day(found.earliest)}
    return ""
