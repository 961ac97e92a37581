"""Two records that may be one person's: found, laid side by side, and what was recorded of them before."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q

from eligibility.listing import Candidate, candidate
from eligibility.models import Screening
from eligibility.snapshots import NoSuchPatient
from patients.actions.merging import told_of
from patients.facts import Person
from patients.identity import differences
from patients.merged import below, survivors, whole
from patients.models import CLINICAL, Delivery, PatientIdentifier, PatientMerge

MOST = 20


class Side(NamedTuple):
    """One of two records."""

    held: Candidate
    person: Person
    facts: int
    deliveries: int


class Pair(NamedTuple):
    """This record, and one that may be of the same person."""

    one: Side
    other: Side
    differences: tuple[str, ...]
    """In what the two cannot both be right."""


class Standing(NamedTuple):
    """As whom a patient is recorded, and who is recorded as them."""

    into: PatientMerge | None
    merges: tuple[PatientMerge, ...]
    earlier: tuple[Screening, ...]
    """Episodes of those who are recorded as the patient."""


def found(number: str, *, beside: UUID, site: int) -> list[UUID]:
    """Whom a number of the site leads to, other than the patient it is compared with."""
    held = PatientIdentifier.objects.filter(site=site, value__iexact=number.strip())
    leads = survivors(held.order_by("id").values_list("patient", flat=True)[:MOST])
    return [one for one in leads if one != beside]


def pair(one: UUID, other: UUID, *, sites: Collection[int]) -> Pair:
    """The two side by side.

    Raises:
        NoSuchPatient: one of them is none of these sites, or not of the same site as the other.
    """
    mine, theirs = side(one, sites=sites), side(other, sites=sites)
    if mine.held.patient.site_id != theirs.held.patient.site_id:
        raise NoSuchPatient(str(other))
    return Pair(mine, theirs, tuple(differences(mine.person, theirs.person)))


def side(patient: UUID, *, sites: Collection[int]) -> Side:
    """One record, with how much is held of it."""
    held = candidate(patient, sites=sites)
    facts = sum(
        table.objects.filter(patient=patient, superseded_version=None).count()
        for table in CLINICAL[:-1]
    )
    deliveries = Delivery.objects.filter(patient__in=whole(patient)).count()
    return Side(held, told_of(held.patient), facts, deliveries)


def standing(patient: UUID) -> Standing:
    """What the page of a patient says of merges, in force and reversed."""
    about = PatientMerge.objects.filter(Q(survivor=patient) | Q(merged=patient))
    merges = tuple(about.select_related("by").prefetch_related("reversals__by").order_by("-pk"))
    into = next(
        (one for one in merges if one.merged_id == patient and one.reversed_at is None), None
    )
    theirs = [one.merged_id for one in below(patient)]
    earlier = Screening.objects.filter(patient__in=theirs).select_related("trial", "site")
    return Standing(into, merges, tuple(earlier.order_by("opened_at")) if theirs else ())


def since(merge: PatientMerge) -> int:
    """How many deliveries have named the merged record while it was recorded as another."""
    theirs = Delivery.objects.filter(patient=merge.merged_id, received_at__gte=merge.at)
    return int(theirs.aggregate(n=Count("pk"))["n"])
