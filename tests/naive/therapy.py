"""Prior and concurrent therapy: settings, wash-outs, corticosteroids, studies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.naive import conditions, dates
from tests.naive.outcomes import (
    MET,
    NOT_APPLICABLE,
    Finding,
    Ground,
    met,
    not_met,
    nothing,
    over_days,
    together,
    uncertain,
    unknown,
)
from tests.naive.records import Chart, Course, Participation
from tests.naive.statements import Statement

ANTICANCER = {"immunotherapy", "chemotherapy", "targeted"}


def given(chart: Chart, *classes: str) -> list[Course]:
    return [course for course in chart.courses if course.classes & set(classes)]


def day_pairs(course: Course, on: date, marks: set[date]) -> list[tuple[date, date | None]]:
    """(start, end) for the combinations of possible days of courses begun on or before the day.

    Combinations that begin after the day come as (start, None) with start > on. An ongoing course
    has no end.
    """
    marks = marks | dates.around(on)
    starts = dates.possible_days(course.start, marks)
    if course.begun:
        starts = [day for day in starts if day <= on] or [course.start.first]
    ends: list[date | None] = [None]
    if course.end is not None:
        ends = list(dates.possible_days(course.end, marks))
    pairs = [(start, end) for start in starts for end in ends]
    sensible = [(start, end) for start, end in pairs if end is None or start <= end]
    found = sensible or pairs
    if course.not_before is not None:
        gates = dates.possible_days(course.not_before, marks)
        if all(gate > on for gate in gates):
            return [(gates[0], None)]
        if any(gate > on for gate in gates):
            found = [*found, (gates[-1], None)]
    return found


def judge_course(
    course: Course,
    on: date,
    marks: set[date],
    judge: Callable[[date, date | None], Ground],
    nothing_is: str = MET,
) -> Ground:
    """Judge every combination of possible days; a course that begins after the day is ignored."""
    grounds = []
    for start, end in day_pairs(course, on, marks):
        ground = nothing() if start > on and not course.begun else judge(start, end)
        grounds.append(ground if course.certain else uncertain(ground))
    return over_days(grounds, nothing_is=nothing_is, causes=[course])


def _always(ground: Ground) -> Callable[[date, date | None], Ground]:
    return lambda _start, _end: ground


# settings


def by_setting(
    chart: Chart, on: date, classes: set[str], against: set[str], harmless: set[str]
) -> Finding:
    """Given in a setting that excludes, in one that does not, or in one that is not stated."""
    grounds = []
    for course in given(chart, *classes):
        for intent in sorted(course.intents):
            if intent in against:
                ground = not_met()
            elif intent in harmless:
                ground = met()
            else:
                ground = unknown("intent-not-stated")
            grounds.append(judge_course(course, on, set(), _always(ground)))
    return together(grounds)


def systemic_for_metastatic(chart: Chart, on: date, classes: set[str]) -> Finding:
    return by_setting(chart, on, classes, {"palliative"}, {"adjuvant", "neoadjuvant"})


def outside_adjuvant(chart: Chart, on: date) -> Finding:
    return by_setting(chart, on, {"immunotherapy"}, {"palliative", "neoadjuvant"}, {"adjuvant"})


def chemotherapy(chart: Chart, on: date) -> Finding:
    grounds = [
        judge_course(course, on, set(), lambda s, e: not_met())
        for course in given(chart, "chemotherapy")
    ]
    for condition in conditions.with_class(chart.conditions, "history of chemotherapy"):
        grounds.append(conditions.ever(condition, on))
    return together(grounds)


# wash-outs


def adjuvant_washout(chart: Chart, on: date) -> Finding:
    marks = dates.around(dates.add_months(on, -3), reach=4)
    grounds = []
    for course in given(chart, "immunotherapy"):
        clears = None if course.end is None else dates.add_months(course.end.last, 3)
        for intent in sorted(course.intents & {"adjuvant", "not stated"}):

            def judge(start, end, intent=intent, clears=clears):
                if end is not None and on >= dates.add_months(end, 3):
                    return met()
                return not_met(clears) if intent == "adjuvant" else unknown("intent-not-stated")

            grounds.append(judge_course(course, on, marks, judge, NOT_APPLICABLE))
    return together(grounds, nothing_is=NOT_APPLICABLE)


def surgery_washout(chart: Chart, on: date) -> Finding:
    marks = dates.around(dates.add_days(on, -28))
    grounds = []
    for course in given(chart, "major surgery", "surgery, extent unknown"):
        clears = None if course.end is None else dates.add_days(course.end.last, 28)

        def judge(start, end, course=course, clears=clears):
            passed = end is not None and on >= dates.add_days(end, 28)
            if "major surgery" in course.classes:
                return met() if passed else not_met(clears)
            return nothing() if passed else unknown("extent-not-stated")

        grounds.append(judge_course(course, on, marks, judge, NOT_APPLICABLE))
    return together(grounds, nothing_is=NOT_APPLICABLE)


def radiotherapy_washout(chart: Chart, on: date, statement: Statement | None) -> Finding:
    """``statement``: the one that governs on the day. Its met speaks of recovery or exception."""
    marks = dates.around(dates.add_days(on, -28))
    said = None
    if statement is not None and statement.answer == MET:
        said = statement.stated_on
        marks |= dates.around(said)
    exception = (
        statement is not None and said is not None and statement.detail == "low-dose-exception"
    )
    grounds = []
    for course in given(chart, "radiotherapy"):
        clears = None if course.end is None else dates.add_days(course.end.last, 28)

        def judge(start, end, clears=clears, course=course):
            unfinished = course.raw.get("status") in ("in-progress", "on-hold")
            in_progress = end is None or on < end or (on == end and unfinished)
            counts = said is not None and said >= (start if in_progress else end)
            if in_progress or on < dates.add_days(end, 28):
                return met() if counts and exception else not_met(clears)
            if counts:
                return met()
            if not course.certain:
                return nothing()
            return unknown("needs-statement" if said is None else "newer-than-statement")

        grounds.append(judge_course(course, on, marks, judge, NOT_APPLICABLE))
    finding = together(grounds, nothing_is=NOT_APPLICABLE)
    if finding.verdict == MET:
        finding.basis = "attestation"
    return finding


def anticancer_washout(chart: Chart, on: date) -> Finding:
    marks = dates.around(dates.add_days(on, -28))
    grounds = []
    for course in given(chart, *ANTICANCER):
        clears = None if course.end is None else dates.add_days(course.end.last, 29)

        def judge(start, end, clears=clears):
            if end is None or on <= dates.add_days(end, 28):
                return not_met(clears)
            return met()

        grounds.append(judge_course(course, on, marks, judge))
    for each in chart.participations:
        grounds.append(_participation(each, on, marks))
    return together(grounds)


ENDED_STATUSES = ("off-study", "withdrawn", "follow-up", "on-study")


def _participation(each: Participation, on: date, marks: set[date]) -> Ground:
    on_intervention = each.status == "on-study-intervention"
    if not on_intervention and each.status not in ENDED_STATUSES:
        return nothing()
    marks = marks | dates.around(on)
    starts = [dates.FAR_PAST]
    if each.start is not None:
        starts = dates.possible_days(each.start, marks)
    ends: list[date | None] = [None]
    if each.end is not None:
        ends = list(dates.possible_days(each.end, marks))
    pairs = [(start, end) for start in starts for end in ends]
    clears = None if each.end is None else dates.add_days(each.end.last, 29)
    grounds = []
    for start, end in [(s, e) for s, e in pairs if e is None or s <= e] or pairs:
        if start > on:
            grounds.append(nothing())
        elif on_intervention and (end is None or end >= on):
            grounds.append(not_met(clears))
        elif end is not None and on <= dates.add_days(end, 28):
            grounds.append(unknown("needs-judgement"))
        else:
            grounds.append(met())
    return over_days(grounds, causes=[each])


# corticosteroids


def _kinds(course: Course) -> set[str]:
    """systemic, topical or undetermined, once for each way in which the record says it is given."""
    products = {name for name in course.classes if name.startswith("steroid")}
    if not products:
        return set()
    if course.routes:
        return course.routes
    if len(products) > 1 or products == {"steroid, either"}:
        return {"undetermined"}
    return {products.pop().removeprefix("steroid, ")}


def _concurrent(course: Course, on: date) -> set[bool]:
    if not course.can_be_concurrent:
        return {False}
    return {
        (start <= on or course.begun) and (end is None or on <= end)
        for start, end in day_pairs(course, on, set())
    }


def systemic_steroids(chart: Chart, on: date) -> Finding:
    grounds = []
    for course in chart.courses:
        for kind in sorted(_kinds(course) - {"topical"}):
            clears = None if course.end is None else dates.add_days(course.end.last, 1)
            ground = not_met(clears) if kind == "systemic" else unknown("route-not-stated")
            if not course.certain:
                ground = uncertain(ground)
            days = [ground if yes else nothing() for yes in _concurrent(course, on)]
            grounds.append(over_days(days, causes=[course]))
    for condition in conditions.with_class(chart.conditions, "long-term systemic steroid"):
        grounds.append(conditions.active(condition, on, when_active=unknown("provisional")))
    return together(grounds)


def topical_steroids(chart: Chart, on: date) -> Finding:
    for course in chart.courses:
        if course.certain and "topical" in _kinds(course) and _concurrent(course, on) == {True}:
            return Finding(MET, "evidence")
    return Finding(NOT_APPLICABLE, "absence")
