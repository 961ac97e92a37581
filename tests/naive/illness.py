"""The patient characteristics that rest on conditions, on serology and on childbearing status."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.naive import codes, conditions, dates, labs
from tests.naive.conditions import ENDED, NOT_BEGUN, PRESENT, STATUS_MISSING
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
    uncertain,
    unknown,
)
from tests.naive.records import Chart, Condition, Course, Record, Result

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
                causes=[Record(chart.patient, chart.deceased.last)],
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


# HIV, hepatitis B and C


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


def _last_test(chart: Chart, analyte: str, on: date, judge) -> Ground:
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
        grounds.append(labs.either_way(outcomes, causes=used))
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


# childbearing status

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


def _on_record(chart: Chart, on: date, classes: tuple[str, ...], operations: tuple[str, ...]):
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
    doubts, marks = [], []
    for each in conditions.with_class(chart.conditions, "pregnancy", "lactation"):
        seen = {state in (PRESENT, STATUS_MISSING) for state, _ in conditions.states(each, on)}
        if True in seen:
            doubts.append(each)
            marks.append(seen)
    for result in chart.results:
        if result.analytes & {"pregnancy test, qualitative", "pregnancy test, quantitative"}:
            days = result.days or dates.Span(dates.FAR_PAST, dates.FAR_PAST)
            seen = {day <= on for day in dates.possible_days(days, dates.around(on))}
            if True in seen:
                doubts.append(result)
                marks.append(seen)
    unclear = _possibly(marks)
    return {UNCLEAR if each else CANNOT for each in unclear}, {"conflicting"}, doubts


TESTS = ("pregnancy test, qualitative", "pregnancy test, quantitative")


def _judge_test(chart: Chart):
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
    unit = labs.units.unit_of_quantity(value)
    if unit is None:
        problems.add("unit")
    highs, undecided = labs.own_highs(chart, result)
    limits = set()
    for high in highs:
        named = unit if labs.units.names_no_unit(high) else labs.units.unit_of_quantity(high)
        if named is None or unit is None or named[0] != unit[0]:
            problems.add("unit")
        limits.add(labs.number(high.get("value")))
    if undecided or len(limits) != 1 or None in limits:
        problems.add("no-reference-range")
    if problems:
        return unknown(*problems, causes=[result])
    return labs.judged(labs.Amount(comparator, exact).is_at_most(limits.pop()), result)


def pregnancy_test(chart: Chart, on: date, window: int) -> Finding:
    possible, reasons, doubts = childbearing(chart, on)
    test = labs.last_result(labs.usable(chart, *TESTS), on, window, _judge_test(chart))
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


def _last_positive(chart: Chart, analytes: tuple[str, ...], on: date, window: int, judge) -> Ground:
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
        named = labs.units.unit_of_quantity(raw["valueQuantity"])
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
