"""Which patients' assessments are overtaken: the query that keeps the promise when a message is lost.

Overtaken is who was never assessed under the version in force by the code that runs, whose record has moved on since,
was read by another reading or holds a code that the site's map of local codes reads otherwise since, whose site has
another policy in force or has changed a reference range that a result of theirs may be compared with, or whose recheck
day has come at the site.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.functions import Coalesce

from eligibility.models import Assessment, SitePolicy
from eligibility.running import RUNNING
from patients.local_codes import changes_unread
from patients.merged import is_merged
from patients.models import LabResult, Patient, RangeChange
from patients.reading import READING

_EVER, _EVERMORE = date.min, date.max


def overtaken(
    *, digest: str, today: Mapping[int, date], after: UUID | None = None, limit: int = 1000
) -> Iterable[tuple[UUID, int]]:
    """Patients (id, site) to assess again, in the order of their ids, those past `after`.

    `today` gives the day at each site; a site that is not in it is left out.
    """
    patients = Patient.objects.filter(_due(digest, today)).order_by("pk")
    if after is not None:
        patients = patients.filter(pk__gt=after)
    return patients.values_list("pk", "site_id")[:limit]


def is_overtaken(patient: UUID, *, digest: str, day: date) -> bool:
    """Whether one patient is to be assessed again; false where there is no such patient."""
    due = Patient.objects.filter(_not_in_force(digest, day), ~is_merged(), pk=patient)
    return due.exists()


def overtaken_among(
    patients: Collection[UUID], *, digest: str, today: Mapping[int, date]
) -> frozenset[UUID]:
    """Which of these patients are to be assessed again; `today` gives the day at each of their sites."""
    due = _due(digest, today)
    return frozenset(Patient.objects.filter(due, pk__in=patients).values_list("pk", flat=True))


def latest_first() -> tuple[str | OrderBy, ...]:
    """The order in which the assessments of a patient under one protocol version count, the one that counts first.

    Of one record version those of the running code go before those of any other, later ones or not.
    """
    another = Case(When(made_with=RUNNING, then=Value(0)), default=Value(1))
    return "-record_version", another.asc(), "-on", "-pk"


def _due(digest: str, today: Mapping[int, date]) -> Q:
    due = Q(pk__in=[])
    for site, day in today.items():
        due |= Q(Q(site_id=site), _not_in_force(digest, day))
    # Of one person, the record that both were brought together in is assessed.
    return due & ~Q(is_merged())


def _not_in_force(digest: str, day: date) -> Q:
    return Q(~Exists(_in_force(digest, day))) | Q(Exists(changes_unread()))


def _in_force(digest: str, day: date) -> QuerySet[Assessment]:
    """Assessments of the outer patient's record as it stands that still hold on `day`."""
    return Assessment.objects.annotate(
        policy_then=Coalesce("policy_id", 0), policy_now=Coalesce(_policy_in_force(day), 0)
    ).filter(
        Q(recheck_on=None) | Q(recheck_on__gt=day),
        ~Exists(_changes_unseen()),
        patient=OuterRef("pk"),
        protocol_version__digest=digest,
        patient__read_with=READING,
        record_version=F("patient__record_version"),
        made_with=RUNNING,
        policy_then=F("policy_now"),
        on__lte=day,
    )


def _policy_in_force(day: date) -> Subquery:
    """The policy that the site of the outer assessment has in force for its trial."""
    begun = SitePolicy.objects.filter(
        site=OuterRef("site"), trial=OuterRef("protocol_version__trial"), effective_from__lte=day
    )
    return Subquery(begun.order_by("-effective_from", "-pk").values("pk")[:1])


def _changes_unseen() -> QuerySet[RangeChange]:
    """Changes of reference ranges that the outer assessment has not seen and that may concern one of its results.

    A result without a day may have been collected on any.
    """
    concerned = LabResult.objects.annotate(
        earliest=_day("collected_first", _EVER), latest=_day("collected_last", _EVERMORE)
    ).filter(
        patient=OuterRef(OuterRef("patient")),
        superseded_version=None,
        analyte=OuterRef("analyte"),
        latest__gte=_day(OuterRef("first"), _EVER),
        earliest__lte=_day(OuterRef("last"), _EVERMORE),
    )
    return RangeChange.objects.filter(
        Exists(concerned), site=OuterRef("site"), version__gt=OuterRef("ranges_version")
    )


def _day(column: str | Combinable, otherwise: date) -> Coalesce:
    return Coalesce(column, Value(otherwise))
