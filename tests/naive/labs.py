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
        if result.analytes & set(analytes) and result.days and has_value(result.raw)
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
    problems = set()
    exact = number(value.get("value"))
    comparator = value.get("comparator")
    if exact is None or comparator not in (None, *COMPARATORS):
        problems.add("unreadable")
    named = units.unit_of_quantity(value)
    understood = units.understand(analyte, *named) if named else None
    if understood is None:
        return None, None, problems | {"unit"}
    dimension, factor = understood
    if problems:
        return None, dimension, problems
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


def at_most_times_upper_limit(
    chart: Chart, analyte: str, times: Fraction, site_ranges: list[dict]
) -> Callable[[Result], Ground]:
    def judge(result: Result) -> Ground:
        amount, dimension, problems = quantity(result.raw, analyte)
        if dimension is None:
            return unknown(*problems, causes=[result])
        limit, trouble = upper_limit(chart, result, analyte, dimension, site_ranges)
        problems = problems | trouble
        if problems:
            return unknown(*problems, causes=[result])
        return judged(amount.is_at_most(times * limit), result)

    return judge


# upper limits of normal

Limit = tuple[Fraction | None, set[str]]


def upper_limit(
    chart: Chart, result: Result, analyte: str, dimension: str, site_ranges: list[dict]
) -> Limit:
    """The one upper limit of normal in the base unit of ``dimension``, or what is wrong."""
    highs, undecided = own_highs(chart, result)
    if undecided:
        return None, {"no-reference-range"}
    if not highs:
        return site_limit(chart, result, analyte, dimension, site_ranges)
    own = result.raw["valueQuantity"]
    converted = set()
    for high in highs:
        named = units.unit_of_quantity(own if units.names_no_unit(high) else high)
        understood = units.understand(analyte, *named) if named else None
        value = number(high.get("value"))
        if understood is None or understood[0] != dimension:
            return None, {"unit"}
        if value is None:
            return None, {"no-reference-range"}
        converted.add(value * understood[1])
    if len(converted) > 1:
        return None, {"no-reference-range"}
    return converted.pop(), set()


def own_highs(chart: Chart, result: Result) -> tuple[list[dict], bool]:
    """The highs of the result's own normal ranges that fit the patient.

    The second value is true when it cannot be said whether one of them fits.
    """
    highs, undecided = [], False
    for each in result.raw.get("referenceRange", []):
        if "high" not in each or not _is_normal(each):
            continue
        fits = [_fits_population(chart, each), _fits_age(chart, result, each.get("age", {}))]
        if "no" in fits:
            continue
        if "perhaps" in fits:
            undecided = True
        else:
            highs.append(each["high"])
    return highs, undecided


def _is_normal(reference_range: dict) -> bool:
    if "type" not in reference_range:
        return True
    return any(code == "normal" for _, code in codes.codings(reference_range["type"]))


def _fits_population(chart: Chart, reference_range: dict) -> str:
    answers = set()
    for concept in reference_range.get("appliesTo", []):
        sexes = set()
        for system, code in codes.codings(concept):
            if system == codes.GENDER and code in ("male", "female"):
                sexes.add(code)
            if system == codes.SNOMED and code in ("248153007", "248152002"):
                sexes.add("male" if code == "248153007" else "female")
        if len(sexes) != 1:
            answers.add("no")
        elif chart.sex is None:
            answers.add("perhaps")
        else:
            answers.add("yes" if chart.sex in sexes else "no")
    return "no" if "no" in answers else "perhaps" if "perhaps" in answers else "yes"


def _fits_age(chart: Chart, result: Result, age: dict) -> str:
    limits = {}
    for side in ("low", "high"):
        if side in age:
            unit = age[side].get("code") or age[side].get("unit")
            if unit not in (None, "a"):
                return "no"
            limits[side] = number(age[side].get("value"))
    if not limits:
        return "yes"
    ages = possible_ages(chart, result)
    if ages is None:
        return "perhaps"
    fits = {
        ("low" not in limits or years >= limits["low"])
        and ("high" not in limits or years <= limits["high"])
        for years in ages
    }
    return "perhaps" if len(fits) > 1 else "yes" if True in fits else "no"


def possible_ages(chart: Chart, result: Result) -> list[int] | None:
    """Every age in completed years that the patient can have had at collection."""
    if chart.birth is None:
        return None
    youngest = dates.completed_years(chart.birth.last, result.days.first)
    oldest = dates.completed_years(chart.birth.first, result.days.last)
    return list(range(youngest, oldest + 1))


def site_limit(
    chart: Chart, result: Result, analyte: str, dimension: str, rows: list[dict]
) -> Limit:
    ranked: dict[tuple[bool, int], set[Fraction]] = {}
    for row in rows:
        if row["analyte"] != analyte or not _row_applies(chart, result, row):
            continue
        understood = units.understand(analyte, str(row["unit"]), False)
        if understood is None or understood[0] != dimension:
            continue
        sexed = row.get("sex", "any") not in (None, "any")
        aged = row.get("age_low") is not None or row.get("age_high") is not None
        rank = (bool(row.get("laboratory")), int(sexed) + int(aged))
        high = Fraction(Decimal(str(row["high"]))) * understood[1]
        ranked.setdefault(rank, set()).add(high)
    if not ranked:
        return None, {"no-reference-range"}
    best = ranked[max(ranked)]
    return (best.pop(), set()) if len(best) == 1 else (None, {"no-reference-range"})


def _row_applies(chart: Chart, result: Result, row: dict) -> bool:
    if row.get("from") and result.days.first < date.fromisoformat(row["from"]):
        return False
    if row.get("to") and result.days.last > date.fromisoformat(row["to"]):
        return False
    if row.get("laboratory") and _plain(row["laboratory"]) not in _laboratories(result):
        return False
    if row.get("sex", "any") not in (None, "any") and row["sex"] != chart.sex:
        return False
    low, high = row.get("age_low"), row.get("age_high")
    if low is None and high is None:
        return True
    ages = possible_ages(chart, result)
    return ages is not None and all(
        (low is None or years >= int(low)) and (high is None or years <= int(high))
        for years in ages
    )


def _plain(text: str) -> str:
    return "".join(text.split()).lower()


def _laboratories(result: Result) -> set[str]:
    return {
        _plain(str(performer[name]))
        for performer in result.raw.get("performer", [])
        for name in ("display", "reference")
        if performer.get(name)
    }


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
