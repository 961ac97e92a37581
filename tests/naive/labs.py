"""Results: which one counts, what its value is, and against which limit it is held."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.naive import codes, dates, units
from tests.naive.outcomes import (
    MET,
    NOT_MET,
    UNKNOWN,
    Ground,
    either_way,
    met,
    not_met,
    over_days,
    unknown,
)
from tests.naive.records import Chart, Result

Judge = Callable[[Result], Ground]
COMPARATORS = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class Amount:
    """An exact number or, with a comparator, everything on one side of it (from 0 up)."""

    comparator: str | None
    number: Fraction

    def is_at_least(self, limit: Fraction) -> str:
        """met: every possible value is; not_met: none is; unknown: some are."""
        if self.comparator is None:
            return MET if self.number >= limit else NOT_MET
        if self.comparator in (">", ">="):  # no end above: some value always is
            return MET if self.number >= limit else UNKNOWN
        if limit <= 0:
            return MET
        below = self.number <= limit if self.comparator == "<" else self.number < limit
        return NOT_MET if below else UNKNOWN

    def is_at_most(self, limit: Fraction) -> str:
        if self.comparator is None:
            return MET if self.number <= limit else NOT_MET
        if self.comparator in ("<", "<="):  # 0 is always among the values
            return MET if self.number <= limit else UNKNOWN
        above = self.number >= limit if self.comparator == ">" else self.number > limit
        return NOT_MET if above else UNKNOWN


def number(value: object) -> Fraction | None:
    """An exact number of JSON; None for anything else (a string, a truth value)."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Fraction(value)


def has_value(raw: dict) -> bool:
    return any(name.startswith("value") for name in raw)


# which result counts


def usable(chart: Chart, *analytes: str) -> list[Result]:
    """Results of the analytes with a value and a collection date."""
    return [
        result
        for result in chart.results
        if result.analytes & set(analytes) and result.collected and has_value(result.raw)
    ]


def day_choices(results: list[Result], on: date, window: int | None) -> list[list[tuple]]:
    """Every combination of possible days: lists of (result, day)."""
    marks = dates.around(on)
    if window is not None:
        marks |= dates.around(on - timedelta(days=window))
    for result in results:
        marks |= dates.around(result.days.first, result.days.last)
    choices = [
        [(result, day) for day in dates.possible_days(result.days, marks)] for result in results
    ]
    return [list(combination) for combination in itertools.product(*choices)]


def last_collected(dated: list[tuple[Result, date]]) -> list[Result]:
    """The result collected last; several when tied."""
    last = [one for one in dated if not any(_earlier(one, other) for other in dated)]
    granulocytes = [one for one in last if "granulocytes" in one[0].analytes]
    last = granulocytes or last
    return [
        result for result, _ in last if not any(_issued_earlier(result, other) for other, _ in last)
    ]


def _earlier(one: tuple[Result, date], two: tuple[Result, date]) -> bool:
    if one[1] != two[1]:
        return one[1] < two[1]
    if one[0].instant is None or two[0].instant is None:
        return False
    return one[0].instant < two[0].instant


def _issued_earlier(one: Result, two: Result) -> bool:
    if one.issued is None or two.issued is None:
        return False
    if one.issued[1] is None or two.issued[1] is None:
        return one.issued[0] < two.issued[0]
    return one.issued[1] < two.issued[1]


def last_result(
    results: list[Result],
    on: date,
    window: int | None,
    judge: Callable[[Result], Ground],
    nothing_found: Callable[[bool], Ground] | None = None,
) -> Ground:
    """Judge the last result collected in [on - window, on], over every possible day and tie.

    ``nothing_found`` gets whether a usable result lies before the window.
    """
    outcomes, used = [], []
    for dated in day_choices(results, on, window):
        past = [one for one in dated if one[1] <= on]
        inside = [one for one in past if window is None or one[1] >= on - timedelta(days=window)]
        if not inside:
            outcomes.append((nothing_found or _lapsed)(bool(past)))
            continue
        tied = last_collected(inside)
        used += tied
        outcomes.append(either_way([judge(result) for result in tied], causes=tied))
    return over_days(outcomes, causes=used)


def _lapsed(was_there: bool) -> Ground:
    return unknown("too-old" if was_there else "missing")


# values


def quantity(raw: dict, analyte: str) -> tuple[Amount | None, str | None, set[str]]:
    """(amount in the base unit, dimension, problems) of a result's valueQuantity."""
    value = raw.get("valueQuantity")
    if not isinstance(value, dict):
        return None, None, {"unreadable"}
    exact = number(value.get("value"))
    comparator = value.get("comparator")
    if exact is None or comparator not in (None, *COMPARATORS):
        return None, None, {"unreadable"}
    named = units.unit_of_quantity(value)
    understood = units.understand(analyte, *named) if named else None
    if understood is None:
        return None, None, {"unit"}
    dimension, factor = understood
    if not units.is_plausible(analyte, dimension, exact * factor):
        return None, dimension, {"implausible"}
    return Amount(comparator, exact * factor), dimension, set()


def judged(verdict: str, result: Result) -> Ground:
    if verdict == MET:
        return met()
    if verdict == NOT_MET:
        return not_met()
    return unknown("comparator", causes=[result])


def at_least(analyte: str, limit: Fraction) -> Callable[[Result], Ground]:
    def judge(result: Result) -> Ground:
        family = "granulocytes" if "granulocytes" in result.analytes else analyte
        amount, _, problems = quantity(result.raw, family)
        if amount is None:
            return unknown(*problems, causes=[result])
        return judged(amount.is_at_least(limit), result)

    return judge


# words


def qualitative(raw: dict) -> str | None:
    """positive, negative or None (not interpretable) of a coded or worded value."""
    concept = raw.get("valueCodeableConcept", {})
    coded = set(codes.in_system(concept, codes.SNOMED))
    text = str(raw.get("valueString", concept.get("text", ""))).strip().lower()
    said = set()
    if coded & codes.NEGATIVE_CODES or text in codes.NEGATIVE_WORDS:
        said.add("negative")
    if coded & codes.POSITIVE_CODES or text in codes.POSITIVE_WORDS:
        said.add("positive")
    return said.pop() if len(said) == 1 else None


def nucleic_acid(raw: dict) -> str | None:
    """HCV RNA and HBV DNA: a word, or a number whatever its unit."""
    if "valueQuantity" not in raw and "valueInteger" not in raw:
        return qualitative(raw)
    held = raw.get("valueQuantity", {"value": raw.get("valueInteger")})
    if not isinstance(held, dict):
        return None
    value, comparator = number(held.get("value")), held.get("comparator")
    if value is None or comparator not in (None, ">", ">="):
        return None
    if set(codes.in_system(raw["code"], codes.LOINC)) & codes.LOGARITHMS:
        return "positive"
    if comparator == ">" or value > 0:
        return "positive"
    return "negative" if value == 0 and comparator is None else None
