"""Lesions: which measurements are of one lesion, and whether they are large or small enough."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from tests.naive import codes, labs
from tests.naive.outcomes import (
    MET,
    NOT_MET,
    UNKNOWN,
    Finding,
    Ground,
    either_way,
    finding_of,
    met,
    not_met,
    over_days,
    unknown,
)
from tests.naive.records import Chart, Result


def _lesion_results(chart: Chart) -> list[Result]:
    """Measurements of tumour still in the body, dated and with a longest dimension."""
    return [
        result
        for result in chart.results
        if "tumour size" in result.analytes
        and result.collected
        and not result.specimen
        and longest_dimension(result.raw) is not None
    ]


def longest_dimension(raw: dict) -> dict | None:
    """The element that holds the value of the longest dimension, None when there is no value."""
    if codes.LONGEST_DIMENSION in codes.in_system(raw.get("code"), codes.LOINC):
        return raw if labs.has_value(raw) else None
    for component in raw.get("component", []):
        if codes.LONGEST_DIMENSION in codes.in_system(component.get("code"), codes.LOINC):
            return component if labs.has_value(component) else None
    return None


def _amount(result: Result) -> tuple[labs.Amount | None, set[str]]:
    amount, _, problems = labs.quantity(longest_dimension(result.raw) or {}, "length")
    return amount, problems


def _method(raw: dict, ct_is_spiral: bool) -> str:
    """standard (20 mm), spiral (10 mm), ct (spiral or not is not said) or other."""
    method = raw.get("method", {})
    coded = set(codes.in_system(method, codes.SNOMED))
    if coded & codes.XRAY_OR_EXAM:
        return "standard"
    if not coded & codes.CT:
        return "other"
    text = str(method.get("text", "")).lower()
    if any(word in text for word in ("non-spiral", "nonspiral", "non-helical", "nonhelical")):
        return "standard"
    if "spiral" in text or "helical" in text or ct_is_spiral:
        return "spiral"
    return "ct"


def _qualifies(result: Result, ct_is_spiral: bool) -> Ground:
    """Large enough for the method of measurement?"""
    amount, problems = _amount(result)
    if amount is None:
        return unknown(*problems, causes=[result])
    method = _method(result.raw, ct_is_spiral)
    ten, twenty = amount.is_at_least(Fraction(10)), amount.is_at_least(Fraction(20))
    if method in ("standard", "spiral"):
        return labs.judged(twenty if method == "standard" else ten, result)
    if ten == NOT_MET:
        return not_met()
    if method == "ct" and twenty == MET:
        return met()
    straddles = ten == UNKNOWN or (method == "ct" and twenty == UNKNOWN)
    reasons = {"method-not-stated"} | ({"comparator"} if straddles else set())
    return unknown(*reasons, causes=[result])


def _is_small(result: Result, *, by_listed_method: bool) -> Ground:
    """At most 50 mm? A larger one by another or missing method does not decide."""
    amount, problems = _amount(result)
    if amount is None:
        return unknown(*problems, causes=[result])
    ground = labs.judged(amount.is_at_most(Fraction(50)), result)
    if ground.verdict == NOT_MET and not by_listed_method:
        return unknown("method-not-stated", causes=[result])
    return ground


Reading = Callable[[list[Result], list[Result]], Ground]
Dated = list[tuple[Result, date]]


def _site(result: Result) -> tuple[str, str] | None:
    found = codes.codings(result.raw.get("bodySite"))
    return found[0] if found else None


def _focus(result: Result) -> str | None:
    for each in result.raw.get("focus", []):
        if each.get("reference"):
            return each["reference"]
    return None


def _readings(past: Dated, since: date) -> list[tuple[list[Result], list[Result]]]:
    """Every reading of the measurements: (last one of each lesion in the window, of the others).

    With a focus each lesion is known. Without one, either every measurement is a lesion of its
    own, or at each site only those of the last day count.
    """
    of_focus: dict[str, Dated] = {}
    loose: Dated = []
    for result, day in past:
        focus = _focus(result)
        if focus is None:
            loose.append((result, day))
        else:
            of_focus.setdefault(focus, []).append((result, day))
    lesions = []
    for measured in of_focus.values():
        inside = [one for one in measured if one[1] >= since]
        tied = labs.last_collected(inside or measured)
        lesions.append([(result, bool(inside)) for result in tied])
    last_only = []
    for site in {_site(result) for result, _ in loose}:
        here = [one for one in loose if _site(one[0]) == site]
        last_day = max(day for _, day in here)
        last_only += [one for one in here if one[1] == last_day]
    found = []
    for reading in (loose, last_only):
        fixed = [(result, day >= since) for result, day in reading]
        for choice in itertools.product(*lesions):
            both = fixed + list(choice)
            found.append(([r for r, now in both if now], [r for r, now in both if not now]))
    return found


def _over_lesions(chart: Chart, on: date, window: int, judge: Reading) -> Finding:
    results = _lesion_results(chart)
    since = on - timedelta(days=window)
    grounds, used = [], []
    for dated in labs.day_choices(results, on, window):
        past = [one for one in dated if one[1] <= on]
        used += [result for result, day in past if day >= since]
        readings = [judge(now, before) for now, before in _readings(past, since)]
        grounds.append(either_way(readings, causes=[result for result, _ in past]))
    verdicts = {ground.verdict for ground in grounds}
    return finding_of(over_days(grounds, causes=used if len(verdicts) > 1 else ()))


def measurable(chart: Chart, on: date, window: int, ct_is_spiral: bool) -> Finding:
    def judge(now: list[Result], before: list[Result]) -> Ground:
        if not now:
            return unknown("too-old" if before else "missing")
        grounds = [_qualifies(result, ct_is_spiral) for result in now]
        if any(ground.verdict == MET for ground in grounds):
            return met()
        doubtful = [ground for ground in grounds if ground.verdict == UNKNOWN]
        return _joined(doubtful) if doubtful else not_met()

    return _over_lesions(chart, on, window, judge)


def nonbulky(chart: Chart, on: date, window: int) -> Finding:
    def judge(now: list[Result], before: list[Result]) -> Ground:
        grounds = [
            _is_small(result, by_listed_method=_method(result.raw, False) != "other")
            for result in now
        ]
        if any(ground.verdict == NOT_MET for ground in grounds):
            return not_met()
        for result in before:
            if _is_small(result, by_listed_method=True).verdict != MET:
                grounds.append(unknown("too-old", causes=[result]))
        if not now:
            grounds.append(unknown("too-old" if before else "missing"))
        doubtful = [ground for ground in grounds if ground.verdict == UNKNOWN]
        return _joined(doubtful) if doubtful else met()

    return _over_lesions(chart, on, window, judge)


def _joined(grounds: list[Ground]) -> Ground:
    reasons = set().union(*[ground.reasons for ground in grounds])
    return unknown(*reasons, causes=[cause for ground in grounds for cause in ground.causes])
