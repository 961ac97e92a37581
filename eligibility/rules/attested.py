"""Records and statements together: which statement counts on a day, and what it changes of a finding.

The order of precedence stands at the head of `eligibility.rules.criterion`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from eligibility.rules.days import plus_days
from eligibility.rules.finding import Evidence, Finding, Note
from eligibility.rules.record import Attestation, Record
from eligibility.rules.verdicts import (
    ABSENCE,
    ATTESTATION,
    EVIDENCE,
    NOT_MET,
    UNKNOWN,
    Reason,
    Verdict,
)


class Statements(NamedTuple):
    """All statements on one criterion, the earliest first, and how they count."""

    made: Sequence[Attestation]
    answers: tuple[str, ...]
    """The answers that the criterion allows."""
    validity: int | None
    """Days after the day it was stated, inclusive; None: it does not expire. A *not met* never expires."""
    weighed_inside: bool
    record: Record

    def on(self, day: date) -> tuple[Attestation | None, Attestation | None]:
        """The statement that counts on a day, and the last one when its validity is over (else None)."""
        lapsed = None
        for statement in reversed(self.made):
            if statement.stated_on > day or statement.answer not in self.answers:
                continue
            if (
                self.validity is None
                or (day - statement.stated_on).days <= self.validity
                or statement.answer == "not_met"
            ):
                return statement, lapsed
            # Of those made by now the first one met is the last one stated.
            lapsed = lapsed or statement
        return None, lapsed

    def with_finding(self, found: Finding, on: date) -> Finding:
        """What records and statements say together on a day."""
        counting, lapsed = self.on(on)
        if counting is None:
            if found.verdict is not UNKNOWN or lapsed is None:
                return found
            return found if _newer(found, lapsed, self.record) else self._lapsed(found, lapsed)
        if counting.answer == "not_met":
            return _stated_not_met(found, counting)
        if found.verdict is NOT_MET:
            return _against(found, counting)
        if found.verdict is UNKNOWN:
            inside = self.weighed_inside and counting.answer == "met"
            return found if inside else _settled(found, counting, self.record)
        if found.basis is ABSENCE:
            return found.attested((_stated(counting),), (Evidence(counting),))
        return found

    def _lapsed(self, found: Finding, lapsed: Attestation) -> Finding:
        last = plus_days(lapsed.stated_on, self.validity or 0)
        note = Note("The statement of {} counted until {}.", (lapsed.stated_on, last))
        return found._replace(
            reason=Reason.ATTESTATION_EXPIRED,
            says=(*found.says, note),
            evidence=(*found.evidence, Evidence(lapsed)),
            lapses=(last - lapsed.stated_on).days,
        )


_SAID = {"met": "met", "not_met": "not met", "not_applicable": "not applicable"}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def _stated(statement: Attestation) -> Note:
    said = _SAID[statement.answer]
    if statement.by:
        return Note("Stated {} by {} on {}.", (said, statement.by, statement.stated_on))
    return Note("Stated {} on {}.", (said, statement.stated_on))


def _stated_not_met(found: Finding, statement: Attestation) -> Finding:
    conflicts = found.conflicts
    if found.verdict.passes and found.basis is EVIDENCE:
        conflicts += (
            Note("Stated not met on {}, while the records show otherwise.", (statement.stated_on,)),
        )
    return Finding(
        NOT_MET,
        ATTESTATION,
        says=(_stated(statement),),
        evidence=(Evidence(statement), *found.evidence),
        # What can never change does not become changeable because somebody said so too.
        remedy=found.remedy if found.verdict is NOT_MET else None,
        conflicts=conflicts,
        warnings=found.warnings,
        others=found.others,
    )


def _against(found: Finding, statement: Attestation) -> Finding:
    conflict = Note(
        "Stated {} on {}, but a record decides against it.",
        (_SAID[statement.answer], statement.stated_on),
    )
    return found._replace(conflicts=(*found.conflicts, conflict))


def _newer(found: Finding, statement: Attestation, record: Record) -> bool:
    """Whether a record that leaves the question open is newer than the statement, by its dates or by its arrival."""
    for cause in found.causes:
        if cause.own is not None and cause.own > statement.stated_on:
            return True
        if record.arrived and record.arrived_after(cause, statement):
            return True
    return False


def _settled(found: Finding, statement: Attestation, record: Record) -> Finding:
    if _newer(found, statement, record):
        return found._replace(
            reason=Reason.NEWER_THAN_STATEMENT,
            says=(
                *found.says,
                Note("The statement of {} is older than this record.", (statement.stated_on,)),
            ),
        )
    return Finding(
        _VERDICTS[statement.answer],
        ATTESTATION,
        says=(_stated(statement),),
        evidence=(Evidence(statement), *found.evidence),
        conflicts=found.conflicts,
        warnings=found.warnings,
        others=found.others,
    )
