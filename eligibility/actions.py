"""What changes eligibility's tables: publishing a protocol version, filing an assessment."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from eligibility.answers import answer, glance, to_json
from eligibility.models import Assessment, ProtocolVersion, Trial
from eligibility.rules.days import plus_days
from eligibility.rules.outlook import Outlook, look_ahead
from eligibility.rules.protocol import Assessment as Findings
from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Record
from eligibility.snapshots import take
from patients.models import Patient

_LETTERS = {"met": "m", "not_met": "n", "unknown": "u", "not_applicable": "a"}


def publish(protocol: Protocol) -> ProtocolVersion:
    """File a protocol version. Publishing the same one again changes nothing."""
    with transaction.atomic():
        trial, _ = Trial.objects.get_or_create(
            number=protocol.trial, defaults={"title": protocol.title}
        )
        version, _ = ProtocolVersion.objects.get_or_create(
            digest=protocol.digest(),
            defaults={
                "trial": trial,
                "version": protocol.version,
                "canonical": protocol.canonical(),
            },
        )
    return version


def assess(patient: UUID, *, protocol: Protocol, on: date) -> Assessment:
    """Assess a patient's record as it stands, as of one day, and file it. Filing the same again changes nothing."""
    version = publish(protocol)
    snapshot = take(patient, trial=protocol.trial)
    found, outlook, document = answered(snapshot.record, protocol=protocol, on=on, timeline=True)
    windows = outlook.windows
    filed, _ = Assessment.objects.get_or_create(
        patient_id=patient,
        protocol_version=version,
        record_version=snapshot.version,
        on=on,
        defaults={
            "site_id": Patient.objects.values_list("site_id", flat=True).get(pk=patient),
            "engine": document["engine"],
            "dictionary": document["dictionary"],
            "status": document["status"],
            "verdicts": "".join(_LETTERS[finding.verdict.value] for finding in found.findings),
            "earliest": outlook.earliest,
            "window_first": windows[0].first if windows else None,
            "window_last": windows[0].last if windows else None,
            "recheck_on": _recheck_on(outlook),
            "glance": glance(document),
            "answer": json.loads(to_json(document)),
        },
    )
    return filed


def _recheck_on(outlook: Outlook) -> date:
    """The first later day of which this assessment does not know that nothing changes; at last, past the horizon."""
    horizon = outlook.timelines[0][-1].last
    return outlook.recheck_on or plus_days(horizon, 1)


def answered(
    record: Record, *, protocol: Protocol, on: date, timeline: bool
) -> tuple[Findings, Outlook, dict[str, Any]]:
    """Findings, outlook and answer of a stored record: the same words as the dry run."""
    case = protocol.case(record)
    found = protocol.assess(case, on)
    outlook = look_ahead(protocol, case, found)
    return found, outlook, answer(protocol, case, found, outlook, timeline=timeline)
