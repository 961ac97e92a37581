"""What changes eligibility's tables: a site's policy, and filing an assessment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from eligibility.actions.following import follow
from eligibility.actions.publishing import publish
from eligibility.answers import answer, glance, to_json
from eligibility.models import Assessment, ProtocolVersion, SitePolicy
from eligibility.rules.case import Case
from eligibility.rules.days import plus_days
from eligibility.rules.outlook import Outlook, look_ahead
from eligibility.rules.policy import PolicyFault
from eligibility.rules.protocol import Assessment as Findings
from eligibility.rules.protocol import Protocol
from eligibility.running import RUNNING
from eligibility.snapshots import Snapshot, take
from patients.actions.reread import read_anew
from patients.models import Patient
from patients.reading import READING
from trialscreen.institution.models import Account, Site

_LETTERS = {"met": "m", "not_met": "n", "unknown": "u", "not_applicable": "a"}


def set_policy(
    values: Mapping[str, Any],
    *,
    site: Site,
    protocol: Protocol,
    effective_from: date,
    by: Account | None,
    reason: str = "",
) -> SitePolicy:
    """Set a site's policy for a trial from a day on, in place of what it had set before; empty: the protocol's own.

    Raises:
        PolicyFault: a value is unknown, of the wrong type, or looser than the protocol's.
    """
    protocol.tightened(values)
    trial = publish(protocol).trial
    return SitePolicy.objects.create(
        site=site,
        trial=trial,
        effective_from=effective_from,
        values=dict(values),
        by=by,
        reason=reason,
    )


def assess(patient: UUID, *, protocol: Protocol, on: date) -> Assessment:
    """Assess a patient's record as it stands, as of one day, and file it. Filing the same again changes nothing.

    Raises:
        NoSuchPatient: there is none, or it is another site's.
        VersionTaken, NotPublished: the protocol's version is none that verdicts are filed under.
    """
    version = publish(protocol)
    snapshot = take(patient, trial=protocol.trial)
    if snapshot.read_with != READING or snapshot.is_read_otherwise:
        read_anew(patient)
        snapshot = take(patient, trial=protocol.trial)
    case = case_of(snapshot, protocol=protocol, on=on)
    with transaction.atomic():
        filed = _file(patient, version, snapshot, case, protocol=protocol, on=on)
        follow(filed, snapshot, protocol=protocol)
    return filed


def _file(
    patient: UUID,
    version: ProtocolVersion,
    snapshot: Snapshot,
    case: Case,
    *,
    protocol: Protocol,
    on: date,
) -> Assessment:
    found = protocol.assess(case, on)
    outlook = look_ahead(protocol, case, found)
    document = answer(protocol, case, found, outlook, timeline=True)
    windows, policy = outlook.windows, snapshot.policy(on)
    filed, _ = Assessment.objects.get_or_create(
        patient_id=patient,
        protocol_version=version,
        record_version=snapshot.version,
        on=on,
        made_with=RUNNING,
        ranges_version=snapshot.ranges_version,
        policy_id=policy.id if policy is not None else None,
        defaults={
            "site_id": Patient.objects.values_list("site_id", flat=True).get(pk=patient),
            "local_codes_version": snapshot.local_codes_version,
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
    snapshot: Snapshot, *, protocol: Protocol, on: date, timeline: bool
) -> tuple[Findings, Outlook, dict[str, Any]]:
    """Findings, outlook and answer of a stored record under its site's policy: the same words as the dry run."""
    case = case_of(snapshot, protocol=protocol, on=on)
    found = protocol.assess(case, on)
    outlook = look_ahead(protocol, case, found)
    return found, outlook, answer(protocol, case, found, outlook, timeline=timeline)


def case_of(snapshot: Snapshot, *, protocol: Protocol, on: date) -> Case:
    """A stored record, ready to be asked under the policy that its site has in force on a day."""
    row = snapshot.policy(on)
    policy = None if row is None else protocol.tightened(still_tighter(row.values, protocol))
    return protocol.case(snapshot.record, policy)


def still_tighter(values: Mapping[str, Any], protocol: Protocol) -> dict[str, Any]:
    """Those of a site's values that this protocol version allows: a later version may be as tight by itself, or no
    longer know the value. What was allowed when it was set is then without effect; the answer shows what was used."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        parts = value.items() if name == "validity" else [(None, value)]
        for criterion, days in parts:
            one = {name: days if criterion is None else {criterion: days}}
            try:
                protocol.tightened(one)
            except PolicyFault:
                continue
            if criterion is None:
                kept |= one
            else:
                kept.setdefault(name, {})[criterion] = days
    return kept
