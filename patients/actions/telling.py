"""Telling other parts that a record has changed, once the change is certain."""

from __future__ import annotations

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


def tell_of_change(patient: Patient) -> None:
    """Send ``record_changed`` after commit, once however often one transaction changes a record.

    Whatever a listener does, the change stands.
    """
    telling = _Telling(patient.pk, patient.site_id)
    if all(waiting[1] != telling for waiting in connection.run_on_commit):
        transaction.on_commit(telling)
