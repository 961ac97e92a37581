"""Which patients' assessments are overtaken: the query that keeps the promise when a message is lost.

Overtaken is who was never assessed under the version in force, whose record has moved on since, or whose recheck day
has come at the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from eligibility.models import Assessment
from patients.models import Patient


def overtaken(
    *, digest: str, today: Mapping[int, date], limit: int = 1000
) -> Iterable[tuple[UUID, int]]:
    """Patients (id, site) to assess again. `today` gives the day at each site."""
    due = Q(pk__in=[])
    for site, day in today.items():
        up_to_date = Assessment.objects.filter(
            patient=OuterRef("pk"),
            protocol_version__digest=digest,
            record_version=F("patient__record_version"),
            on__lte=day,
        ).filter(Q(recheck_on=None) | Q(recheck_on__gt=day))
        due |= Q(Q(site_id=site), ~Exists(up_to_date))
    return Patient.objects.filter(due).order_by("pk").values_list("pk", "site_id")[:limit]
