"""Units: what is accepted, what it is worth, and that nothing is rounded or guessed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.codes.units import read_amount
from tests.intake.build import UCUM

COUNTS = ["platelets", "neutrophils", "granulocytes"]
ACCEPTED = [
    *((analyte, unit, factor) for analyte in COUNTS for unit, factor in [
        ("10*9/L", "1"), ("10*3/uL", "1"), ("10*3/mm3", "1"), ("10*6/mL", "1"), ("10*6/L", "0.001"),
        ("/uL", "0.001"), ("/mm3", "0.001"), ("/mL", "0.000001"), ("/L", "0.000000001"),
        ("10*9{cells}/L", "1"), ("{cells}/uL", "0.001"), ("10*3{Plt}/uL", "1"), ("{#}/L", "0.000000001"),
    ]),
    *((analyte, unit, factor) for analyte in ["bilirubin", "creatinine"] for unit, factor in [
        ("umol/L", "1"), ("mmol/L", "1000"), ("mg/dL", "1"), ("mg/L", "0.1"),
    ]),
    *((analyte, unit, factor) for analyte in ["ast", "alt"] for unit, factor in [
        ("U/L", "1"), ("ukat/L", "60"), ("nkat/L", "0.06"), ("kU/L", "1000"), ("mU/mL", "1"),
    ]),
    ("lesion", "mm", "1"), ("lesion", "cm", "10"),
]  # fmt: skip


@pytest.mark.parametrize(("analyte", "unit", "factor"), ACCEPTED)
def test_accepted_ucum_codes(analyte: str, unit: str, factor: str) -> None:
    for given_as in ({"system": UCUM, "code": unit, "unit": "nonsense"}, {"unit": unit}):
        amount = read_amount(analyte, Decimal("7"), **given_as)  # type: ignore[arg-type]
        assert amount.canonical == 7 * Decimal(factor)
        assert amount.dimension is not None


ALIASES = {
    "10*9/L": "x10^9/L 10^9/L x10(9)/L 10e9/L 10E9/L G/L Giga/L",
    "10*3/uL": "x10^3/uL 10^3/uL x10E3/uL 10E3/uL K/uL K/mcL K/mm3 thou/uL Thousand/uL",
    "/uL": "cells/uL cells/mcL /mcL cells/mm3 /cumm cells/mm^3 /mm^3",
}


@pytest.mark.parametrize(
    ("unit", "alias"), [(u, a) for u, text in ALIASES.items() for a in text.split()]
)
def test_aliases_of_cell_counts(unit: str, alias: str) -> None:
    expected = read_amount("platelets", Decimal(150), unit=unit)
    spaced = " ".join(alias)
    for text in (alias, spaced, f" {alias}\u00a0"):
        found = read_amount("platelets", Decimal(150), unit=text)
        assert found.canonical == expected.canonical
        assert found.unit == text
    assert read_amount("platelets", Decimal(150), system=UCUM, code=alias).fault == "unit"
    assert read_amount("creatinine", Decimal(150), unit=alias).fault == "unit"


@pytest.mark.parametrize(
    ("analyte", "unit", "canonical"),
    [
        ("creatinine", "µmol/L", "106"),
        ("creatinine", "μmol/L", "106"),
        ("creatinine", "mcmol/L", "106"),
        ("ast", "IU/L", "106"),
        ("alt", "IU/L", "106"),
        ("ast", "µkat/L", "6360"),
        ("ast", "μkat/L", "6360"),
    ],
)
def test_other_aliases(analyte: str, unit: str, canonical: str) -> None:
    assert read_amount(analyte, Decimal(106), unit=unit).canonical == Decimal(canonical)


REFUSED = [
    ("platelets", {}),
    ("platelets", {"unit": ""}),
    ("platelets", {"unit": "%"}),
    ("neutrophils", {"unit": "%", "system": UCUM, "code": "%"}),
    ("platelets", {"unit": "X10^9/L"}),
    ("platelets", {"unit": "k/uL"}),
    ("platelets", {"unit": "10*9/L", "system": UCUM, "code": "10*9/l"}),
    ("platelets", {"unit": "10*9/L", "system": UCUM, "code": "g/L"}),
    ("platelets", {"code": "10*9/L"}),
    ("platelets", {"unit": "10*9/L{cells}"}),
    ("platelets", {"unit": "10+3/uL"}),
    ("creatinine", {"unit": "IU/L"}),
    ("creatinine", {"unit": "umol/l"}),
    ("lesion", {"unit": "m"}),
    ("lesion", {"unit": "in"}),
    ("hcg", {}),
]


@pytest.mark.parametrize(("analyte", "given_as"), REFUSED)
def test_anything_else_is_unknown(analyte: str, given_as: dict[str, str]) -> None:
    amount = read_amount(analyte, Decimal(150), **given_as)  # type: ignore[arg-type]
    assert (amount.canonical, amount.dimension, amount.fault) == (None, None, "unit")


def test_a_code_of_another_system_is_read_by_the_unit() -> None:
    assert (
        read_amount(
            "platelets", Decimal(150), system="urn:local", code="U/L", unit="K/uL"
        ).canonical
        == 150
    )


def test_hcg_is_compared_by_its_own_unit() -> None:
    first = read_amount("hcg", Decimal("5.0"), system=UCUM, code="m[IU]/mL")
    assert (first.dimension, first.canonical, first.fault) == ("code:m[IU]/mL", Decimal(5), None)
    assert read_amount("hcg", Decimal(5), system=UCUM, code="[IU]/L").dimension == "code:[IU]/L"


PLAUSIBLE = [
    ("neutrophils", "10*9/L", "0 0.01 200", "-0.01 0.009 200.01"),
    ("granulocytes", "/uL", "0 10 200000", "9.99 200000.1 -1"),
    ("platelets", "10*9/L", "1 3000", "0 0.999 3000.001"),
    ("platelets", "/L", "1000000000", "999999999"),
    ("bilirubin", "umol/L", "0 1500", "-1 1500.01"),
    ("bilirubin", "mg/L", "0 900", "901"),
    ("creatinine", "mmol/L", "0.005 3", "0.0049 3.001"),
    ("creatinine", "mg/dL", "0.05 35", "0.04 35.1"),
    ("ast", "kU/L", "0 50", "50.001 -1"),
    ("lesion", "cm", "0 50", "50.01 -0.1"),
]


@pytest.mark.parametrize(("analyte", "unit", "good", "bad"), PLAUSIBLE)
def test_plausible_ranges_include_their_ends(analyte: str, unit: str, good: str, bad: str) -> None:
    for text in good.split():
        assert read_amount(analyte, Decimal(text), unit=unit).fault is None
    for text in bad.split():
        amount = read_amount(analyte, Decimal(text), unit=unit, comparator="<")
        assert amount.fault == "implausible"


def test_the_trap_of_three_thousand_thousands() -> None:
    """3000 of 10*3/uL means 3000 /uL to whoever sent it; it is never rescaled."""
    amount = read_amount("neutrophils", Decimal(3000), system=UCUM, code="10*3/uL")
    assert amount.canonical == 3000
    assert amount.fault == "implausible"


def test_two_thousand_counts_convert_exactly() -> None:
    for count in range(1_000, 3_001):
        per_microlitre = read_amount("platelets", Decimal(count) * 100, unit="/uL")
        thousands = read_amount("platelets", Decimal(count) / 10, unit="K/uL")
        per_litre = read_amount("platelets", Decimal(count).scaleb(8), unit="/L")
        exact = Decimal(count).scaleb(-1)
        assert per_microlitre.canonical == thousands.canonical == per_litre.canonical == exact


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=0, max_value=10**12),
    st.sampled_from(ACCEPTED),
)
def test_conversions_are_those_of_fractions(value: Decimal, accepted: tuple[str, str, str]) -> None:
    analyte, unit, factor = accepted
    canonical = read_amount(analyte, value, unit=unit).canonical
    assert canonical is not None
    assert Fraction(canonical) == Fraction(value) * Fraction(factor)
