"""The registry's field "Ages Eligible for Study": 18 years and older."""

from __future__ import annotations

import pytest

from tests.factories import patient
from tests.protocols.verdicts import Case, about, judge, met, not_met, unknown

age = about("age-18")

CASES = [
    age("a woman of 42", met(), patient(born="1984-05-17")),
    age("a man of 93: there is no upper limit", met(), patient(born="1933-01-01", gender="male")),
    age("the 18th birthday itself", met(), patient(born="2008-11-25")),
    age("the day before it", not_met(clears_on="2026-11-26"), patient(born="2008-11-26")),
    age("the day after it", met(), patient(born="2008-11-24")),
    age("a child of five", not_met(clears_on="2039-03-02"), patient(born="2021-03-02")),
    age(
        "leap day: 28 February of the 18th year", met(), patient(born="2008-02-29"), on="2026-02-28"
    ),
    age(
        "leap day: 27 February of the 18th year is a day short",
        not_met(clears_on="2026-02-28"),
        patient(born="2008-02-29"),
        on="2026-02-27",
    ),
    age("leap day: 1 March", met(), patient(born="2008-02-29"), on="2026-03-01"),
    age("born in November 2008, asked in it", unknown("partial-date"), patient(born="2008-11")),
    age(
        "born in November 2008, asked on its first day",
        unknown("partial-date"),
        patient(born="2008-11"),
        on="2026-11-01",
    ),
    age(
        "born in November 2008, asked on its last day",
        met(),
        patient(born="2008-11"),
        on="2026-11-30",
    ),
    age(
        "born in November 2008, asked the day before it begins",
        not_met(clears_on="2026-11-30"),
        patient(born="2008-11"),
        on="2026-10-31",
    ),
    age("born in October 2008", met(), patient(born="2008-10")),
    age("born in December 2008", not_met(clears_on="2026-12-31"), patient(born="2008-12")),
    age("born in 2008, a year alone", unknown("partial-date"), patient(born="2008")),
    age("born in 2008, on the last day of the year", met(), patient(born="2008"), on="2026-12-31"),
    age("born in 2007, a year alone", met(), patient(born="2007")),
    age("born in 2009, a year alone", not_met(clears_on="2027-12-31"), patient(born="2009")),
    age("no birth date", unknown("missing", kind="patient"), patient(born=None)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_age(case: Case) -> None:
    judge(case)
