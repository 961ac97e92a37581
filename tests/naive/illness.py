"""Age, survival, illnesses that rest on conditions, and the performance status."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.naive import codes, conditions, dates, labs, units
from tests.naive.conditions import ENDED, NOT_BEGUN, PRESENT, STATUS_MISSING
from tests.naive.outcomes import (
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
    uncertain,
    unknown,
)
from tests.naive.records import Chart, Condition, Record, Result

# age, survival


def age_18(chart: Chart, on: date) -> Finding:
    if chart.birth is None:
        return Finding(UNKNOWN, reasons={"missing"})
    marks = dates.around(dates.add_years(on, -18), reach=4)
    grounds = []
    for birth in dates.possible_days(chart.birth, marks):
        eighteenth = dates.add_years(birth, 18)
        grounds.append(met() if on >= eighteenth else not_met(eighteenth))
    return finding_of(over_days(grounds))


def alive(chart: Chart, on: date) -> Finding:
    """Deceased on or before the day; everything else needs a statement."""
    if chart.deceased is not None:
        days = dates.possible_days(chart.deceased, dates.around(on))
        died = {day <= on for day in days}
        if died == {True}:
            return Finding(NOT_MET, "evidence", unchangeable=True)
        if died == {True, False}:
            return Finding(
                UNKNOWN,
                reasons={"partial-date"},
                causes=[Record(chart.patient, chart.deceased.last)]
                if "deceasedDateTime" in chart.patient
                else [],
            )
    return needs_statement()


def needs_statement(causes: list | None = None) -> Finding:
    return Finding(UNKNOWN, reasons={"needs-statement"}, causes=causes or [])


def only_by_statement(chart: Chart, on: date, *classes: str) -> Finding:
    """Only a statement decides; an active condition of the list re-opens an older one."""
    listed = conditions.with_class(chart.conditions, *classes)
    return needs_statement([each for each in listed if conditions.possibly_active(each, on)])


def active_or_statement(chart: Chart, on: date, name: str) -> Finding:
    """An active condition of the class fails; without one only a statement decides."""
    listed = conditions.with_class(chart.conditions, name)
    finding = together([conditions.active(each, on) for each in listed])
    return needs_statement() if finding.basis == "absence" else finding


# haemolytic disorders


def never_had(chart: Chart, on: date, disease: str, trait: str | None = None) -> Finding:
    grounds = []
    for condition in chart.conditions:
        if disease in condition.classes:
            grounds.append(conditions.ever(condition, on))
        if trait in condition.classes:
            grounds.append(conditions.ever(condition, on, lambda _: unknown("needs-judgement")))
    return together(grounds)


# other malignancies

SOLID, BLOOD, HISTORY = (
    "other solid tumour",
    "haematological malignancy",
    "personal history of cancer",
)
TUMOURS = (SOLID, BLOOD, HISTORY, "non-melanoma skin cancer", "cervix in situ")


def other_malignancy(chart: Chart, on: date) -> Finding:
    grounds = []
    for condition in conditions.with_class(chart.conditions, *TUMOURS):
        for name in sorted(condition.classes & set(TUMOURS)):
            grounds.append(_malignancy(condition, name, chart, on))
    return together(grounds)


def _malignancy(condition: Condition, name: str, chart: Chart, on: date) -> Ground:
    clears = None
    if condition.abatement is not None and condition.abatement_dated:
        clears = dates.add_years(condition.abatement.last, 5)
    grounds = []
    for state, end in _tumour_states(condition, chart, on):
        if state == NOT_BEGUN:
            grounds.append(nothing())
        elif state == STATUS_MISSING and name != HISTORY:
            grounds.append(unknown("provisional"))
        elif condition.abatement is None and name == HISTORY:
            grounds.append(unknown("needs-judgement"))
        elif end is not None and on >= dates.add_years(end, 5):
            grounds.append(met())
        elif name == BLOOD or (name == SOLID and state == PRESENT):
            grounds.append(not_met(clears))
        else:
            grounds.append(unknown("needs-judgement"))
    if not condition.certain:
        grounds = [uncertain(ground) for ground in grounds]
    return over_days(grounds, causes=[condition])


def _tumour_states(condition: Condition, chart: Chart, on: date) -> list[tuple[str, date | None]]:
    """As ``conditions.states``; one that ended without a date ended between onset and receipt."""
    found = conditions.states(condition, on)
    if condition.abatement is not None or ENDED not in {state for state, _ in found}:
        return found
    first = condition.onset.first if condition.onset else dates.FAR_PAST
    open_end = dates.Span(first, max(first, chart.received))
    marks = dates.around(on) | dates.around(dates.add_years(on, -5), reach=4)
    ended = [(ENDED, day) for day in dates.possible_days(open_end, marks)]
    return [one for one in found if one[0] != ENDED] + ended


# performance status


def ecog(chart: Chart, on: date, window: int) -> Finding:
    results = labs.usable(chart, "ecog")
    return finding_of(labs.last_result(results, on, window, _judge_ecog))


def _judge_ecog(result: Result) -> Ground:
    score, problem = _score(result.raw)
    if score is None:
        return unknown(problem, causes=[result])
    return met() if score <= 2 else not_met()


def _score(raw: dict) -> tuple[int | None, str]:
    value: object = None
    if "valueInteger" in raw:
        value = raw["valueInteger"]
    elif isinstance(raw.get("valueQuantity"), dict):
        named = units.unit_of_quantity(raw["valueQuantity"])
        if named is not None and named[0] != "{score}":
            return None, "unit"
        if "comparator" in raw["valueQuantity"]:
            return None, "unreadable"
        value = raw["valueQuantity"].get("value")
    else:
        answers = codes.in_system(raw.get("valueCodeableConcept"), codes.LOINC)
        scores = {codes.ECOG_ANSWERS[each] for each in answers if each in codes.ECOG_ANSWERS}
        value = scores.pop() if len(scores) == 1 else None
    exact = labs.number(value)
    if exact is None or exact not in {Fraction(each) for each in range(6)}:
        return None, "unreadable"
    return int(exact), ""
