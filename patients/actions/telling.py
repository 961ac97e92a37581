"""Telling other parts that a record has changed, once the change is certain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from patients.models import Patient
from patients.signals import record_changed


@dataclass(slots=True)
class _Telling:
    """What waits for the commit."""

    patient_id: UUID
    site_id: int
    told: bool = False

    def __call__(self) -> None:
        self.told = True
        record_changed.send_robust(sender=Patient, patient_id=self.patient_id, site_id=self.site_id)


_told_later: ContextVar[bool] = ContextVar("told_later", default=False)


@contextmanager
def left_to_the_query() -> Iterator[None]:
    """What changes within is told to nobody: the query finds it.

    A message for each patient of a large file would stand before everybody else's result.
    """
    before = _told_later.set(True)
    try:
        yield
    finally:
        _told_later.reset(before)


def tell_of_change(patient: Patient) -> None:
    """Send ``record_changed`` after commit, once however often one transaction changes a record.

    Whatever a listener does, the change stands.
    """
    if _told_later.get():
        return
    telling = _Telling(patient.pk, patient.site_id)
    if all(waiting[1] != telling for waiting in connection.run_on_commit):
        transaction.on_commit(telling)
