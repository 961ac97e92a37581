"""Withdrawing a record as entered in error, and letting it count again.

A withdrawal is of the record, whatever version its source sends later: new versions are kept and listed as set aside
until somebody lets the record count again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from patients.actions.carrying import carry_up
from patients.actions.derive import derive_facts
from patients.actions.reasons import in_words
from patients.actions.receive import Attribution
from patients.actions.statements import next_version
from patients.actions.telling import tell_of_change
from patients.merged import hold, holder
from patients.models import Patient, SetAside
from patients.signals import before_setting_aside
from trialscreen.institution.models import Site
from trialscreen.institution.trail.acting import because


class AlreadyWithdrawn(Exception):
    """The record does not count already."""


class NotWithdrawn(Exception):
    """The record counts."""


def withdraw(
    *,
    patient: Patient,
    site: Site,
    source: str,
    ref: str,
    reason: str,
    note: str,
    by: Attribution,
) -> Patient:
    """Let a record count no more; it stays readable. Gives whose record it is, at the new version.

    Raises:
        AlreadyWithdrawn: it does not count already.
        MayNotSetAside: the person may not.
    """
    said = f"{dict(SetAside.REASONS).get(reason, reason)}. {note}".strip()
    with transaction.atomic(), because(said):
        held = next_version(_whose(patient, source, ref))
        if _in_force(held, source, ref).exists():
            raise AlreadyWithdrawn
        if by.person is not None:
            before_setting_aside.send(sender=Patient, patient=held, ref=ref, person=by.person)
        SetAside.objects.create(
            site_id=held.site_id,
            patient=held,
            source=source,
            ref=ref,
            reason=reason,
            note=note,
            client=by.client,
            by=by.person,
            record_version=held.record_version,
        )
        derive_facts(held, site)
        tell_of_change(held)
        carry_up(held, site)
    return held


def reinstate(
    *,
    patient: Patient,
    site: Site,
    source: str,
    ref: str,
    note: str,
    by: Attribution,
    at: datetime,
) -> Patient:
    """Let a withdrawn record count again. Gives whose record it is, at the new version.

    Raises:
        NotWithdrawn: it was not, or is not any more.
        NoReason: nobody said why.
    """
    with transaction.atomic(), because(note.strip()):
        held = next_version(_whose(patient, source, ref))
        lifted = _in_force(held, source, ref).update(
            lifted_version=held.record_version,
            lifted_at=at,
            lifted_client=by.client,
            lifted_by=by.person,
            lifted_note=note,
        )
        if not lifted:
            raise NotWithdrawn
        in_words(note)
        derive_facts(held, site)
        tell_of_change(held)
        carry_up(held, site)
    return held


def _whose(patient: Patient, source: str, ref: str) -> Patient:
    """Whose record it is: of one who is recorded as the patient, it stays with them when the two come apart."""
    hold(patient.pk)
    return holder(patient, source, ref)


def _in_force(patient: Patient, source: str, ref: str) -> QuerySet[SetAside]:
    return SetAside.objects.filter(patient=patient, source=source, ref=ref, lifted_version=None)
