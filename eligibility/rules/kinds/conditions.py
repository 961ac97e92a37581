"""No such condition: ever (a history counts) or on the day (active)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import happened
from eligibility.rules.finding import Finding, Ground, Need, Note, doubted, weigh
from eligibility.rules.kinds.presence import Activity, active_on, condition_days
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import ABSENCE, MET, NOT_MET, UNKNOWN, NeedKind, Reason
from patients.facts import Condition, Lesion


@named("never-had")
@dataclass(frozen=True, slots=True)
class NeverHad(Statement):
    """No condition of these classes on record, at any time and whatever its clinical status.

    `doubtful` classes leave it open (a trait, an unspecified site). Nothing on record is met by absence.
    """

    of: tuple[str, ...]
    what: str
    doubtful: tuple[str, ...] = ()
    doubt: Literal["needs-judgement", "site-not-stated"] = "needs-judgement"

    def judge(self, case: Case, on: date) -> Finding:
        deciding = case.record.conditions(self.of)
        suspect = case.record.conditions(self.doubtful) if self.doubtful else []
        if not deciding and not suspect:
            return none_on_record(case, self.what)
        seen = {id(condition) for condition in deciding}
        doubtful = [c for c in suspect if id(c) not in seen]
        grounds = [self._known(condition, on) for condition in deciding]
        grounds += [self._doubt(condition, on) for condition in doubtful]
        return weigh(
            [g for g in grounds if g is not None], otherwise=none_on_record(case, self.what)
        )

    def days(self, case: Case) -> Iterator[date]:
        return condition_days(case.record.conditions((*self.of, *self.doubtful)))

    def words(self) -> str:
        return f"no {self.what} is on record, at any time"

    def _known(self, condition: Condition, on: date) -> Ground | None:
        note = Note("{} is on record{}.", (condition, _since(condition)))
        return doubted(
            Ground(NOT_MET, condition, note, needs=clarify(condition)),
            uncertain=condition.provisional,
            begun=happened(condition.onset, on),
        )

    def _doubt(self, condition: Condition, on: date) -> Ground | None:
        note = Note(
            "{} is on record: it does not say whether this is {}.",
            (condition, self.what),
        )
        ground = Ground(UNKNOWN, condition, note, Reason(self.doubt), needs=clarify(condition))
        return doubted(ground, uncertain=condition.provisional, begun=happened(condition.onset, on))


@named("no-active")
@dataclass(frozen=True, slots=True)
class NoneActive(Statement):
    """No condition of these classes is active on the day.

    The text does not say "no known": an empty record shows nothing, a person has to state it.
    """

    of: tuple[str, ...]
    what: str

    def judge(self, case: Case, on: date) -> Finding:
        conditions = case.record.conditions(self.of)
        grounds = [g for c in conditions if (g := active_ground(c, on)) is not None]
        return weigh(grounds, otherwise=_none_active(self.what))

    def days(self, case: Case) -> Iterator[date]:
        return condition_days(case.record.conditions(self.of))

    def words(self) -> str:
        return f"no {self.what} is active, as stated by a person"


@named("no-lesion-in-brain")
@dataclass(frozen=True, slots=True)
class NoLesionInBrain(Statement):
    """No tumour of any age was measured in the brain. A measurement there has to be judged; it is no diagnosis."""

    def judge(self, case: Case, on: date) -> Finding:
        grounds = []
        for lesion in _brain_lesions(case):
            note = Note("A brain lesion was measured ({}, {}).", (lesion.size, lesion.collected))
            ground = doubted(
                Ground(UNKNOWN, lesion, note, Reason.NEEDS_JUDGEMENT),
                uncertain=False,
                begun=happened(lesion.collected, on),
            )
            if ground is not None:
                grounds.append(ground)
        nothing = Finding(MET, ABSENCE, says=(Note("No brain lesion was measured."),))
        return weigh(grounds, otherwise=nothing)

    def days(self, case: Case) -> Iterator[date]:
        for lesion in _brain_lesions(case):
            if lesion.collected is not None:
                yield from (day for day in lesion.collected[:2] if day is not None)

    def words(self) -> str:
        return "no lesion in the brain has been measured"


def _brain_lesions(case: Case) -> list[Lesion]:
    return [lesion for lesion in case.record.facts.lesions if lesion.in_brain and lesion.counts]


def active_ground(condition: Condition, on: date) -> Ground | None:
    """What a condition that must not be active contributes: not met while active, and from when it no longer is."""
    presence = active_on(condition, on)
    if presence.activity is Activity.NO:
        return None
    note = Note("{} is active{}.", (condition, _since(condition)))
    if presence.activity is Activity.MAYBE:
        open_note = Note("{}: whether it is active is not certain.", (condition,))
        reason = presence.reason
        if condition.provisional:
            reason = min(reason, Reason.PROVISIONAL, key=list(Reason).index)
        return Ground(UNKNOWN, condition, open_note, reason, needs=clarify(condition))
    ground = Ground(NOT_MET, condition, note, clears_on=presence.until, needs=clarify(condition))
    return doubted(ground, uncertain=condition.provisional, begun=True)


def active_conditions(case: Case, classes: Sequence[str], on: date) -> list[Condition]:
    """The conditions of these classes that are, or may be, active on the day."""
    return [
        condition
        for condition in case.record.conditions(classes)
        if active_on(condition, on).activity is not Activity.NO
    ]


def none_on_record(case: Case, what: str) -> Finding:
    """Met by absence: nothing of the kind among the conditions on record."""
    return _none_among(case.record.condition_count, what)


@lru_cache(maxsize=10_000)
def _none_among(count: int, what: str) -> Finding:
    among = "1 condition" if count == 1 else f"{count} conditions"
    note = Note("No {} among {} on record.", (what, among))
    return Finding(MET, ABSENCE, says=(note,))


@cache
def _none_active(what: str) -> Finding:
    note = Note("No active {} on record; a person has to state it.", (what,))
    return Finding(UNKNOWN, reason=Reason.NEEDS_STATEMENT, says=(note,))


def clarify(condition: Condition) -> tuple[Need, ...]:
    note = Note("Clarify with the chart: {}.", (condition,))
    return (Need(NeedKind.CHART, note),)


def _since(condition: Condition) -> str:
    onset = condition.onset
    if onset is None or onset.first is None:
        return ""
    return f" since {onset.text or onset.first.isoformat()}"
