"""Limits, intervals and upper limits of normal: whether a reported amount lies within a limit, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact
from typing import Literal

from eligibility.rules.catalogue import named
from eligibility.rules.days import completed_years
from eligibility.rules.finding import plain
from eligibility.rules.record import Record, SiteRange
from eligibility.rules.verdicts import Reason
from patients.facts import ReferenceRange, Result
from patients.values import Amount, Days

EXACT = Context(prec=200, traps=[Inexact])
"""Products of clinical numbers are exact in 200 digits; should one not be, it raises rather than rounds."""

Side = Literal["at_least", "at_most"]


@named("limit")
@dataclass(frozen=True, slots=True)
class Limit:
    """A fixed limit, in the canonical unit of its dimension."""

    value: Decimal
    unit: str
    dimension: str
    written: str
    """As the protocol writes it, e.g. 100,000/mm³."""

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit}".strip()


@named("times-uln")
@dataclass(frozen=True, slots=True)
class TimesUln:
    """A multiple of the upper limit of normal."""

    factor: Decimal


def uln(factor: str = "1") -> TimesUln:
    """A multiple of the upper limit of normal, the factor written as a decimal."""
    return TimesUln(Decimal(factor))


def within(amount: Amount, limit: Decimal, side: Side) -> bool | None:
    """Whether every value the amount can have is on the right side of the limit; None when only some are.

    Comparators are bounds: ``<v`` is [0, v), ``<=v`` [0, v], ``>v`` (v, inf), ``>=v`` [v, inf). The limit itself is
    within.
    """
    value = amount.canonical
    if value is None:
        raise ValueError("an amount with a fault cannot be compared")
    match amount.comparator, side:
        case None, "at_least":
            return value >= limit
        case None, "at_most":
            return value <= limit
        case ((">" | ">="), "at_least"):
            return True if value >= limit else None
        case ">", "at_most":
            return False if value >= limit else None
        case ">=", "at_most":
            return False if value > limit else None
        case (("<" | "<="), "at_most"):
            return True if value <= limit else _none_below(limit, side)
        case "<", "at_least":
            return True if limit <= 0 else (False if value <= limit else None)
        case _:
            return True if limit <= 0 else (False if value < limit else None)


def _none_below(limit: Decimal, side: Side) -> bool | None:
    return False if side == "at_most" and limit < 0 else None


def upper_limit(result: Result, amount: Amount, record: Record) -> tuple[Amount, str] | Reason:
    """The upper limit of normal for a result and where it comes from, or why there is none.

    The result's own range comes first: of those that fit the patient's sex and age exactly one distinct high must
    remain. Only when it has no high of its own that fits does the site's configured range apply.
    """
    fitting: list[Amount] = []
    for own in result.ranges:
        if own.high is None or own.excluded:
            continue
        fits = _fits(own, result.collected, record)
        if fits is None:
            return Reason.NO_REFERENCE_RANGE
        if fits:
            fitting.append(own.high)
    if not fitting:
        return _site_limit(result, amount, record)
    if any(high.canonical is None or high.dimension != amount.dimension for high in fitting):
        return Reason.UNIT
    if len({high.canonical for high in fitting}) > 1:
        return Reason.NO_REFERENCE_RANGE
    return fitting[0], result.laboratory or "the result's own range"


def _fits(own: ReferenceRange, collected: Days | None, record: Record) -> bool | None:
    sex = record.facts.person.sex
    if own.sex is not None and sex is not None and own.sex != sex:
        return False
    age = _age_within(own.age_low, own.age_high, collected, record)
    if age is False:
        return False
    return None if own.sex is not None and sex is None else age


def _age_within(
    low: Decimal | None, high: Decimal | None, collected: Days | None, record: Record
) -> bool | None:
    """Whether the age at collection, in completed years, lies within both limits; None when it may."""
    if low is None and high is None:
        return True
    birth = record.facts.person.birth
    if birth is None or collected is None:
        return None
    if None in (birth.first, birth.last, collected.first, collected.last):
        return None
    youngest = completed_years(birth.last, collected.first)  # type: ignore[arg-type]
    oldest = completed_years(birth.first, collected.last)  # type: ignore[arg-type]
    if (low is not None and oldest < low) or (high is not None and youngest > high):
        return False
    if (low is None or youngest >= low) and (high is None or oldest <= high):
        return True
    return None


def _site_limit(result: Result, amount: Amount, record: Record) -> tuple[Amount, str] | Reason:
    rows = [row for row in record.ranges if _applies(row, result, amount, record)]
    if not rows:
        return Reason.NO_REFERENCE_RANGE
    best = max(row.specificity for row in rows)
    highs = [row.high for row in rows if row.specificity == best]
    if len({high.canonical for high in highs}) > 1:
        return Reason.NO_REFERENCE_RANGE
    # The same limit in two units: whichever is configured first, one of them is shown.
    return min(highs, key=lambda high: (high.unit, str(high.value))), "the site's reference range"


def _applies(row: SiteRange, result: Result, amount: Amount, record: Record) -> bool:
    """For certain: right analyte and dimension, valid on every day of collection, fitting sex, age and laboratory."""
    if row.analyte != result.analyte or row.high.dimension != amount.dimension:
        return False
    if row.laboratory and row.laboratory not in result.laboratories:
        return False
    if row.sex != "any" and row.sex != record.facts.person.sex:
        return False
    if _age_within(row.age_low, row.age_high, result.collected, record) is not True:
        return False
    return _valid_throughout(row.first, row.last, result.collected)


def _valid_throughout(first: date | None, last: date | None, span: Days | None) -> bool:
    if span is None:
        return False
    opens = first is None or (span.first is not None and first <= span.first)
    closes = last is None or (span.last is not None and span.last <= last)
    return opens and closes
