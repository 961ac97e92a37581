"""The worklist of a site's screenings: which are where, in which order, and everything that a row shows of one.

Each question is one query, for three rows as for thirty. Counting, searching, sorting and turning pages read the
screenings alone; what a row shows beside that is read for the rows of one page. Pages are turned by the last row seen
and not by counting rows, so a page far behind costs as much as the first, and no row is passed over or shown twice
because another one has moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from eligibility import cursors
from eligibility.models import OPEN, Event, Screening, Trial
from eligibility.rules.protocol import Protocol
from eligibility.sought import parts_of
from eligibility.tabs import PLACES, Tab
from eligibility.workflow import Act
from patients.merged import in_force
from trialscreen.institution.models import Account, Role, StaffRole

PAGE = 30
"""Rows of a page: as many as somebody looks through, and most of the time that a page takes goes into them."""
CLOSING_DAYS = 7
FEW = 300
SORTS = tuple(cursors.ORDERS)
ME, NOBODY = "me", "nobody"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list."""

    tab: Tab = Tab.OPEN
    search: str = ""
    who: str = ""
    """Of whom: empty for everybody, `ME`, `NOBODY` or the number of an account."""
    sort: str = ""
    """One of `SORTS`; empty for what is usual on the tab."""
    cursor: str = ""

    @property
    def order(self) -> str:
        """What is due first, or of what is over the newest."""
        over = self.tab in (Tab.REGISTERED, Tab.CLOSED)
        return self.sort or ("-number" if over else "due")


class Key(NamedTuple):
    """Where a screening stands in the order, and what would change the look of its row."""

    id: UUID
    due: date
    number: int
    version: int
    assessment: int | None
    assignee: int | None


class Glimpse(NamedTuple):
    """One page of the list before its rows are read."""

    asked: Asked
    sites: Mapping[int, date]
    digest: str
    counts: Mapping[Tab, int]
    keys: tuple[Key, ...]
    previous: str
    next: str
    """Cursors of the pages beside it; empty where there is none."""

    @property
    def seen(self) -> str:
        """Changes whenever anything on the page would: who shows it again compares this first."""
        shown = [self.digest, *self.counts.values(), *self.sites.items(), *self.keys, self.next]
        return sha256(repr(shown).encode()).hexdigest()[:20]


class Line(NamedTuple):
    """One screening of the page."""

    screening: Screening
    """With site, assignee, patient and the latest assessment, that without its answer."""
    family: str
    given: str
    birth: tuple[date | None, date | None]
    sex: str
    today: date
    """The day it is at the site."""
    in_force: bool
    """Whether the assessment is of the protocol version in force."""
    reason: str
    """Of a closed one, the code of its reason."""
    subject: int | None
    """Of a registered one, the subject number."""
    into: UUID | None = None
    """As whom the patient is recorded by now."""

    @property
    def overtaken(self) -> bool:
        """The record has moved on since: it is being assessed again."""
        found = self.screening.assessment
        return found is not None and (
            not self.in_force or found.record_version != self.screening.patient.record_version
        )


def glimpse(
    asked: Asked,
    *,
    sites: Mapping[int, date],
    protocol: Protocol,
    me: int,
    size: int = PAGE,
) -> Glimpse:
    """A page as `asked` of the screenings of `sites` (the day it is at each).

    Two queries; one more for a search, at the cursor of an order that says no more than which row it was, and where
    nothing is left there.
    """
    trial = Trial.objects.filter(number=protocol.trial).values("pk")[:1]
    every = Screening.objects.filter(site__in=list(sites), trial=Subquery(trial))
    every = _found(_of_whom(every, asked.who, me), asked.search)
    counts = _counts(every, sites)
    wanted = every.filter(_on(asked.tab, sites))
    keys, previous, following = _page(wanted, asked, size)
    if asked.cursor and not keys:
        # Everybody beyond it has gone elsewhere: the first page says who is left.
        asked = replace(asked, cursor="")
        keys, previous, following = _page(wanted, asked, size)
    return Glimpse(asked, sites, protocol.digest(), counts, keys, previous, following)


def _counts(every: QuerySet[Screening], sites: Mapping[int, date]) -> dict[Tab, int]:
    """How many are on each tab; one query, from an index alone where nothing else is asked."""
    groups = (
        every.order_by()
        .values_list("state", "status", "repeatable")
        .annotate(n=Count("*"), closing=Count("window_last", filter=_on(Tab.CLOSING, sites)))
    )
    counts = dict.fromkeys(Tab, 0)
    for state, status, repeatable, count, closing in groups:
        for tab, place in PLACES.items():
            if place.holds(state, status, repeatable=repeatable):
                counts[tab] += count
        counts[Tab.CLOSING] += closing
    return counts


def _on(tab: Tab, sites: Mapping[int, date]) -> Q:
    """Which screenings are on a tab."""
    if tab is Tab.CLOSING:
        return Q(state__in=OPEN, status="eligible") & _due_soon(sites)
    return PLACES[tab].filter


def _due_soon(sites: Mapping[int, date]) -> Q:
    """The window ends within a week of the day that it is at the site."""
    at = {day: [site for site in sites if sites[site] == day] for day in set(sites.values())}
    soon = timedelta(days=CLOSING_DAYS)
    each = (Q(site__in=at[day], window_last__lte=day + soon) for day in sorted(at))
    return reduce(or_, each, Q(pk__in=[]))


def _found(every: QuerySet[Screening], typed: str) -> QuerySet[Screening]:
    """By screening number, ``EDM-0012`` or ``12``, or by who the patient is."""
    alternatives = parts_of(typed)
    if not alternatives:
        return every
    texts = (Q(*(Q(sought_by__contains=part) for part in parts)) for parts in alternatives)
    said = reduce(or_, texts)
    code, _dash, number = typed.strip().rpartition("-")
    if number.isascii() and number.isdecimal() and int(number) <= cursors.HIGHEST:
        said |= Q(number=int(number), **({"site__code__istartswith": code[:3]} if code else {}))
    found = every.filter(said)
    # Every row is read for a search: once, and not for each question that follows, unless it has found very many.
    few = list(found.values_list("pk", flat=True)[: FEW + 1])
    return found if len(few) > FEW else every.filter(pk__in=few)


def _of_whom(every: QuerySet[Screening], who: str, me: int) -> QuerySet[Screening]:
    if who == NOBODY:
        return every.filter(assignee=None)
    if who:
        return every.filter(assignee=me if who == ME else int(who))
    return every


def _page(wanted: QuerySet[Screening], asked: Asked, size: int) -> tuple[tuple[Key, ...], str, str]:
    """The page at the cursor, and the cursors of the pages before and after it."""
    order = cursors.ORDERS[asked.order]
    if "who" in order.names:
        wanted = wanted.annotate(who=_named("assignee__"))
    place = cursors.read(asked.cursor, order=asked.order)
    values = _values(place, order) if place is not None else None
    back = place is not None and values is not None and place.back
    if values is not None:
        wanted = wanted.filter(order.beyond(values, back=back))
    columns = ("pk", "due", "number", "version", "assessment_id", "assignee_id")
    rows = wanted.order_by(*order.sorted(back=back)).values_list(*columns)[: size + 1]
    found = [Key(*row) for row in rows]
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    before, after = (more, True) if back else (values is not None, more)
    return (
        tuple(found),
        _cursor(asked, found[0], back=True) if found and before else "",
        _cursor(asked, found[-1], back=False) if found and after else "",
    )


def _named(path: str = "") -> Lower:
    """By what people stand in order: their name, else that of their account; who is nobody's before all."""
    name = NullIf(F(f"{path}name"), Value(""))
    return Lower(Coalesce(name, F(f"{path}username"), Value("")))


def _values(place: cursors.Place, order: cursors.Order) -> tuple[Any, ...] | None:
    """What stands in an order's columns at a place, as no address holds a name or birth; None: nothing any more."""
    known: dict[str, Any] = {"due": place.day, "number": place.number, "pk": place.pk}
    if "born" in order.names:
        known["born"] = Screening.objects.filter(pk=place.pk).values_list("born", flat=True).first()
    if "who" in order.names:
        known["who"] = ""
        if place.whose is not None:
            of = Account.objects.filter(pk=place.whose).annotate(by=_named())
            known["who"] = of.values_list("by", flat=True).first()
    values = tuple(known[name] for name in order.names)
    return None if None in values else values


def _cursor(asked: Asked, key: Key, *, back: bool) -> str:
    place = cursors.Place(asked.order, back, key.due, key.number, key.id, key.assignee)
    return cursors.written(place)


def lines(page: Glimpse) -> tuple[Line, ...]:
    """The rows of a page, in its order; one query. Who is no longer there is left out."""
    of_patient = Q(patient__demographics__superseded_version=None)
    closing = Event.objects.filter(screening=OuterRef("pk"), transition=Act.CLOSE.value)
    held = (
        Screening.objects.filter(pk__in=[key.id for key in page.keys])
        .select_related("site", "assignee", "assessment", "patient")
        .defer("sought_by", "assessment__answer")
        .annotate(who=FilteredRelation("patient__demographics", condition=of_patient))
        .annotate(
            family_name=F("who__family_name"),
            given_name=F("who__given_name"),
            birth_first=F("who__birth_first"),
            birth_last=F("who__birth_last"),
            sex=F("who__sex"),
            digest=F("assessment__protocol_version__digest"),
            subject=F("registration__subject_number"),
            into=Subquery(in_force().filter(merged=OuterRef("patient")).values("survivor")[:1]),
            reason=Subquery(closing.order_by("-sequence").values("reason")[:1]),
        )
    )
    found = {one.pk: one for one in held}
    return tuple(_line(found[key.id], page) for key in page.keys if key.id in found)


def _line(held: Any, page: Glimpse) -> Line:
    return Line(
        held,
        held.family_name or "",
        held.given_name or "",
        (held.birth_first, held.birth_last),
        held.sex or "",
        page.sites[held.site_id],
        held.digest == page.digest,
        held.reason or "",
        held.subject,
        held.into,
    )


def workers(sites: Mapping[int, date]) -> tuple[Account, ...]:
    """Who may be given a screening of these sites, by name; one query."""
    held = StaffRole.objects.on(max(sites.values())).filter(
        site__in=list(sites), role__in=(Role.COORDINATOR, Role.INVESTIGATOR)
    )
    active = Account.objects.filter(is_active=True, pk__in=held.values("account"))
    return tuple(active.order_by("name", "pk"))


def still_with(screenings: Iterable[UUID], account: int | None) -> frozenset[UUID]:
    """Which of these screenings are still where they were given."""
    held = Screening.objects.filter(pk__in=list(screenings), assignee=account)
    return frozenset(held.values_list("pk", flat=True))
