"""Childbearing status, pregnancy and contraception."""

from __future__ import annotations

from datetime import date

from tests.naive import codes, conditions, dates, labs, limits, units
from tests.naive.conditions import PRESENT, STATUS_MISSING
from tests.naive.illness import needs_statement
from tests.naive.labs import Judge
from tests.naive.outcomes import (
    NOT_APPLICABLE,
    NOT_MET,
    UNKNOWN,
    Finding,
    Ground,
    finding_of,
    met,
    not_met,
    nothing,
    over_days,
    together,
    unknown,
)
from tests.naive.records import Chart, Course, Record, Result

CAN, CANNOT, UNCLEAR = "can", "cannot", "unclear"


def _done(course: Course, on: date) -> set[bool]:
    """Whether a completed operation had ended on or before the day."""
    days = dates.possible_days(course.end or course.start, dates.around(on))
    return {day <= on for day in days}


def _possibly(marks: list[set[bool]]) -> set[bool]:
    """Whether any of several independent facts holds: {True}, {False} or both."""
    if {True} in marks:
        return {True}
    return {True, False} if any(True in each for each in marks) else {False}


def _on_record(
    chart: Chart, on: date, classes: tuple[str, ...], operations: tuple[str, ...]
) -> set[bool]:
    """Whether a status code or a completed operation is certain on the day."""
    marks = [
        conditions.begun(each, on)
        for each in conditions.with_class(chart.conditions, *classes)
        if each.certain
    ]
    marks += [
        _done(course, on)
        for course in chart.courses
        if course.completed and course.classes & set(operations)
    ]
    return _possibly(marks)


def postmenopausal(chart: Chart, on: date) -> set[bool]:
    marks = []
    for each in conditions.with_class(chart.conditions, "postmenopausal"):
        if each.certain:
            marks.append({state == PRESENT for state, _ in conditions.states(each, on)})
    return _possibly(marks)


def childbearing(chart: Chart, on: date) -> tuple[set[str], set[str], list]:
    """(possible states, reasons, records that make it unclear)."""
    if chart.sex is None:
        return {UNCLEAR}, ({"conflicting"} if chart.sex_contradictory else set()), []
    if chart.sex == "female":
        absent = _on_record(
            chart, on, ("uterus absent", "both ovaries absent"), ("hysterectomy", "oophorectomy")
        )
        cannot = _possibly([absent, postmenopausal(chart, on)])
        return {CANNOT if each else CAN for each in cannot}, set(), []
    doubts: list[Record] = []
    marks: list[set[bool]] = []
    for each in conditions.with_class(chart.conditions, "pregnancy", "lactation"):
        seen = {state in (PRESENT, STATUS_MISSING) for state, _ in conditions.states(each, on)}
        if True in seen:
            doubts.append(each)
            marks.append(seen)
    for result in chart.results:
        if result.analytes & {"pregnancy test, qualitative", "pregnancy test, quantitative"}:
            days = result.collected or dates.Span(dates.FAR_PAST, dates.FAR_PAST)
            seen = {day <= on for day in dates.possible_days(days, dates.around(on))}
            if True in seen:
                doubts.append(result)
                marks.append(seen)
    unclear = _possibly(marks)
    return {UNCLEAR if each else CANNOT for each in unclear}, {"conflicting"}, doubts


TESTS = ("pregnancy test, qualitative", "pregnancy test, quantitative")


def _judge_test(chart: Chart) -> Judge:
    def judge(result: Result) -> Ground:
        if "pregnancy test, quantitative" in result.analytes:
            return _quantitative(chart, result)
        reading = labs.qualitative(result.raw)
        if reading is None:
            return unknown("unreadable", causes=[result])
        return met() if reading == "negative" else not_met()

    return judge


def _quantitative(chart: Chart, result: Result) -> Ground:
    """Against its own range, in exactly the same unit."""
    value = result.raw.get("valueQuantity")
    if not isinstance(value, dict):
        return unknown("unreadable", causes=[result])
    exact, problems = labs.number(value.get("value")), set()
    comparator = value.get("comparator")
    if exact is None or comparator not in (None, *labs.COMPARATORS):
        problems.add("unreadable")
    unit = units.unit_of_quantity(value)
    if unit is None:
        problems.add("unit")
    highs, undecided = limits.own_highs(chart, result)
    known = set()
    for high in highs:
        named = unit if units.names_no_unit(high) else units.unit_of_quantity(high)
        if named is None or unit is None or named[0] != unit[0]:
            problems.add("unit")
        known.add(labs.number(high.get("value")))
    if undecided or len(known) != 1 or None in known:
        problems.add("no-reference-range")
    limit = next(iter(known), None)
    if problems or exact is None or limit is None:
        return unknown(*problems, causes=[result])
    return labs.judged(labs.Amount(comparator, exact).is_at_most(limit), result)


def pregnancy_test(chart: Chart, on: date, window: int) -> Finding:
    possible, reasons, doubts = childbearing(chart, on)
    test = labs.last_result(labs.usable(chart, *TESTS), on, window, _judge_test(chart))
    if len(possible) > 1 and test.verdict != UNKNOWN:
        return finding_of(over_days([test]))
    grounds = []
    for state in sorted(possible):
        if state == CANNOT:
            grounds.append(Ground(NOT_APPLICABLE))
        elif test.verdict != UNKNOWN or state == CAN:
            grounds.append(test)
        else:
            grounds.append(unknown(*test.reasons, *reasons, causes=[*test.causes, *doubts]))
    return finding_of(over_days(grounds, causes=[*test.causes, *doubts]))


def not_pregnant(chart: Chart, on: date, window: int) -> Finding:
    listed = conditions.with_class(chart.conditions, "pregnancy", "lactation")
    grounds = [conditions.active(each, on) for each in listed]
    grounds.append(_last_positive(chart, TESTS, on, window, _judge_test(chart)))
    grounds.append(_last_positive(chart, ("pregnancy status",), on, window, _judge_status))
    finding = together(grounds)
    if finding.basis != "absence":
        return finding
    possible, _, _ = childbearing(chart, on)
    spared = postmenopausal(chart, on)
    if chart.sex == "male":
        spared = _possibly([spared, {state == CANNOT for state in possible}])
    if spared == {True}:
        return Finding(NOT_APPLICABLE, "evidence")
    if spared == {True, False}:
        return Finding(UNKNOWN, reasons={"needs-statement", "partial-date"})
    return needs_statement()


def _judge_status(result: Result) -> Ground:
    coded = codes.in_system(result.raw.get("valueCodeableConcept"), codes.SNOMED)
    return not_met() if codes.PREGNANT in coded else nothing()


def _last_positive(
    chart: Chart, analytes: tuple[str, ...], on: date, window: int, judge: Judge
) -> Ground:
    """not_met when the last one is positive; other results have no effect here."""

    def positive(result: Result) -> Ground:
        return not_met() if judge(result).verdict == NOT_MET else nothing()

    results = labs.usable(chart, *analytes)
    return labs.last_result(results, on, window, positive, nothing_found=lambda _: nothing())


def contraception(chart: Chart, on: date) -> Finding:
    """Sterilised, or a woman who cannot conceive; else only a statement decides."""
    facts = []
    if chart.sex != "female":
        facts.append(_on_record(chart, on, ("vasectomy",), ("vasectomy",)))
    if chart.sex != "male":
        facts.append(_on_record(chart, on, ("tubal ligation",), ("tubal ligation",)))
    if chart.sex == "female":
        possible, _, _ = childbearing(chart, on)
        facts.append({state == CANNOT for state in possible})
    spared = _possibly(facts)
    if spared == {True}:
        return Finding(NOT_APPLICABLE, "evidence")
    if spared == {True, False}:
        return Finding(UNKNOWN, reasons={"needs-statement", "partial-date"})
    return needs_statement()
