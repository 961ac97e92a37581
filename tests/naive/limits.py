"""Results held against an upper limit of normal, and which limit that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.naive import codes, dates, units
from tests.naive.labs import judged, number, quantity
from tests.naive.outcomes import (
    Ground,
    unknown,
)
from tests.naive.records import Chart, Result


def at_most_times_upper_limit(
    chart: Chart, analyte: str, times: Fraction, site_ranges: list[dict]
) -> Callable[[Result], Ground]:
    def judge(result: Result) -> Ground:
        amount, dimension, problems = quantity(result.raw, analyte)
        if dimension is None:
            return unknown(*problems, causes=[result])
        limit, trouble = upper_limit(chart, result, analyte, dimension, site_ranges)
        problems = problems | trouble
        if problems or amount is None or limit is None:
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
    limits: dict[str, Fraction] = {}
    for side in ("low", "high"):
        if side in age:
            unit = age[side].get("code") or age[side].get("unit")
            if unit not in (None, "a"):
                return "no"
            limits[side] = number(age[side].get("value")) or Fraction(0)
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
