"""Retests are filed when they are found, in the transaction that files the assessment which shows them."""

from __future__ import annotations

from eligibility import retests
from eligibility.models import OPEN, Assessment, Retest, Screening
from eligibility.rules.record import Record


def file_retests(filed: Assessment, record: Record) -> None:
    """File what an assessment shows to have been repeated in the open episode that it is the latest of."""
    held = (
        Screening.objects.filter(
            assessment=filed, state__in=OPEN, previous__assessment__isnull=False
        )
        .select_related("previous__assessment")
        .first()
    )
    if held is None or held.previous is None or held.previous.assessment is None:
        return
    closed = held.previous.assessment
    known = retests.known_at(record, closed.record_version)
    rows = [
        Retest(
            site_id=held.site_id,
            screening=held,
            criterion=one.criterion,
            verdict=one.now["verdict"],
        )
        for one in retests.compared(closed.answer, filed.answer, known)
        if one.repeated
    ]
    if rows:
        Retest.objects.bulk_create(rows, ignore_conflicts=True)
