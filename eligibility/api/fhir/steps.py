"""Who brought a screening where it is, as Provenance: one for each event, of the version of its ResearchSubject."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import CharField, F, QuerySet, Value

from eligibility.models import Event
from patients.api.fhir.origins import Kept, Stream, agents


def _events(site_ids: Collection[int]) -> QuerySet[Event]:
    rows = Event.objects.filter(site_id__in=site_ids).annotate(
        record=F("screening_id"),
        type=Value("ResearchSubject", output_field=CharField()),
        patient=F("screening__patient_id"),
    )
    return rows.select_related("by")


def _told(rows: Sequence[Any]) -> Iterator[Kept]:
    for one in rows:
        why = f"{one.transition}: {one.reason or ''} {one.note}".strip().removesuffix(":")
        yield Kept(
            one.pk,
            f"ResearchSubject/{one.record}/_history/{one.sequence}",
            f"{one.record}.{one.sequence}",
            str(one.sequence),
            one.at,
            one.site_id,
            one.patient,
            "UPDATE" if one.from_state else "CREATE",
            agents(one.client, one.by, ""),
            why,
            [],
        )


STEPS = Stream(_events, _told, "sequence", "at")
