"""No other malignancy within a look-back, except those that a person states to be exempt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import (
    edges,
    elapsed,
    happened,
    latest_shifted,
    plus_days,
    plus_years,
)
from eligibility.rules.finding import Finding, Ground, Need, Note, doubted, weigh
from eligibility.rules.kinds.conditions import clarify, none_on_record
from eligibility.rules.kinds.presence import ACTIVE_STATUSES
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import MET, NOT_MET, UNKNOWN, NeedKind, Reason, first_reason
from patients.facts import Condition
from patients.values import Days, ended_by


@named("no-malignancy-within")
@dataclass(frozen=True, slots=True)
class NoMalignancyWithin(Statement):
    """No malignancy of these classes present, or ended less than `years` calendar years ago.

    `never_exempt` (blood cancers) fail while inside; `fails_while_active` (solid tumours) fail while active; every
    other one inside has to be judged by a person: adequately or curatively treated, no evidence of disease.
    """

    years: int
    of: tuple[str, ...]
    never_exempt: tuple[str, ...]
    fails_while_active: tuple[str, ...]
    history: tuple[str, ...]

    def judge(self, case: Case, on: date) -> Finding:
        grounds = []
        for condition in case.record.conditions(self._classes):
            ground = doubted(
                self._ground(condition, case, on),
                uncertain=condition.provisional,
                begun=happened(condition.onset, on),
            )
            if ground is not None:
                grounds.append(ground)
        return weigh(grounds, otherwise=none_on_record(case, "other malignancy"))

    def days(self, case: Case) -> Iterator[date]:
        for condition in case.record.conditions(self._classes):
            told = _over_by(condition, case)
            for day in edges(condition.onset, condition.abated, Days(told, told)):
                yield day
                yield plus_days(day, 1)
                yield self._lapse(day)

    def words(self) -> str:
        return (
            f"no other malignancy is present or ended within the past {self.years} years, "
            "unless a person states that it is an exempt one without evidence of disease"
        )

    @property
    def _classes(self) -> tuple[str, ...]:
        return (*self.of, *self.never_exempt, *self.fails_while_active, *self.history)

    def _lapse(self, end: date) -> date:
        return plus_years(end, self.years)

    def _ground(self, condition: Condition, case: Case, on: date) -> Ground:
        """What the condition, taken as confirmed and begun, contributes."""
        end = condition.abated
        if end is None and condition.classes.isdisjoint(self._classes_other_than_history):
            return self._open(condition, Reason.NEEDS_JUDGEMENT, "{}: when it ended is not known.")
        if end is None and condition.clinical is None:
            return self._open(condition, Reason.PROVISIONAL, "{}: its clinical status is missing.")
        present = _present(condition, on)
        if present is not True:
            span = end if end is not None else _unknown_end(condition, case)
            outside = elapsed(span, on, self._lapse)
            if outside:
                note = Note(
                    "{} ended {}: outside the past {} years.",
                    (condition, span, self.years),
                )
                return Ground(MET, condition, note)
            if outside is None:
                return self._open(
                    condition, Reason.PARTIAL_DATE, "{}: the day on which it ended decides."
                )
        clears = latest_shifted(end, self._lapse) if end is not None and end.reported else None
        return self._inside(condition, present, clears)

    @property
    def _classes_other_than_history(self) -> tuple[str, ...]:
        return (*self.of, *self.never_exempt, *self.fails_while_active)

    def _inside(self, condition: Condition, present: bool | None, clears: date | None) -> Ground:
        active = not condition.classes.isdisjoint(self.fails_while_active)
        if not condition.classes.isdisjoint(self.never_exempt) or (active and present):
            note = Note(
                "{} lies within the past {} years.",
                (condition, self.years),
            )
            return Ground(NOT_MET, condition, note, clears_on=clears, needs=clarify(condition))
        template = "{}: was it adequately treated, with no evidence of disease?"
        reasons = [Reason.NEEDS_JUDGEMENT]
        if active and present is None and not condition.provisional:
            reasons.append(Reason.PARTIAL_DATE)
        ground = self._open(condition, first_reason(reasons), template)
        ask = Note(template, (condition,))
        return ground._replace(needs=(Need(NeedKind.ATTESTATION, ask),))

    def _open(self, condition: Condition, reason: Reason, template: str) -> Ground:
        note = Note(template, (condition,))
        return Ground(UNKNOWN, condition, note, reason, needs=clarify(condition))


def _present(condition: Condition, on: date) -> bool | None:
    """Whether the malignancy is still there on the day; an abatement ahead means that it is."""
    if condition.abated is not None:
        over = happened(condition.abated, on)
        return None if over is None else not over
    return condition.clinical in ACTIVE_STATUSES


def _unknown_end(condition: Condition, case: Case) -> Days:
    """It ended somewhere between its onset and the day it was reported."""
    return ended_by(condition.onset, _over_by(condition, case))


def _over_by(condition: Condition, case: Case) -> date:
    """The day on which this condition was received, else that of the latest of all."""
    return condition.over_by if condition.over_by is not None else case.record.facts.received_on
