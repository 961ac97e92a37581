"""What people state of a criterion and which records they set aside: who may is asked first, then it is filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from eligibility.actions.assessing import case_of
from eligibility.entry_policies import may_answer, may_set_aside
from eligibility.models import OPEN, Screening
from eligibility.policies import NotAllowed, NotNow
from eligibility.rules.canonical import digest
from eligibility.rules.criterion import Criterion
from eligibility.rules.finding import Finding
from eligibility.rules.protocol import Protocol
from eligibility.rules.verdicts import NOT_MET
from eligibility.snapshots import take
from patients.actions import Attribution, record_attestation
from patients.actions.withdrawing import AlreadyWithdrawn, NotWithdrawn, reinstate, withdraw
from patients.models import Attestation, Patient
from patients.signals import MayNotSetAside
from trialscreen.institution.models import Account


class Said(NamedTuple):
    """A person's answer to one criterion."""

    answer: str
    stated_on: date
    detail: str = ""
    source: str = ""
    note: str = ""
    source_dated: date | None = None


def state(
    said: Said, *, patient: Patient, criterion: Criterion, protocol: Protocol, by: Account, on: date
) -> Attestation:
    """File a person's answer to a criterion that takes such an answer. The same said again by the same is one answer.

    Raises:
        NotAllowed: the role of the person is not the one that the criterion asks for as it stands.
    """
    asked = criterion.answered_by(finding_of(criterion, patient=patient, protocol=protocol, on=on))
    assert asked is not None
    may_answer(asked, by=by, site_id=patient.site_id, on=on)
    before = Attestation.objects.filter(
        patient=patient, trial=protocol.trial, criterion=criterion.id
    ).last()
    wording = digest(criterion)
    if before is not None and (before.by_id, before.wording_digest, _said(before)) == (
        by.pk,
        wording,
        said,
    ):
        return before
    return record_attestation(
        patient=patient,
        trial=protocol.trial,
        criterion=criterion.id,
        wording_digest=wording,
        by=by,
        by_name=by.name or by.username,
        screening=_open_episode(patient, protocol),
        **said._asdict(),
    )


def _open_episode(patient: Patient, protocol: Protocol) -> UUID | None:
    open_here = Screening.objects.filter(
        patient=patient, trial__number=protocol.trial, state__in=OPEN
    )
    return open_here.values_list("pk", flat=True).first()


def _said(held: Attestation) -> Said:
    return Said(held.answer, held.stated_on, held.detail, held.source, held.note, held.source_dated)


def finding_of(criterion: Criterion, *, patient: Patient, protocol: Protocol, on: date) -> Finding:
    """What the record says of a criterion on a day."""
    found = findings_of(patient, protocol=protocol, on=on)
    return found[[one.id for one in protocol.criteria].index(criterion.id)]


def findings_of(patient: Patient, *, protocol: Protocol, on: date) -> tuple[Finding, ...]:
    """What the record says of every criterion on a day, in their order."""
    snapshot = take(patient.pk, trial=protocol.trial)
    return protocol.assess(case_of(snapshot, protocol=protocol, on=on), on).findings


def decides_against(ref: str, findings: Iterable[Finding]) -> bool:
    """Whether a record is among those that make a criterion fail; a record that is uncertain never is."""
    return any(
        getattr(piece.fact, "ref", "") == ref
        for found in findings
        if found.verdict is NOT_MET
        for piece in found.evidence
    )


def set_aside(
    *, patient: Patient, source: str, ref: str, reason: str, note: str, by: Account
) -> None:
    """Set a record aside: it counts as entered in error, and stays readable.

    Raises:
        NotAllowed: it decides against the patient, and the person is no investigator of the site.
        NotNow: it is set aside already.
    """
    try:
        withdraw(
            patient=patient,
            site=patient.site,
            source=source,
            ref=ref,
            reason=reason,
            note=note,
            by=Attribution(person=by),
        )
    except MayNotSetAside as refusal:
        raise NotAllowed("role", refusal.sentence) from None
    except AlreadyWithdrawn:
        raise NotNow("set-aside", "This record is set aside already.") from None


def count_again(
    *, patient: Patient, source: str, ref: str, note: str, by: Account, on: date, at: datetime
) -> None:
    """Let a record that was set aside count again.

    Raises:
        NotAllowed: the person is not of the site.
        NotNow: it counts.
    """
    may_set_aside(decides_against=False, by=by, site_id=patient.site_id, on=on)
    try:
        reinstate(
            patient=patient,
            site=patient.site,
            source=source,
            ref=ref,
            note=note,
            by=Attribution(person=by),
            at=at,
        )
    except NotWithdrawn:
        raise NotNow("counts", "This record counts already.") from None
