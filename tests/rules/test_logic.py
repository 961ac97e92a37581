"""Kleene's three-valued logic: the truth tables, and what composition refuses."""

from __future__ import annotations

from itertools import product

import pytest

from eligibility.rules.statement import AllOf, AnyOf, Not, Statement
from eligibility.rules.verdicts import Basis, Verdict
from tests.rules.records import ON, Says, blank

T, F, U, N = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
CASE = blank()

AND = {
    (T, T): T,
    (T, F): F,
    (T, U): U,
    (F, T): F,
    (F, F): F,
    (F, U): F,
    (U, T): U,
    (U, F): F,
    (U, U): U,
}
OR = {
    (T, T): T,
    (T, F): T,
    (T, U): T,
    (F, T): T,
    (F, F): F,
    (F, U): U,
    (U, T): T,
    (U, F): U,
    (U, U): U,
}


def said(statement: Statement) -> Verdict:
    return statement.judge(CASE, ON).verdict


@pytest.mark.parametrize(("left", "right"), AND)
def test_and(left: Verdict, right: Verdict) -> None:
    assert said(Says(left) & Says(right)) is AND[left, right]


@pytest.mark.parametrize(("left", "right"), OR)
def test_or(left: Verdict, right: Verdict) -> None:
    assert said(Says(left) | Says(right)) is OR[left, right]


@pytest.mark.parametrize(("before", "after"), [(T, F), (F, T), (U, U)])
def test_not(before: Verdict, after: Verdict) -> None:
    assert said(~Says(before)) is after


@pytest.mark.parametrize("other", [T, F, U])
def test_what_does_not_apply_counts_as_met(other: Verdict) -> None:
    assert said(Says(N) & Says(other)) is AND[T, other]
    assert said(Says(N) | Says(other)).passes is OR[T, other].passes
    assert said(Says(N) & Says(N)) is N


@pytest.mark.parametrize(("left", "right"), list(product((T, F, U), repeat=2)))
def test_de_morgan(left: Verdict, right: Verdict) -> None:
    assert said(Not(Says(left) & Says(right))) is said(~Says(left) | ~Says(right))
    assert said(Not(Says(left) | Says(right))) is said(~Says(left) & ~Says(right))


def test_unknown_or_fails_is_not_false() -> None:
    assert said(Says(T) | Says(U)) is T
    assert said(~Says(U) & Says(T)) is U


def test_a_presumed_absence_turned_round_shows_nothing() -> None:
    assert said(~Says(T, Basis.ABSENCE)) is U


def test_what_is_shown_counts_before_what_is_presumed() -> None:
    both = (Says(T, Basis.ABSENCE) & Says(T, Basis.EVIDENCE)).judge(CASE, ON)
    assert both.basis is Basis.EVIDENCE
    assert (Says(T, Basis.ABSENCE) & Says(N, Basis.ABSENCE)).judge(CASE, ON).basis is Basis.ABSENCE


def test_compositions_are_flat_and_equal_by_value() -> None:
    one, two, three = Not(Not(_age(1))), _age(2), _age(3)
    assert (_age(1) & two) & three == AllOf((_age(1), two, three))
    assert (_age(1) | two) | three == AnyOf((_age(1), two, three))
    assert ~~_age(1) == _age(1)
    assert one != two


@pytest.mark.parametrize(
    "misuse",
    [
        lambda a, b: a and b,
        lambda a, b: a or b,
        lambda a, b: not a,
        lambda a, b: 1 if a else 2,
    ],
)
def test_python_words_are_refused(misuse: object) -> None:
    assert callable(misuse)
    with pytest.raises(TypeError, match="compose"):
        misuse(_age(18), _age(20))


def _age(years: int) -> Statement:
    from eligibility.rules.kinds.age import AgeAtLeast

    return AgeAtLeast(years)
