"""What stands behind one criterion of a patient, and what could be entered there: every question that its forms ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from eligibility.actions import case_of
from eligibility.actions.entering import decides_against
from eligibility.entry_policies import may_answer
from eligibility.policies import Refusal
from eligibility.reads import Reads, reads_of
from eligibility.rules.criterion import Criterion, Role
from eligibility.rules.finding import Finding
from eligibility.rules.protocol import Assessment, Protocol
from eligibility.rules.record import Record
from eligibility.rules.verdicts import UNKNOWN, NeedKind
from eligibility.snapshots import NoSuchPatient, Snapshot, take
from patients.codec import decode
from patients.facts import Notice
from patients.models import CLINICAL, DerivedRow, Patient, RecordNotice, SetAside
from trialscreen.institution.models import Account

KINDS = {
    "LabResult": "lab-results",
    "Observation": "observations",
    "Histology": "histologies",
    "Condition": "conditions",
    "PriorTherapy": "prior-therapies",
    "Lesion": "lesions",
    "Specimen": "specimens",
    "StudyParticipation": "study-participations",
}
"""Kinds of facts by the names of their tables."""
_SHOWN = ("unrecognised", "set-aside", "not-used", "unread")


class Held(NamedTuple):
    """A record behind a criterion, as it is held now."""

    key: str
    """By which a form names it: ``labresult-12``."""
    kind: str
    source: str
    ref: str
    fact: Any
    used: bool
    """The verdict rests on it."""
    against: bool
    """It is confirmed and makes a criterion fail, this one or another."""


class NoSuchCriterion(LookupError):
    """The protocol has no such criterion."""


class Desk(NamedTuple):
    """One criterion of one patient, laid out for who fills its gaps."""

    patient: Patient
    today: date
    protocol: Protocol
    criterion: Criterion
    found: Finding
    asked: Role | None
    """The role that may answer as things stand; None where it is not answered."""
    validity: int | None
    """Days for which an answer counts at the site; None: it does not expire."""
    reads: Reads
    panel: tuple[str, ...]
    """Analytes to be collected in numbers: those of this criterion first, then all others that are missing."""
    to_uln: frozenset[str]
    """Analytes that are compared with a multiple of the upper limit of normal."""
    refusal: str
    """Why the person at the desk may not answer; empty where they may."""
    snapshot: Snapshot
    records: tuple[Held, ...]
    notices: tuple[Notice, ...]
    """Records of the kinds that an absence here rests on, and that count for nothing."""
    asides: tuple[SetAside, ...]
    """Of them, those that a person set aside."""

    @property
    def record(self) -> Record:
        return self.snapshot.record

    @property
    def seen(self) -> str:
        """What identifies the records that were shown beside a question."""
        shown = repr([tuple(notice) for notice in self.notices])
        return sha256(shown.encode()).hexdigest()[:16]

    def held(self, key: str) -> Held | None:
        return next((one for one in self.records if one.key == key), None)


def lay_out(
    patient: UUID,
    criterion: str,
    *,
    sites: Iterable[int],
    by: Account,
    protocol: Protocol,
    today: Callable[[ZoneInfo], date],
) -> Desk:
    """The criterion of a patient of one of these sites, for a person; `today` gives the day it is in a time zone.

    Raises:
        NoSuchPatient: there is none, or it is another site's.
        NoSuchCriterion: the protocol has none.
    """
    held = Patient.objects.select_related("site").filter(pk=patient, site__in=list(sites)).first()
    if held is None:
        raise NoSuchPatient(str(patient))
    try:
        asked = protocol.criterion(criterion)
    except KeyError:
        raise NoSuchCriterion(criterion) from None
    on = today(held.site.zone)
    snapshot = take(held.pk, trial=protocol.trial)
    case = case_of(snapshot, protocol=protocol, on=on)
    assessed = protocol.assess(case, on)
    found = assessed.findings[protocol.criteria.index(asked)]
    reads = reads_of(asked)
    return Desk(
        patient=held,
        today=on,
        protocol=protocol,
        criterion=asked,
        found=found,
        asked=asked.answered_by(found),
        validity=asked.validity(case),
        refusal=_refusal(asked.answered_by(found), by, held, on),
        reads=reads,
        panel=_panel(reads, assessed),
        to_uln=frozenset(name for one in protocol.criteria for name in reads_of(one).to_uln),
        snapshot=snapshot,
        records=tuple(_records(held, found, assessed.findings)),
        notices=tuple(_notices(snapshot.record, reads)),
        asides=tuple(
            SetAside.objects.filter(patient=held, lifted_version=None)
            .select_related("by")
            .order_by("id")
        ),
    )


def _refusal(asked: Role | None, by: Account, patient: Patient, on: date) -> str:
    try:
        if asked is not None:
            may_answer(asked, by=by, site_id=patient.site_id, on=on)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _panel(reads: Reads, assessed: Assessment) -> tuple[str, ...]:
    if not reads.panel:
        return ()
    names = dict.fromkeys(reads.panel)
    for criterion, found in zip(assessed.criteria, assessed.findings, strict=True):
        wanted = any(need.kind is NeedKind.LAB for need in found.needs)
        if found.verdict is UNKNOWN and wanted:
            names |= dict.fromkeys(reads_of(criterion).panel)
    return tuple(names)


def _records(patient: Patient, found: Finding, findings: tuple[Finding, ...]) -> Iterator[Held]:
    """The records that were looked at, those that the verdict rests on first."""
    used = [_ref(piece.fact) for piece in found.evidence]
    refs = dict.fromkeys(ref for ref in [*used, *(_ref(one.fact) for one in found.others)] if ref)
    if not refs:
        return
    rows: list[tuple[int, DerivedRow]] = []
    places = {ref: place for place, ref in enumerate(refs)}
    for table in CLINICAL:
        if table is not RecordNotice:
            current = table.objects.filter(
                patient=patient, ref__in=list(refs), superseded_version=None
            )
            rows += [(places[row.ref], row) for row in current.order_by("id")]
    shown: set[tuple[str, str]] = set()
    for _, row in sorted(rows, key=lambda pair: pair[0]):
        if (row.source, row.ref) not in shown:
            shown.add((row.source, row.ref))
            yield Held(
                key=f"{type(row).__name__.lower()}-{row.pk}",
                kind=KINDS[type(row).__name__],
                source=row.source,
                ref=row.ref,
                fact=decode(row.fact),
                used=row.ref in used,
                against=decides_against(row.ref, findings),
            )


def _ref(fact: Any) -> str:
    """The record of a fact; empty for the person and for what people state."""
    ref = str(getattr(fact, "ref", ""))
    return "" if ref.startswith("Patient") else ref


def _notices(record: Record, reads: Reads) -> Iterator[Notice]:
    for notice in sorted(record.facts.notices):
        if notice.kind in _SHOWN and (notice.about in reads.about or notice.about == "other"):
            yield notice
