"""What people decide about an import: that it is stored, that it is not, that it stops."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from patients.actions.importing.telling import tell_of_work
from patients.actions.receive import Attribution
from patients.models import Import, ImportLine, ImportPiece

State = Import.State


class NotNow(Exception):
    """Why an import is not approved, discarded or cancelled at this moment, in one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def approve(job: Import, *, by: Attribution, on: date, at: datetime) -> None:
    """Let what the check left be stored, as received on the day `on`.

    Raises:
        NotNow: it is not checked yet, somebody was quicker, or nothing can be stored of it.
    """
    with transaction.atomic():
        if job.received == job.refused:
            raise NotNow("No line of it can be stored.")
        mine = Import.objects.filter(pk=job.pk, site_id=job.site_id, state=State.CHECKED)
        taken = mine.update(
            state=State.APPROVED,
            approved_at=at,
            approved_by=by.person,
            approved_client=by.client,
            received_on=on,
        )
        if not taken:
            raise NotNow(_why(job, "approved"))
        tell_of_work(job)


def cancel(job: Import, *, at: datetime) -> None:
    """Have an import stop. What waits for approval is discarded at once; what is under way stops after the step that
    it is at, and keeps what was stored.

    Raises:
        NotNow: it has ended.
    """
    with transaction.atomic():
        mine = Import.objects.filter(pk=job.pk, site_id=job.site_id)
        waiting = mine.filter(state__in=(State.UPLOADED, State.CHECKED))
        if waiting.update(state=State.DISCARDED, cancel_asked_at=at, ended_at=at):
            forget(job)
            return
        at_work = mine.filter(
            state__in=(State.CHECKING, State.APPROVED, State.RUNNING), cancel_asked_at=None
        )
        if not at_work.update(cancel_asked_at=at):
            raise NotNow(_why(job, "cancelled"))
        tell_of_work(job)


def forget(job: Import) -> None:
    """Delete what was kept to be worked on: the file as it was sent, and lines that wait."""
    ImportPiece.objects.filter(job=job).delete()
    ImportLine.objects.filter(job=job).delete()


def _why(job: Import, what: str) -> str:
    now = Import.objects.get(pk=job.pk)
    if now.cancel_asked_at is not None and now.ended_at is None:
        return "The import is stopping already."
    return f"The import cannot be {what}: it is now “{now.get_state_display()}”."
