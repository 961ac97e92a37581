"""What people state of a record, and records they set aside. Each raises the record version."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from patients.actions.carrying import carry_up
from patients.actions.derive import derive_facts
from patients.actions.telling import tell_of_change
from patients.merged import hold
from patients.models import Attestation, Patient, SetAside
from trialscreen.institution.models import Account, Site


def record_attestation(
    *,
    patient: Patient,
    trial: str,
    criterion: str,
    wording_digest: str,
    answer: str,
    stated_on: date,
    by: Account | None,
    by_name: str,
    detail: str = "",
    source: str = "",
    source_dated: date | None = None,
    note: str = "",
    screening: UUID | None = None,
) -> Attestation:
    """File a person's answer to one criterion. Whether the role may give it is the caller's policy.

    `screening` is the episode in which it was given, where there is one.
    """
    with transaction.atomic():
        held = next_version(patient)
        attestation = Attestation.objects.create(
            site_id=held.site_id,
            patient=held,
            trial=trial,
            criterion=criterion,
            wording_digest=wording_digest,
            answer=answer,
            stated_on=stated_on,
            by=by,
            by_name=by_name,
            detail=detail,
            source=source,
            source_dated=source_dated,
            note=note,
            screening=screening,
            record_version=held.record_version,
        )
        tell_of_change(held)
        carry_up(held, held.site)
    return attestation


def set_aside_record(
    *, patient: Patient, site: Site, source: str, ref: str, reason: str, note: str, by: Account
) -> SetAside:
    """Set a record aside: from this version on it counts as entered in error."""
    with transaction.atomic():
        held = next_version(patient)
        aside = SetAside.objects.create(
            site_id=held.site_id,
            patient=held,
            source=source,
            ref=ref,
            reason=reason,
            note=note,
            by=by,
            record_version=held.record_version,
        )
        derive_facts(held, site)
        tell_of_change(held)
        carry_up(held, site)
    return aside


def next_version(patient: Patient) -> Patient:
    """The patient, locked, one version later."""
    held = hold(patient.pk).get(patient.pk)
    if held is None:
        raise Patient.DoesNotExist
    held.record_version += 1
    held.save(update_fields=["record_version"])
    return held
