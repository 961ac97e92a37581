"""The list of a site's patients and the page of one: every question that the pages ask of the tables.

A list costs the same number of queries for five patients as for fifty. Rows of other sites do not exist here: each
query names the sites it is asked for, and PostgreSQL shows no others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower

from eligibility.actions import answered
from eligibility.models import Assessment, Screening
from eligibility.overtaken import latest_first, overtaken_among
from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Record
from eligibility.running import RUNNING
from eligibility.snapshots import NoSuchPatient, Snapshot, take
from eligibility.sought import day_typed, folded
from patients import searching
from patients.actions.receive import FHIR_ID
from patients.merged import is_merged
from patients.models import Delivery, Patient, PatientIdentifier
from trialscreen.institution.models import Site

PAGE = 50
MOST = 500
"""As many patients a list goes through, counts and sorts: more are found by a search, and not by turning pages."""
STATUSES = ("eligible", "not_yet", "undetermined", "ineligible")
UNASSESSED = "unassessed"
"""The status of a patient whom nobody has assessed yet under the version in force."""
SORTS = ("soonest", "name", "-name", "age", "-age")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list. `status` is empty for all, `page` counts from 1."""

    search: str = ""
    status: str = ""
    sort: str = SORTS[0]
    page: int = 1


class Line(NamedTuple):
    """One patient of the list."""

    patient: Patient
    family: str
    given: str
    birth: tuple[date | None, date | None]
    sex: str
    identifier: str
    assessment: Assessment | None
    """The latest under the version in force, without its answer; None: never assessed under it."""
    today: date
    """The day it is at the patient's site."""
    overtaken: bool
    """The record, the calendar, the site's rules or the code have moved on since: it will be assessed again."""
    screening: Screening | None = None
    """The patient's last episode; None: they were never a candidate."""


class Listing(NamedTuple):
    """One page of the list, and how many patients there are of each status."""

    asked: Asked
    lines: tuple[Line, ...]
    counts: Mapping[str, int]
    pages: int
    more: bool = False
    """There are more patients than a list goes through: without a search it is of the first by name."""


def listing(
    asked: Asked,
    *,
    sites: Mapping[int, date],
    protocol: Protocol,
    size: int = PAGE,
    most: int = MOST,
) -> Listing:
    """`most` patients of `sites` (the day it is at each) as `asked`; a page beyond the last is the last."""
    latest = _latest(protocol.digest())
    named = _named(sites).filter(~is_merged())
    found, more = _found(asked.search, most)
    if found is not None:
        named = named.filter(pk__in=found)
    status = Coalesce(Subquery(latest.values("status")[:1]), Value(UNASSESSED))
    tally = named.annotate(state=status).order_by().values_list("state").annotate(Count("pk"))
    counts = dict(tally)
    count = counts.get(asked.status, 0) if asked.status else sum(counts.values())
    pages = max(1, -(-count // size))
    page = min(max(1, asked.page), pages)
    wanted = named.annotate(state=status).filter(state=asked.status) if asked.status else named
    start = (page - 1) * size
    shown = list(_sorted(wanted, asked.sort, latest)[start : start + size])
    asked = Asked(asked.search, asked.status, asked.sort, page)
    return Listing(asked, _lines(shown, sites, protocol.digest()), counts, pages, more)


def _latest(digest: str) -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        patient=OuterRef("pk"), protocol_version__digest=digest
    ).order_by(*latest_first())


def _named(sites: Collection[int]) -> QuerySet[Patient]:
    """The sites' patients with who they are (`who`)."""
    return Patient.objects.filter(site__in=list(sites)).annotate(
        who=FilteredRelation("demographics", condition=Q(demographics__superseded_version=None))
    )


def _found(search: str, most: int) -> tuple[list[UUID] | None, bool]:
    """Which patients a list is of, `most` at most, None for all; and whether there are more."""
    typed = folded(" ".join(search.split()))
    if typed:
        day = day_typed(typed)
        found = (
            searching.by_birth(day, at_most=most + 1)
            if day is not None
            else searching.by_name_or_identifier(typed.split(), search.strip(), at_most=most + 1)
        )
        return found[:most], len(found) > most
    first = searching.first_by_name(at_most=most + 1)
    return (first[:most], True) if len(first) > most else (None, False)


def _sorted(
    patients: QuerySet[Patient], by: str, latest: QuerySet[Assessment]
) -> QuerySet[Patient]:
    """In one definite order. Soonest: by status, then by the day on which something ends or begins."""
    name = [Lower("who__family_name").asc(), Lower("who__given_name").asc(), F("pk").asc()]
    if by == "soonest":
        rank = Case(
            *(When(status=status, then=place) for place, status in enumerate(STATUSES)),
            output_field=IntegerField(),
        )
        due = Coalesce("window_last", "earliest", "recheck_on")
        first = (
            Subquery(latest.annotate(rank=rank).values("rank")[:1]).asc(nulls_last=True),
            Subquery(latest.annotate(due=due).values("due")[:1]).asc(nulls_last=True),
        )
        return _with_who(patients.order_by(*first, *name))
    if by in ("age", "-age"):
        birth = F("who__birth_first")
        # The youngest were born last.
        age = birth.desc(nulls_last=True) if by == "age" else birth.asc(nulls_last=True)
        return _with_who(patients.order_by(age, *name))
    if by == "-name":
        for part in name:
            part.reverse_ordering()
    return _with_who(patients.order_by(*name))


def _with_who(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    identifiers = PatientIdentifier.objects.filter(patient=OuterRef("pk")).exclude(system=FHIR_ID)
    return patients.select_related("site").annotate(
        family_name=F("who__family_name"),
        given_name=F("who__given_name"),
        birth_first=F("who__birth_first"),
        birth_last=F("who__birth_last"),
        sex=F("who__sex"),
        identifier=Subquery(identifiers.order_by("id").values("value")[:1]),
    )


def _lines(shown: Sequence[Any], sites: Mapping[int, date], digest: str) -> tuple[Line, ...]:
    keys = [one.pk for one in shown]
    latest = (
        Assessment.objects.filter(patient__in=keys, protocol_version__digest=digest)
        .defer("answer")
        .order_by("patient", *latest_first())
        .distinct("patient")
    )
    assessed = {one.patient_id: one for one in latest}
    overtaken = overtaken_among(assessed.keys(), digest=digest, today=sites)
    episodes = Screening.objects.filter(patient__in=keys).select_related("site").defer("sought_by")
    last = episodes.order_by("patient", "-episode").distinct("patient")
    screened = {one.patient_id: one for one in last}
    return tuple(
        Line(
            one,
            one.family_name or "",
            one.given_name or "",
            (one.birth_first, one.birth_last),
            one.sex or "",
            one.identifier or "",
            assessed.get(one.pk),
            sites[one.site_id],
            one.pk in overtaken,
            screened.get(one.pk),
        )
        for one in shown
    )


class Candidate(NamedTuple):
    """One patient, and what arrived of them: the latest delivery first."""

    patient: Patient
    family: str
    given: str
    identifiers: tuple[PatientIdentifier, ...]
    deliveries: tuple[Delivery, ...]


def candidate(patient: UUID, *, sites: Iterable[int]) -> Candidate:
    """A patient of one of these sites.

    Raises:
        NoSuchPatient: there is none, or it is another site's.
    """
    held = _with_who(_named(list(sites))).filter(pk=patient).first()
    if held is None:
        raise NoSuchPatient(str(patient))
    identifiers = PatientIdentifier.objects.filter(patient=held).exclude(system=FHIR_ID)
    arrived = Delivery.objects.filter(patient=held).select_related("person")
    return Candidate(
        held,
        getattr(held, "family_name", None) or "",
        getattr(held, "given_name", None) or "",
        tuple(identifiers.order_by("id")),
        tuple(arrived.annotate(kept=Count("resources")).order_by("-id")),
    )


class Examined(NamedTuple):
    """A record as it stands, and the answer to it."""

    record: Record
    answer: dict[str, Any]


def examine(
    patient: UUID, *, protocol: Protocol, on: date, filed: Assessment | None = None
) -> Examined:
    """Assess a patient as of one day, filing nothing; what has just been `filed` of the same record is the answer.

    Raises:
        NoSuchPatient: there is none, or it is another site's.
    """
    snapshot = take(patient, trial=protocol.trial)
    if filed is None or any(getattr(filed, k) != v for k, v in _key(snapshot, on).items()):
        return Examined(
            snapshot.record, answered(snapshot, protocol=protocol, on=on, timeline=True)[2]
        )
    return Examined(snapshot.record, filed.answer)


def as_taken(patient: UUID, snapshot: Snapshot, *, protocol: Protocol, on: date) -> dict[str, Any]:
    """The answer to a record that was taken: as it is filed, if it is; else worked out."""
    of_it = Assessment.objects.filter(patient=patient, protocol_version__digest=protocol.digest())
    filed = of_it.filter(made_with=RUNNING, **_key(snapshot, on)).values_list("answer", flat=True)
    return filed.first() or answered(snapshot, protocol=protocol, on=on, timeline=True)[2]


def _key(snapshot: Snapshot, on: date) -> dict[str, Any]:
    """What an assessment of a record as of a day rests on, beside protocol and code."""
    of_site = snapshot.policy(on)
    return {
        "record_version": snapshot.version,
        "ranges_version": snapshot.ranges_version,
        "policy_id": of_site.id if of_site is not None else None,
        "on": on,
    }


def places(site_ids: Iterable[int]) -> tuple[Site, ...]:
    """The sites of these ids, by name."""
    return tuple(Site.objects.filter(pk__in=list(site_ids)).order_by("city", "name"))
