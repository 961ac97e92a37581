"""HIV, hepatitis B and hepatitis C: conditions and tests of any age."""

from __future__ import annotations

from datetime import date

from tests.naive import conditions, dates, labs
from tests.naive.conditions import NOT_BEGUN, PRESENT, STATUS_MISSING
from tests.naive.labs import Judge
from tests.naive.outcomes import (
    Finding,
    Ground,
    either_way,
    met,
    not_met,
    nothing,
    over_days,
    together,
    uncertain,
    unknown,
)
from tests.naive.records import Chart, Condition, Result


def viruses(chart: Chart, on: date) -> Finding:
    grounds = []
    for condition in conditions.with_class(chart.conditions, "hiv", "hiv inconclusive"):
        if "hiv" in condition.classes:
            grounds.append(conditions.ever(condition, on))
        else:
            grounds.append(conditions.ever(condition, on, lambda _: unknown("provisional")))
    for name, test in (("hepatitis b", "hbv dna"), ("hepatitis c", "hcv rna")):
        for condition in conditions.with_class(chart.conditions, name):
            grounds.append(_hepatitis(chart, condition, test, on))
    grounds.append(_last_test(chart, "hbsag", on, _positive_fails))
    grounds.append(_last_test(chart, "hcv rna", on, _positive_fails))
    grounds.append(_last_test(chart, "hbv dna", on, _positive_fails))
    grounds.append(_last_test(chart, "hiv screen", on, _positive_needs_confirmation))
    grounds.append(_antibody(chart, on))
    finding = together(grounds)
    finding.unchangeable = any(
        condition.certain and conditions.begun(condition, on) == {True}
        for condition in conditions.with_class(chart.conditions, "hiv")
    )
    return finding


def _reading(result: Result) -> str | None:
    if result.analytes & {"hcv rna", "hbv dna"}:
        return labs.nucleic_acid(result.raw)
    return labs.qualitative(result.raw)


def _positive_fails(result: Result) -> Ground:
    reading = _reading(result)
    if reading is None:
        return unknown("unreadable", causes=[result])
    return not_met() if reading == "positive" else nothing()


def _positive_needs_confirmation(result: Result) -> Ground:
    reading = _reading(result)
    if reading is None:
        return unknown("unreadable", causes=[result])
    if reading == "positive":
        return unknown("needs-confirmation", causes=[result])
    return nothing()


def _last_test(chart: Chart, analyte: str, on: date, judge: Judge) -> Ground:
    results = labs.usable(chart, analyte)
    return labs.last_result(results, on, None, judge, nothing_found=lambda _: nothing())


def _antibody(chart: Chart, on: date) -> Ground:
    """The last anti-HCV; a positive one is refuted by a negative RNA of that day or later."""
    antibodies, viral = labs.usable(chart, "anti-hcv"), labs.usable(chart, "hcv rna")
    grounds, used = [], []
    for dated in labs.day_choices(antibodies + viral, on, None):
        past = [one for one in dated if one[1] <= on]
        day_of = {id(result): day for result, day in past}
        tests = [one for one in past if "anti-hcv" in one[0].analytes]
        if not tests:
            grounds.append(nothing())
            continue
        rna = labs.last_collected([one for one in past if "hcv rna" in one[0].analytes])
        outcomes = []
        for test in labs.last_collected(tests):
            used.append(test)
            since = day_of[id(test)]
            refuted = bool(rna) and all(
                _reading(each) == "negative" and day_of[id(each)] >= since for each in rna
            )
            outcomes.append(_antibody_ground(test, refuted))
        grounds.append(either_way(outcomes, causes=used))
    return over_days(grounds, causes=used)


def _antibody_ground(test: Result, refuted: bool) -> Ground:
    reading = _reading(test)
    if reading is None:
        return unknown("unreadable", causes=[test])
    if reading == "negative":
        return nothing()
    return met() if refuted else unknown("needs-confirmation", causes=[test])


def _hepatitis(chart: Chart, condition: Condition, test: str, on: date) -> Ground:
    """Active fails; no longer active is met only with a later negative nucleic acid test."""
    known = [condition.latest]
    if condition.abatement is not None:
        known.append(condition.abatement.last)
    since = max((day for day in known if day is not None), default=dates.FAR_PAST)
    cleared = _is_cleared(chart, test, since, on)
    grounds = []
    for state, _ in conditions.states(condition, on):
        if state == NOT_BEGUN:
            grounds.append(nothing())
        elif state == PRESENT:
            grounds.append(not_met())
        elif state == STATUS_MISSING:
            grounds.append(unknown("provisional"))
        else:
            grounds.append(cleared)
    if not condition.certain:
        grounds = [uncertain(ground) for ground in grounds]
    return over_days(grounds, causes=[condition])


def _is_cleared(chart: Chart, test: str, since: date, on: date) -> Ground:
    grounds = []
    for dated in labs.day_choices(labs.usable(chart, test), on, None):
        past = [one for one in dated if one[1] <= on]
        day_of = {id(result): day for result, day in past}
        last = labs.last_collected(past)
        negative = bool(last) and all(
            _reading(each) == "negative" and day_of[id(each)] >= since for each in last
        )
        grounds.append(met() if negative else unknown("needs-judgement"))
    return over_days(grounds)
