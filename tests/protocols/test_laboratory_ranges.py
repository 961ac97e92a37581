"""The upper limit of normal: the result's own, else the site's, else none.

Bilirubin stands for the chemistry. The patient is a woman born on 1984-05-17, 42 years old when
the blood was taken on 2026-11-18.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Number, Resource, lab, normal_range, patient, site_range
from tests.protocols.verdicts import Case, about, judge, met, not_met, unknown

bilirubin = about("bilirubin-normal")


def ranged(value: str, *ranges: Resource, **also: Any) -> Resource:
    """A bilirubin in umol/L with these reference ranges of its own."""
    return lab("bilirubin", value, ranges=list(ranges) or None, **also)


def up_to(high: str | None, unit: str | None = "umol/L", **also: Any) -> Resource:
    return normal_range(high, unit, **also)


def site(*rows: Resource, **also: Any) -> dict[str, Any]:
    return {"reference_ranges": list(rows), **also}


def row(high: str, unit: str = "umol/L", **also: Any) -> Resource:
    return site_range("bilirubin", high, unit, **also)


UNKNOWN_LIMIT = unknown("no-reference-range")
MAN = patient(gender="male")

OWN = [
    bilirubin("no range at all", UNKNOWN_LIMIT, ranged("9")),
    bilirubin(
        "a range in words is not read", UNKNOWN_LIMIT, ranged("9", up_to(None, text="up to 20"))
    ),
    bilirubin("a range without a high", UNKNOWN_LIMIT, ranged("9", up_to(None, low="3"))),
    bilirubin("a range without unit takes the result's", met(), ranged("20", up_to("20", None))),
    bilirubin("two highs", UNKNOWN_LIMIT, ranged("9", up_to("20"), up_to("22"))),
    bilirubin("one high, said twice", met(), ranged("9", up_to("20"), up_to("20"))),
    bilirubin("one high in two units", met(), ranged("9", up_to("20"), up_to("0.02", "mmol/L"))),
    bilirubin("typed as normal", met(), ranged("9", up_to("20", kind="normal"))),
    bilirubin(
        "a therapeutic range does not count",
        UNKNOWN_LIMIT,
        ranged("9", up_to("20", kind="treatment")),
    ),
    bilirubin(
        "normal beside therapeutic",
        met(),
        ranged("9", up_to("20", kind="normal"), up_to("5", kind="treatment")),
    ),
    bilirubin(
        "two sexes: hers counts",
        not_met(),
        ranged("19", up_to("18", sex="female"), up_to("25", sex="male")),
    ),
    bilirubin(
        "two sexes: his counts",
        met(),
        MAN,
        ranged("19", up_to("18", sex="female"), up_to("25", sex="male")),
    ),
    bilirubin(
        "sexes in SNOMED",
        not_met(),
        ranged("19", up_to("18", sex="248152002"), up_to("25", sex="248153007")),
    ),
    bilirubin("only a range for men", UNKNOWN_LIMIT, ranged("9", up_to("25", sex="male"))),
    bilirubin(
        "only a range for another group", UNKNOWN_LIMIT, ranged("9", up_to("25", sex="77386006"))
    ),
    bilirubin(
        "a sexed range, sex not known",
        UNKNOWN_LIMIT,
        patient(gender=None),
        ranged("9", up_to("18", sex="female")),
    ),
    bilirubin(
        "a sexed range, sex at birth and now",
        not_met(),
        patient(gender="male", birthsex="F"),
        ranged("19", up_to("18", sex="female"), up_to("25", sex="male")),
    ),
    bilirubin("from 18 years on", met(), ranged("9", up_to("20", age_low="18"))),
    bilirubin("up to 42 completed years", met(), ranged("9", up_to("20", age_high="42"))),
    bilirubin(
        "up to 41 years is for the younger", UNKNOWN_LIMIT, ranged("9", up_to("20", age_high="41"))
    ),
    bilirubin(
        "from 43 years on is for the older", UNKNOWN_LIMIT, ranged("9", up_to("20", age_low="43"))
    ),
    bilirubin(
        "the range of her age",
        not_met(),
        ranged("19", up_to("25", age_high="41"), up_to("18", age_low="42")),
    ),
    bilirubin(
        "an age limit in months excludes the range",
        UNKNOWN_LIMIT,
        ranged("9", up_to("20", age_low="216", age_unit="mo")),
    ),
    bilirubin(
        "an aged range, age not known",
        UNKNOWN_LIMIT,
        patient(born=None),
        ranged("9", up_to("20", age_low="18")),
    ),
    bilirubin(
        "an aged range, year of birth is enough",
        met(),
        patient(born="1984"),
        ranged("9", up_to("20", age_low="18")),
    ),
    bilirubin(
        "an aged range, year of birth is not enough",
        UNKNOWN_LIMIT,
        patient(born="1984"),
        ranged("9", up_to("20", age_low="42")),
    ),
    bilirubin(
        "the age at collection, not today",
        met(),
        patient(born="1984-11-20"),
        ranged("19", up_to("20", age_high="41"), up_to("18", age_low="42")),
    ),
    bilirubin(
        "a flag is shown, never used",
        met(),
        ranged("9", up_to("20"), interpretation=[{"text": "H"}]),
    ),
]

EARLY = {"on": "2026-11-14", "received_on": "2026-11-14"}
LABORATORY = "St. Mary's Core Lab"
SITE = [
    bilirubin("no own range: the site's", met(), ranged("21"), **site(row("21"))),
    bilirubin("above the site's", not_met(), ranged("21.1"), **site(row("21"))),
    bilirubin("the own range goes first", not_met(), ranged("21", up_to("20")), **site(row("25"))),
    bilirubin(
        "own ranges filtered out: the site's",
        met(),
        ranged("21", up_to("25", sex="male")),
        **site(row("21")),
    ),
    bilirubin(
        "own range in another unit: not the site's",
        unknown("unit", "no-reference-range"),
        ranged("9", up_to("1.2", "mg/dL")),
        **site(row("21")),
    ),
    bilirubin(
        "two own highs: not the site's",
        UNKNOWN_LIMIT,
        ranged("9", up_to("20"), up_to("22")),
        **site(row("21")),
    ),
    bilirubin("the site's in mmol/L", met(), ranged("21"), **site(row("0.021", "mmol/L"))),
    bilirubin("the site's in mass", UNKNOWN_LIMIT, ranged("9"), **site(row("1.2", "mg/dL"))),
    bilirubin(
        "of several, the one of its dimension",
        met(),
        ranged("21"),
        **site(row("1.2", "mg/dL"), row("21")),
    ),
    bilirubin(
        "a range of another analyte",
        UNKNOWN_LIMIT,
        ranged("9"),
        **site(site_range("creatinine", "90", "umol/L")),
    ),
    bilirubin(
        "collected on its first day", met(), ranged("9"), **site(row("21", from_="2026-11-18"))
    ),
    bilirubin(
        "collected the day before it",
        UNKNOWN_LIMIT,
        ranged("9"),
        **site(row("21", from_="2026-11-19")),
    ),
    bilirubin("collected on its last day", met(), ranged("9"), **site(row("21", to="2026-11-18"))),
    bilirubin(
        "collected the day after it", UNKNOWN_LIMIT, ranged("9"), **site(row("21", to="2026-11-17"))
    ),
    bilirubin(
        "the range of that day",
        not_met(),
        ranged("21"),
        **site(row("25", to="2026-10-31"), row("20", from_="2026-11-01")),
    ),
    bilirubin("for women", met(), ranged("21"), **site(row("21", sex="female"))),
    bilirubin("for men only", UNKNOWN_LIMIT, ranged("9"), **site(row("21", sex="male"))),
    bilirubin(
        "for women goes before any",
        not_met(),
        ranged("21"),
        **site(row("25"), row("20", sex="female")),
    ),
    bilirubin(
        "sex not known: the one for any",
        met(),
        patient(gender=None),
        ranged("21"),
        **site(row("25"), row("20", sex="female")),
    ),
    bilirubin(
        "sex not known: none for any",
        UNKNOWN_LIMIT,
        patient(gender=None),
        ranged("9"),
        **site(row("20", sex="female")),
    ),
    bilirubin(
        "her age fits, both ends included",
        met(),
        ranged("21"),
        **site(row("21", age_low="42", age_high="42")),
    ),
    bilirubin("her age does not fit", UNKNOWN_LIMIT, ranged("9"), **site(row("21", age_low="43"))),
    bilirubin(
        "her age may fit",
        UNKNOWN_LIMIT,
        patient(born="1984"),
        ranged("9"),
        **site(row("21", age_low="42")),
    ),
    bilirubin(
        "sex and age go before sex alone",
        not_met(),
        ranged("21"),
        **site(row("25", sex="female"), row("20", sex="female", age_low="18")),
    ),
    bilirubin("two rows that fit alike", UNKNOWN_LIMIT, ranged("9"), **site(row("20"), row("21"))),
    bilirubin("two rows that agree", met(), ranged("9"), **site(row("21"), row("21"))),
    bilirubin(
        "a row of its laboratory",
        met(),
        ranged("21", performer=LABORATORY),
        **site(row("21", laboratory=LABORATORY)),
    ),
    bilirubin(
        "letters and blanks of the name do not matter",
        met(),
        ranged("21", performer=LABORATORY),
        **site(row("21", laboratory="ST. MARY'S  core lab")),
    ),
    bilirubin(
        "a row of another laboratory",
        UNKNOWN_LIMIT,
        ranged("9", performer=LABORATORY),
        **site(row("21", laboratory="Elsewhere")),
    ),
    bilirubin(
        "a row of a laboratory, and the result names none",
        UNKNOWN_LIMIT,
        ranged("9"),
        **site(row("21", laboratory=LABORATORY)),
    ),
    bilirubin(
        "its laboratory goes before every other row",
        not_met(),
        ranged("21", performer=LABORATORY),
        **site(row("25", sex="female", age_low="18"), row("20", laboratory=LABORATORY)),
    ),
    bilirubin(
        "the laboratory by reference",
        met(),
        ranged("21") | {"performer": [{"reference": "Organization/lab-7"}]},
        **site(row("21", laboratory="Organization/lab-7")),
    ),
    bilirubin(
        "valid on every day of the month it was taken",
        met(),
        ranged("9", on="2026-11"),
        **EARLY,
        **site(row("21", from_="2026-11-01")),
    ),
    bilirubin(
        "valid on some of them only",
        UNKNOWN_LIMIT,
        ranged("9", on="2026-11"),
        **EARLY,
        **site(row("21", from_="2026-11-05")),
    ),
    bilirubin("numbers are read exactly", met(), ranged("0.3"), **site(row(Number("0.3")))),
]


@pytest.mark.parametrize("case", [*OWN, *SITE], ids=str)
def test_upper_limit_of_normal(case: Case) -> None:
    judge(case)
