"""A site's map of local codes before it comes into force: what it would change, and that nobody skips looking at it.

Asked for by somebody of the site, counted by a worker: every patient whose record holds a code that would be read
otherwise is read by the proposed map and asked under it as of today. Numbers are kept, and no patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import protocols
from eligibility.actions.assessing import case_of
from eligibility.actions.foreseeing import MOST, STATUSES
from eligibility.models import OPEN, LocalCodesImpact, Screening, State
from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Record
from eligibility.snapshots import NoSuchPatient, Snapshot, take
from patients import codec, local_codes
from patients.actions import local_codes as acts
from patients.codes.local import NO_LOCAL_CODES, LocalCodes, concerned, meaning_of
from patients.facts import Facts, Notice
from patients.local_codes import Held
from patients.merged import is_merged
from patients.models import LocalCodesVersion, Patient
from patients.stored import FACT_KINDS, read_again, together
from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

HOLDS: Final = timedelta(days=1)
"""For how long what was counted is enough to put a version in force on."""
_ABOUT_CODES: Final = ("unrecognised-code", "local-code")


class _Turn(NamedTuple):
    """One open candidate under the map in force and under the proposed one."""

    before: str
    after: str
    criteria: tuple[tuple[str, str], ...]
    standing: bool


def ask_impact(version: LocalCodesVersion, *, by: Account) -> LocalCodesImpact:
    """Have the impact of a draft counted; while one is under way that one is answered.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        acts.demand_staff(by, version.site)
        held = local_codes.versions_of(version.site_id).get(pk=version.pk)
        if held.state not in local_codes.OPEN:
            raise NotDone("state", _("Only of a draft it is counted what it would change."))
        now = local_codes.in_force(version.site_id)
        against = now.number if now is not None else 0
        waiting = LocalCodesImpact.objects.filter(
            version=version, against=against, finished_at=None
        )
        return waiting.first() or LocalCodesImpact.objects.create(
            site_id=version.site_id,
            version=version,
            against=against,
            asked_by=by,
            by_name=by.name or by.username,
        )


def latest_impact(version: LocalCodesVersion) -> LocalCodesImpact | None:
    """The last one that was asked for, counted or not."""
    return LocalCodesImpact.objects.filter(version=version).order_by("-pk").first()


def put_in_force(version: LocalCodesVersion, *, reason: str, by: Account) -> Held:
    """Put a reviewed version in force whose impact was counted lately, against the one that is in force.

    Raises:
        NotDone: with the reason.
    """
    now = local_codes.in_force(version.site_id)
    counted = LocalCodesImpact.objects.filter(
        version=version,
        against=now.number if now is not None else 0,
        finished_at__gte=timezone.now() - HOLDS,
    )
    if not counted.exists():
        raise NotDone("impact", _("Have counted first what it would change."))
    return acts.put_in_force(version, reason=reason, by=by)


def count_impacts() -> int:
    """Count what was asked for and is not counted yet, at every site. Twice at the same moment counts once."""
    counted = 0
    for site in Site.objects.order_by("pk"):
        with use_sites([site.pk]):
            waiting = LocalCodesImpact.objects.filter(site=site, finished_at=None)
            for impact in waiting.select_related("version__site").order_by("pk"):
                found = _impact(impact.version, timezone.localdate(timezone=site.zone))
                mine = LocalCodesImpact.objects.filter(pk=impact.pk, finished_at=None)
                counted += mine.update(finished_at=timezone.now(), counts=found)
    return counted


def _impact(version: LocalCodesVersion, on: date) -> dict[str, Any]:
    now = local_codes.in_force(version.site_id)
    before = local_codes.map_of(now) if now is not None else NO_LOCAL_CODES
    after = local_codes.map_of(version)
    codes = concerned(before, after)
    every = local_codes.patients_with(version.site_id, list(codes))
    records: Counter[tuple[str, str]] = Counter()
    patients: Counter[tuple[str, str]] = Counter()
    turns: list[_Turn] = []
    holding = 0
    for patient in _alone(every[:MOST]):
        read = together(read_again(patient, version.site.zone, local_codes=after))[0]
        touched = _records(read.notices, set(codes))
        holding += bool(touched)
        for key, refs in touched.items():
            records[key] += len(refs)
            patients[key] += 1
        turns += _turns(patient.pk, read, on)
    return {
        "codes": [
            {
                "system": system,
                "code": code,
                "becomes": _becomes(after, system, code),
                "records": records[system, code],
                "patients": patients[system, code],
            }
            for system, code in codes
            if records[system, code]
        ],
        "not_on_record": sum(not records[key] for key in codes),
        "records": sum(records.values()),
        "patients": holding,
        "left_out": max(len(every) - MOST, 0),
        **_summed(turns),
    }


def _alone(patients: Iterable[UUID]) -> Iterator[Patient]:
    """Those of them that are recorded as nobody else."""
    for pk in patients:
        held = Patient.objects.filter(~is_merged(), pk=pk).first()
        if held is not None:
            yield held


def _records(
    notices: Iterable[Notice], codes: set[tuple[str, str]]
) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """The records that each of these codes stands on, where it decides whether the record is understood."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for one in notices:
        key = one.system, one.code
        if key in codes and one.reason in _ABOUT_CODES:
            found.setdefault(key, set()).add((one.type, one.id))
    return found


def _becomes(after: LocalCodes, system: str, code: str) -> str:
    """In words what a code is read as; empty: it is unrecognised."""
    read = (one for one in after.entries if (one.system, one.code) == (system, code))
    return next((meaning_of(one.target_system, one.target_code) for one in read), "")


def _turns(patient: UUID, read: Facts, on: date) -> Iterator[_Turn]:
    held = Screening.objects.filter(patient=patient, state__in=OPEN).select_related("trial")
    for screening in held:
        protocol = protocols.get(screening.trial.number)
        try:
            snapshot = take(patient, trial=protocol.trial)
        except NoSuchPatient:
            continue
        standing = screening.state in (State.CONFIRMED, State.SIGNED)
        yield _turn(protocol, snapshot, read, on, standing=standing)


def _turn(
    protocol: Protocol, snapshot: Snapshot, read: Facts, on: date, *, standing: bool
) -> _Turn:
    foreseen = snapshot._replace(record=_read_so(snapshot, read))
    then = protocol.assess(case_of(snapshot, protocol=protocol, on=on), on)
    now = protocol.assess(case_of(foreseen, protocol=protocol, on=on), on)
    turned = tuple(
        (criterion.id, found.verdict.value)
        for criterion, was, found in zip(now.criteria, then.findings, now.findings, strict=True)
        if was.verdict is not found.verdict
    )
    return _Turn(then.status.value, now.status.value, turned, standing and bool(turned))


def _read_so(snapshot: Snapshot, read: Facts) -> Record:
    """The record with these facts in place of its own; what is new among them arrives now."""
    record = snapshot.record
    since = {
        codec.digest(codec.encode(fact)): record.arrived.get(id(fact), 0)
        for kind in FACT_KINDS
        for fact in getattr(record.facts, kind)
    }
    kinds = {kind: getattr(read, kind) for kind in FACT_KINDS}
    arrived = {
        id(fact): since.get(codec.digest(codec.encode(fact)), snapshot.version + 1)
        for every in kinds.values()
        for fact in every
    }
    facts = replace(record.facts, **kinds)
    return Record(facts, record.attestations, record.ranges, arrived)


def _summed(turns: list[_Turn]) -> dict[str, Any]:
    moved = [one for one in turns if one.before != one.after]
    criteria: dict[str, Counter[str]] = {}
    for one in turns:
        for criterion, verdict in one.criteria:
            criteria.setdefault(criterion, Counter())[verdict] += 1
    return {
        "candidates": len(turns),
        "unchanged": len(turns) - len(moved),
        "becomes": {status: sum(one.after == status for one in moved) for status in STATUSES},
        "standing": sum(one.standing for one in turns),
        "criteria": {name: dict(found) for name, found in sorted(criteria.items())},
    }
