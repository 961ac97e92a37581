"""Which patients' assessments are overtaken: the query that keeps the promise when a message is lost.

Overtaken is who was never assessed under the version in force, whose record has moved on since, or whose recheck day
has come at the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from eligibility.models import Assessment
from patients.models import Patient


def overtaken(
    *, digest: str, today: Mapping[int, date], after: UUID | None = None, limit: int = 1000
) -> Iterable[tuple[UUID, int]]:
    """Patients (id, site) to assess again, in the order of their ids, those past `after`.

    `today` gives the day at each site; a site that is not in it is left out.
    """
    due = Q(pk__in=[])
    for site, day in today.items():
        due |= Q(Q(site_id=site), ~Exists(_in_force(digest, day)))
    patients = Patient.objects.filter(due).order_by("pk")
    if after is not None:
        patients = patients.filter(pk__gt=after)
    return patients.values_list("pk", "site_id")[:limit]


def is_overtaken(patient: UUID, *, digest: str, day: date) -> bool:
    """Whether one patient is to be assessed again; false where there is no such patient."""
    return Patient.objects.filter(~Exists(_in_force(digest, day)), pk=patient).exists()


def _in_force(digest: str, day: date) -> QuerySet[Assessment]:
    """Assessments of the outer patient's record as it stands that still hold on `day`."""
    return Assessment.objects.filter(
        Q(recheck_on=None) | Q(recheck_on__gt=day),
        patient=OuterRef("pk"),
        protocol_version__digest=digest,
        record_version=F("patient__record_version"),
        on__lte=day,
    )
