"""Limits: comparators are bounds, the limit itself is within, and arithmetic is exact."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eligibility.rules.limits import EXACT, Side, within
from patients.values import Amount, Comparator

AT = Decimal(100)


def amount(value: str, comparator: Comparator | None = None) -> Amount:
    return Amount(Decimal(value), comparator, "10*9/L", "number", Decimal(value))


@pytest.mark.parametrize(
    ("comparator", "value", "at_least", "at_most"),
    [
        (None, "100", True, True),
        (None, "100.0", True, True),
        (None, "99.999999999999999999", False, True),
        (None, "100.000000000000000001", True, False),
        ("<", "100", False, True),
        ("<", "100.1", None, None),
        ("<", "99", False, True),
        ("<=", "100", None, True),
        ("<=", "99.9", False, True),
        ("<=", "101", None, None),
        (">", "100", True, False),
        (">", "99", None, None),
        (">", "101", True, False),
        (">=", "100", True, None),
        (">=", "100.1", True, False),
        (">=", "99.9", None, None),
    ],
)
def test_bounds(
    comparator: Comparator | None, value: str, at_least: bool | None, at_most: bool | None
) -> None:
    assert within(amount(value, comparator), AT, "at_least") is at_least
    assert within(amount(value, comparator), AT, "at_most") is at_most


@pytest.mark.parametrize("side", ["at_least", "at_most"])
@pytest.mark.parametrize("comparator", [None, "<", "<=", ">", ">="])
def test_a_known_comparison_holds_for_every_value_it_can_mean(
    comparator: Comparator | None, side: Side
) -> None:
    for tenths in range(980, 1021):
        bound = Decimal(tenths) / 10
        known = within(amount(str(bound), comparator), AT, side)
        verdicts = {within(amount(str(value)), AT, side) for value in _values(bound, comparator)}
        assert known is None or verdicts == {known}
        assert known is not None or len(verdicts) == 2


def _values(bound: Decimal, comparator: Comparator | None) -> list[Decimal]:
    """Values that a bound can mean, those around the limit included."""
    every = [Decimal(n) / 100 for n in (0, 5000, *range(9790, 10231), 99900)]
    keep = {
        None: lambda v: v == bound,
        "<": lambda v: v < bound,
        "<=": lambda v: v <= bound,
        ">": lambda v: v > bound,
        ">=": lambda v: v >= bound,
    }
    return [value for value in every if keep[comparator](value)]


def test_multiples_are_exact_where_floats_are_not() -> None:
    inexact = 0
    for tenths in range(1, 501):
        limit = Decimal(tenths) / 10
        bound = EXACT.multiply(Decimal("1.1"), limit)
        assert within(amount(str(bound)), bound, "at_most") is True
        assert within(amount(str(bound + Decimal("1e-20"))), bound, "at_most") is False
        inexact += float(Decimal("1.1")) * float(limit) != float(bound)
    assert inexact > 50, "floats would have been good enough, so this test shows nothing"


def test_an_amount_with_a_fault_is_never_compared() -> None:
    with pytest.raises(ValueError, match="fault"):
        within(Amount(AT, None, "", None, None, "unit"), AT, "at_least")
