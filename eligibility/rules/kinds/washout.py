"""Time that has to pass since a treatment ended: immunotherapy, surgery, anticancer drugs, other studies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import (
    begun,
    edges,
    elapsed,
    happened,
    latest_shifted,
    plus_days,
    plus_months,
)
from eligibility.rules.finding import Finding, Ground, Need, Note, doubted, weigh
from eligibility.rules.kinds.courses import ask_given, ask_setting, span_words
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    ABSENCE,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
)
from patients.facts import Course, Operation, Participation
from patients.values import Days, ended_by


@named("pause")
@dataclass(frozen=True, slots=True)
class Pause:
    """How long after an end: calendar months, or days; `more_than` when the last day itself is still too early."""

    count: int
    unit: Literal["months", "days"]
    more_than: bool = False

    def after(self, end: date) -> date:
        """The first day on which the pause is over."""
        add = plus_months if self.unit == "months" else plus_days
        day = add(end, self.count)
        return plus_days(day, 1) if self.more_than else day

    def words(self) -> str:
        at_least = "more than" if self.more_than else "at least"
        return f"{at_least} {self.count} {self.unit}"


@named("since-course")
@dataclass(frozen=True, slots=True)
class SinceCourse(Statement):
    """At least a pause since courses of these classes ended, of a stated setting or of none stated.

    A recent course whose setting is not stated is unknown. Where there is no such course it does not apply.
    """

    of: tuple[str, ...]
    setting: str
    pause: Pause
    what: str

    def judge(self, case: Case, on: date) -> Finding:
        grounds = []
        for course in self._courses(case):
            ground = doubted(
                self._ground(course, on),
                uncertain=course.uncertain,
                begun=begun(course, on),
            )
            if ground is not None:
                grounds.append(ground)
        return weigh(grounds, otherwise=does_not_apply(f"No {self.what} on record."))

    def days(self, case: Case) -> Iterator[date]:
        return _course_days(self._courses(case), self.pause)

    def words(self) -> str:
        return f"{self.pause.words()} have passed since the last {self.what}"

    def _courses(self, case: Case) -> list[Course]:
        courses = case.record.courses(self.of)
        return [course for course in courses if course.intent in (None, self.setting)]

    def _ground(self, course: Course, on: date) -> Ground:
        over = elapsed(course.end, on, self.pause.after)
        if over is not True and course.intent is None:
            note = Note("{} ({}): its setting is not stated.", (course.label, span_words(course)))
            reason = Reason.PARTIAL_DATE if over is None else Reason.INTENT_NOT_STATED
            return Ground(UNKNOWN, course, note, reason, needs=ask_setting(course))
        return paused(course, span_words(course), course.end, on, self.pause)


@named("since-operation")
@dataclass(frozen=True, slots=True)
class SinceOperation(Statement):
    """At least a pause since operations of these classes; one of unknown extent counts as a doubt while recent."""

    of: tuple[str, ...]
    doubtful: tuple[str, ...]
    pause: Pause
    what: str

    def judge(self, case: Case, on: date) -> Finding:
        grounds = []
        for operation in case.record.operations((*self.of, *self.doubtful)):
            ground = doubted(
                self._ground(operation, on),
                uncertain=operation.uncertain,
                begun=begun(operation, on),
            )
            if ground is not None:
                grounds.append(ground)
        return weigh(grounds, otherwise=does_not_apply(f"No {self.what} on record."))

    def days(self, case: Case) -> Iterator[date]:
        return _course_days(case.record.operations((*self.of, *self.doubtful)), self.pause)

    def words(self) -> str:
        return f"{self.pause.words()} have passed since the last {self.what}"

    def _ground(self, operation: Operation, on: date) -> Ground | None:
        if not operation.classes.isdisjoint(self.of):
            return paused(operation, "", operation.end, on, self.pause)
        over = elapsed(operation.end, on, self.pause.after)
        if over:
            return None
        note = Note("{} on {}: was it {}?", (operation.label, operation.end, self.what))
        need = Need(NeedKind.CHART, note)
        reason = Reason.EXTENT_NOT_STATED if over is False else Reason.PARTIAL_DATE
        return Ground(UNKNOWN, operation, note, reason, needs=(need,))


@named("since-anticancer")
@dataclass(frozen=True, slots=True)
class SinceAnticancer(Statement):
    """More than a pause since anticancer drugs and investigational agents; none concurrent.

    Participation in another interventional study counts while on intervention; an ended one has to be judged until the
    pause is over. Participation in this trial itself, by any of `own` identifiers, does not count.
    """

    of: tuple[str, ...]
    pause: Pause
    own: tuple[str, ...]

    def judge(self, case: Case, on: date) -> Finding:
        grounds = []
        for course in case.record.courses(self.of):
            ground = doubted(
                paused(course, span_words(course), course.end, on, self.pause),
                uncertain=course.uncertain,
                begun=begun(course, on),
            )
            grounds.append(ground)
        for part in self._elsewhere(case):
            grounds.append(
                doubted(
                    self._study(part, on, case), uncertain=False, begun=happened(part.start, on)
                )
            )
        return weigh([ground for ground in grounds if ground is not None], otherwise=_NO_AGENT)

    def days(self, case: Case) -> Iterator[date]:
        yield from _course_days(case.record.courses(self.of), self.pause)
        for part in self._elsewhere(case):
            told = _over_by(part, case)
            for day in edges(part.start, part.end, Days(told, told)):
                yield from (day, plus_days(day, 1), self.pause.after(day))

    def words(self) -> str:
        return (
            f"{self.pause.words()} have passed since the last anticancer drug or investigational agent, and none "
            "is concurrent"
        )

    def _elsewhere(self, case: Case) -> list[Participation]:
        every = case.record.facts.participations
        own = frozenset(name.upper() for name in self.own) if every else frozenset()
        return [p for p in every if own.isdisjoint(p.studies)]

    def _study(self, part: Participation, on: date, case: Case) -> Ground:
        over = False if part.end is None else happened(part.end, plus_days(on, -1))
        if part.on_intervention and over is False:
            note = Note("On intervention in another study ({}).", (part.label,))
            clears = latest_shifted(part.end, self.pause.after)
            return Ground(NOT_MET, part, note, clears_on=clears, needs=_ask_study(part))
        end = part.end if part.end is not None else _unknown_end(part, case)
        passed = elapsed(end, on, self.pause.after)
        if passed:
            return Ground(MET, part, Note("{} ended {}.", (part.label, end)))
        note = Note("{} ended {}: was an agent given in it?", (part.label, end))
        certain = passed is False and (over is not None or not part.on_intervention)
        reason = Reason.NEEDS_JUDGEMENT if certain else Reason.PARTIAL_DATE
        return Ground(UNKNOWN, part, note, reason, needs=_ask_study(part))


_NO_AGENT = Finding(MET, ABSENCE, says=(Note("No anticancer drug and no other study on record."),))


def paused(
    fact: Course | Operation, dated: str, end: Days | None, on: date, pause: Pause
) -> Ground:
    """What a treatment contributes: met once its pause is over, not met before, unknown where the end decides."""
    over = elapsed(end, on, pause.after)
    clears = latest_shifted(end, pause.after)
    args = (fact.label, dated or end or "ongoing")
    if over:
        return Ground(MET, fact, Note("{} ({}): clear since {}.", (*args, clears)))
    needs = ask_end(fact)
    if over is None:
        note = Note("{} ({}): the day on which it ended decides.", args)
        return Ground(UNKNOWN, fact, note, Reason.PARTIAL_DATE, needs=needs)
    if clears is None:
        note = Note("{} is ongoing, without an end date.", (fact.label,))
    else:
        note = Note("{} ({}): clear from {}.", (*args, clears))
    needs = ask_given(fact) if isinstance(fact, Course) else needs
    return Ground(NOT_MET, fact, note, clears_on=clears, needs=needs)


def ask_end(fact: Course | Operation) -> tuple[Need, ...]:
    return (Need(NeedKind.CHART, Note("Find the day on which {} ended.", (fact.label,))),)


@cache
def does_not_apply(sentence: str) -> Finding:
    """Nothing of the kind on record: not applicable by absence."""
    return Finding(NOT_APPLICABLE, ABSENCE, says=(Note(sentence),))


def _unknown_end(part: Participation, case: Case) -> Days:
    return ended_by(part.start, _over_by(part, case))


def _over_by(part: Participation, case: Case) -> date:
    """The day on which this participation was received, else that of the latest of all."""
    return part.over_by if part.over_by is not None else case.record.facts.received_on


def _ask_study(part: Participation) -> tuple[Need, ...]:
    note = Note("Find out which agent was given in {}, and until when.", (part.label,))
    return (Need(NeedKind.CHART, note),)


def _course_days(facts: list[Course] | list[Operation], pause: Pause) -> Iterator[date]:
    for fact in facts:
        yield from edges(fact.start, fact.not_before)
        for day in edges(fact.end):
            yield from (day, pause.after(day))
