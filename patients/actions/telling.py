"""Telling other parts that a record has changed, once the change is certain."""

from __future__ import annotations

from django.db import transaction

from patients.models import Patient
from patients.signals import record_changed


def tell_of_change(patient: Patient) -> None:
    """Send ``record_changed`` after commit. Whatever a listener does, the change stands."""
    key, site = patient.pk, patient.site_id
    transaction.on_commit(
        lambda: record_changed.send_robust(sender=Patient, patient_id=key, site_id=site)
    )
