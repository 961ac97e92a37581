"""Time since radiotherapy, recovery from it, and the exception for low-dose, non-myelosuppressive radiotherapy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import begun, edges, elapsed, happened, latest_shifted, plus_days
from eligibility.rules.finding import Evidence, Finding, Ground, Need, Note, doubted, weigh
from eligibility.rules.kinds.washout import Pause, does_not_apply
from eligibility.rules.record import Attestation
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    ATTESTATION,
    MET,
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
    first_reason,
)
from patients.facts import Operation

EXCEPTION = "low-dose-exception"
_END = "{} ({}): the day on which it ended decides.", "Find the day on which {} ended."
_BEGIN = "{} ({}): the day on which it began decides.", "Find the day on which {} began."
"""What is said of a date that decides, and what is asked for."""


@named("since-radiotherapy")
@dataclass(frozen=True, slots=True)
class SinceRadiotherapy(Statement):
    """At least a pause since radiotherapy, and recovered; or low-dose, non-myelosuppressive, and recovered.

    Recovery and exception are stated by a person. A statement counts for a course when it was made on or after the
    course's end, or after its start while the course is in progress; of dates that are not exact or missing the last
    possible day is taken. A plain *met* does not cover the pause.
    """

    criterion: str
    """The criterion whose statements are weighed here."""
    pause: Pause

    def judge(self, case: Case, on: date) -> Finding:
        statements = case.statements(case.criteria[self.criterion])
        stated = statements.on(on)[0] if statements is not None else None
        met = stated if stated is not None and stated.answer == "met" else None
        grounds = []
        for course in case.record.operations(("radiotherapy",)):
            if course.uncertain and elapsed(course.end, on, self.pause.after):
                # Were it certain, only recovery would be open: too old to decide against the patient.
                continue
            ground = doubted(
                self._ground(course, on, met),
                uncertain=course.uncertain,
                begun=begun(course, on),
            )
            if ground is not None:
                grounds.append(ground)
        found = weigh(grounds, otherwise=does_not_apply("No radiotherapy on record."))
        if found.verdict is MET and met is not None:
            return found._replace(basis=ATTESTATION, evidence=(Evidence(met), *found.evidence))
        return found

    def days(self, case: Case) -> Iterator[date]:
        for course in case.record.operations(("radiotherapy",)):
            yield from edges(course.start, course.not_before)
            for day in edges(course.end):
                yield from (day, self.pause.after(day))
            if course.start is None:
                # What is in progress may have begun on the day that is judged, and then a statement was made before it.
                for said in case.record.statements(self.criterion):
                    yield plus_days(said.stated_on, 1)

    def words(self) -> str:
        return (
            f"{self.pause.words()} have passed since radiotherapy and a person states recovery, or a person states "
            "that it was low-dose, non-myelosuppressive and recovered from"
        )

    def _ground(self, course: Operation, on: date, met: Attestation | None) -> Ground:
        over = elapsed(course.end, on, self.pause.after)
        counts = _counts(met, course, on)
        excepted = counts if met is not None and met.detail == EXCEPTION else False
        args = (course.label, course.end or "in progress")
        if counts is True and (over or excepted):
            return Ground(MET, course, Note("{} ({}): recovery is stated.", args))
        if over:
            reason = Reason.NEWER_THAN_STATEMENT if met is not None else Reason.NEEDS_STATEMENT
            note = Note("{} ({}): has the patient recovered from it?", args)
            return Ground(UNKNOWN, course, note, reason, needs=_ask_recovery(course))
        if over is None or excepted is None:
            decides, find = _BEGIN if over is False and _in_progress(course, on) else _END
            note = Note(decides, args)
            need = Need(NeedKind.CHART, Note(find, (course.label,)))
            also = [] if course.uncertain else self._if_over(over, counts, met, on)
            reason = first_reason([Reason.PARTIAL_DATE, *also])
            return Ground(UNKNOWN, course, note, reason, needs=(need,))
        clears = latest_shifted(course.end, self.pause.after)
        if clears is None:
            note = Note("{} is in progress, without an end date.", (course.label,))
        else:
            note = Note("{} ({}): the pause ends on {}.", (*args, clears))
        return Ground(NOT_MET, course, note, clears_on=clears, needs=_ask_recovery(course))

    def _if_over(
        self, over: bool | None, counts: bool | None, met: Attestation | None, on: date
    ) -> list[Reason]:
        """What would be open on those of the possible days on which the pause is over."""
        if over is not None or counts is True:
            return []
        if met is None:
            return [Reason.NEEDS_STATEMENT]
        too_early = self.pause.after(plus_days(met.stated_on, 1)) <= on
        return [Reason.NEWER_THAN_STATEMENT] if too_early else []


def _counts(met: Attestation | None, course: Operation, on: date) -> bool | None:
    """Whether a statement was made late enough for the course; None when that depends on an inexact day."""
    if met is None:
        return False
    since = course.start if _in_progress(course, on) else course.end
    if since is None:
        return True if met.stated_on >= on else None
    if since.last is not None and met.stated_on >= since.last:
        return True
    return False if since.first is not None and met.stated_on < since.first else None


def _in_progress(course: Operation, on: date) -> bool:
    return course.end is None or (course.ended == "known" and happened(course.end, on) is False)


def _ask_recovery(course: Operation) -> tuple[Need, ...]:
    note = Note("Has the patient recovered from {}?", (course.label,))
    return (Need(NeedKind.ATTESTATION, note),)
