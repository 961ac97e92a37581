"""No such course of treatment, ever; and corticosteroids on the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import begun, edges, happened, plus_days
from eligibility.rules.finding import Evidence, Finding, Ground, Need, Note, doubted, weigh
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    ABSENCE,
    EVIDENCE,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
)
from patients.facts import Course


@named("no-course")
@dataclass(frozen=True, slots=True)
class NoCourse(Statement):
    """No given course of these classes begun on or before the day whose setting is one of `settings`.

    An empty `settings` means any setting. A course whose setting is not stated is unknown; one in another setting does
    not count.
    """

    of: tuple[str, ...]
    what: str
    settings: tuple[str, ...] = ()

    def judge(self, case: Case, on: date) -> Finding:
        grounds = []
        for course in case.record.courses(self.of):
            ground = doubted(
                self._ground(course),
                uncertain=course.uncertain,
                begun=begun(course, on),
            )
            if ground is not None:
                grounds.append(ground)
        return weigh(grounds, otherwise=_none_given(self.what))

    def days(self, case: Case) -> Iterator[date]:
        return (day for c in case.record.courses(self.of) for day in edges(c.start, c.not_before))

    def words(self) -> str:
        setting = f" in the {' or '.join(self.settings)} setting" if self.settings else ""
        return f"no {self.what}{setting} has been given"

    def _ground(self, course: Course) -> Ground:
        if self.settings and course.intent is None:
            note = Note("{} ({}): its setting is not stated.", (course.label, span_words(course)))
            return Ground(
                UNKNOWN, course, note, Reason.INTENT_NOT_STATED, needs=ask_setting(course)
            )
        setting = course.intent or "setting not stated"
        note = Note("{} ({}), {}.", (course.label, span_words(course), setting))
        fails = not self.settings or course.intent in self.settings
        verdict = NOT_MET if fails else MET
        return Ground(verdict, course, note, needs=ask_given(course))


@named("no-concurrent-steroid")
@dataclass(frozen=True, slots=True)
class NoConcurrentSteroid(Statement):
    """No corticosteroid that acts systemically is being taken on the day; the last day of a course counts."""

    def judge(self, case: Case, on: date) -> Finding:
        grounds = []
        for course in case.record.courses(("corticosteroid",)):
            if course.exposure == "topical":
                continue
            concurrent = concurrent_on(course, on)
            if concurrent is False:
                continue
            ground = doubted(_steroid(course), uncertain=course.uncertain, begun=concurrent)
            if ground is not None:
                grounds.append(ground)
        return weigh(grounds, otherwise=_NO_STEROID)

    def days(self, case: Case) -> Iterator[date]:
        return concurrency_days(case.record.courses(("corticosteroid",)))

    def words(self) -> str:
        return "no corticosteroid that acts systemically is being taken"


@named("topical-steroids-allowed")
@dataclass(frozen=True, slots=True)
class TopicalSteroidsAllowed(Statement):
    """A permission: met while a topical corticosteroid is taken, otherwise it does not apply. It never fails."""

    def judge(self, case: Case, on: date) -> Finding:
        topical = [
            course
            for course in case.record.courses(("corticosteroid",))
            if course.exposure == "topical"
            and not course.uncertain
            and concurrent_on(course, on) is True
        ]
        if topical:
            names = ", ".join(course.label for course in topical)
            return Finding(
                MET,
                EVIDENCE,
                says=(Note("{}: topical, allowed.", (names,)),),
                evidence=tuple(Evidence(course) for course in topical),
            )
        return _NONE_TOPICAL

    def days(self, case: Case) -> Iterator[date]:
        return concurrency_days(case.record.courses(("corticosteroid",)))

    def words(self) -> str:
        return "topical corticosteroids do not exclude"


_NO_STEROID = Finding(
    MET, ABSENCE, says=(Note("No concurrent systemic corticosteroid on record."),)
)
_NONE_TOPICAL = Finding(
    NOT_APPLICABLE, ABSENCE, says=(Note("No topical corticosteroid on record."),)
)


@cache
def _none_given(what: str) -> Finding:
    return Finding(MET, ABSENCE, says=(Note("No {} on record.", (what,)),))


def concurrent_on(course: Course, on: date) -> bool | None:
    """Whether a course is being taken on the day; None when that depends on the day its dates can be.

    A finished course without an end date is not concurrent on any day.
    """
    if course.ended == "unknown":
        return False
    started = begun(course, on)
    if started is False:
        return False
    if course.end is None:
        return started
    over = happened(course.end, plus_days(on, -1))
    if over:
        return False
    return None if over is None or started is None else True


def concurrency_days(courses: Iterable[Course]) -> Iterator[date]:
    for course in courses:
        for day in edges(course.start, course.end, course.not_before):
            yield day
            yield plus_days(day, 1)


def _steroid(course: Course) -> Ground:
    if course.exposure == "systemic":
        note = Note("{} ({}) acts systemically.", (course.label, span_words(course)))
        end = course.end.last if course.end is not None else None
        return Ground(
            NOT_MET,
            course,
            note,
            clears_on=None if end is None else plus_days(end, 1),
            needs=ask_given(course),
        )
    note = Note(
        "{} ({}): its route is not stated or not decisive.", (course.label, span_words(course))
    )
    need = Need(NeedKind.CHART, Note("Find the route of {}.", (course.label,)))
    return Ground(UNKNOWN, course, note, Reason.ROUTE_NOT_STATED, needs=(need,))


def ask_setting(course: Course) -> tuple[Need, ...]:
    note = Note("State the setting of {} ({}).", (course.label, span_words(course)))
    return (Need(NeedKind.CHART, note),)


def ask_given(course: Course) -> tuple[Need, ...]:
    note = Note("Was {} ({}) given?", (course.label, span_words(course)))
    return (Need(NeedKind.CHART, note),)


def span_words(course: Course) -> str:
    """A course in words: 2025-03-01 to 2026-03-20, since 2025-03-01, until an unknown day."""
    start = _day(course.start.text, course.start.first) if course.start is not None else ""
    if course.ended == "ongoing":
        return f"since {start}" if start else "ongoing"
    if course.ended == "unknown":
        return f"{start or 'start unknown'}, end not recorded"
    end = _day(course.end.text, course.end.last) if course.end is not None else ""
    if start and start != end:
        return f"{start} to {end}"
    return end or "day unknown"


def _day(text: str, day: date | None) -> str:
    return text[:10] or (day.isoformat() if day is not None else "")
