"""PATIENT CHARACTERISTICS, bullet 13: no other malignancy within the past 5 years.

The five years begin when the malignancy ended. A malignancy ended 5 years ago on 2021-11-25 is
outside on 2026-11-25; a solid tumour that ended later may be exempt, and an investigator says so.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import attested, condition
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    not_met,
    refused_by_a_person,
    unknown,
)

other = about("no-other-malignancy-5y")

SOLID = codes(
    "C00.9 C18.9 C34.90 C42 C45.9 C50.911 C50911 C61 C4A.9 C7A.00 C76.0 C80.1 C80.2 C97 D00.0"
    " D01.0 D02.2 D05.10 D07.5 D09.0 C69.30 254837009 399068003 363406005"
)
BLOOD = codes("C81.90 C83.30 C90.00 C91.10 C95.90 C96.9 C9110 93143009 118600007 109989006")
EXEMPT = codes("C44.91 C44 D04.5 D06.9 D06 254701007 254651007 92564006")
NOT_COUNTED = codes(
    "C43.59 D03.5 C77.3 C78.7 C79.51 C7B.02 C80.0 93655004 372244006 314987003 443493003"
    " 1197334002 1197332003 1259676000 128462008 94391008 Z85.820 Z85820 Z86.006 Z80.3 D22.5 I10"
    " D17.1"
)
BREAST, LYMPHOMA = "C50.911", "C83.30"


def said(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("no-other-malignancy-5y", answer, on=on)


def past(code: str, **also: Any) -> dict[str, Any]:
    return condition(code, **{"status": "resolved", **also})


JUDGE = unknown("needs-judgement")
WHEN = unknown("partial-date")
UNDATED = unknown("partial-date", "provisional", "needs-judgement")

CASES = [
    other("nothing on record", met("absence")),
    other("confirmed by an investigator", met("attestation"), said()),
    other("confirmed years ago: no expiry", met("attestation"), said(on="2020-01-01")),
    *(other(f"{code} is active", not_met(), condition(code)) for code in [*SOLID, *BLOOD]),
    *(other(f"{code} may be exempt", JUDGE, condition(code)) for code in EXEMPT),
    *(
        other(f"{code} is no other malignancy", met("absence"), condition(code))
        for code in NOT_COUNTED
    ),
    other("a recurrence", not_met(), condition(BREAST, status="recurrence")),
    other("a relapse", not_met(), condition(LYMPHOMA, status="relapse")),
    other(
        "an eye tumour that is a melanoma too", met("absence"), condition("C69.30", "1197334002")
    ),
    other("skin cancer and lymphoma in one concept", not_met(), condition("C44.91", LYMPHOMA)),
    other("uncertain behaviour is not recognised", met("absence"), condition("D47.2")),
]

FIVE_YEARS = [
    other("ended 5 years ago to the day", met(), past(BREAST, abated="2021-11-25")),
    other("ended a day later", JUDGE, past(BREAST, abated="2021-11-26")),
    other("ended long ago", met(), past(BREAST, abated="2010-01-01")),
    other("lymphoma, 5 years ago to the day", met(), past(LYMPHOMA, abated="2021-11-25")),
    other(
        "lymphoma, a day later",
        not_met(clears_on="2026-11-26"),
        past(LYMPHOMA, abated="2021-11-26"),
    ),
    other(
        "lymphoma in March 2024",
        not_met(clears_on="2029-03-01"),
        past(LYMPHOMA, abated="2024-03-01"),
    ),
    other(
        "ended on leap day: 28 February", met(), past(BREAST, abated="2020-02-29"), on="2025-02-28"
    ),
    other("... and the day before", JUDGE, past(BREAST, abated="2020-02-29"), on="2025-02-27"),
    other("skin cancer ended long ago", met(), past("C44.91", abated="2015-06-01")),
    other("skin cancer ended last year", JUDGE, past("C44.91", abated="2025-06-01")),
    other(
        "an active one that ended: the date governs", met(), condition(BREAST, abated="2015-06-01")
    ),
    other(
        "one that will end is active",
        not_met(clears_on="2031-12-05"),
        condition(BREAST, abated="2026-12-05"),
    ),
    other(
        "one that will end, called resolved",
        not_met(clears_on="2031-12-05"),
        past(BREAST, abated="2026-12-05"),
    ),
    other("ended in 2020", met(), past(BREAST, abated="2020")),
    other("ended in 2021", WHEN, past(BREAST, abated="2021")),
    other("ended in 2022", JUDGE, past(BREAST, abated="2022")),
    other("lymphoma ended in 2022", not_met(clears_on="2027-12-31"), past(LYMPHOMA, abated="2022")),
    other("lymphoma ended in 2021", WHEN, past(LYMPHOMA, abated="2021")),
    other("ended in November 2021", WHEN, past(BREAST, abated="2021-11")),
    other("ended in October 2021", met(), past(BREAST, abated="2021-10")),
    other("resolved, nobody says when, begun in 2010", WHEN, past(LYMPHOMA, onset="2010-01-01")),
    other("the same of a solid tumour", WHEN, past(BREAST, onset="2010-01-01")),
    other(
        "resolved, begun in 2023: inside whenever it ended",
        not_met(),
        past(LYMPHOMA, onset="2023-01-01"),
    ),
    other("the same of a solid tumour, treated", JUDGE, past(BREAST, onset="2023-01-01")),
    other("resolved, no date at all", WHEN, past(LYMPHOMA)),
    other("in remission, no date at all", WHEN, past(LYMPHOMA, status="remission")),
    other(
        "the end of a period",
        met(),
        past(BREAST, abatementPeriod={"start": "2019-01-01", "end": "2020-06-01"}),
    ),
    other(
        "a period without end",
        WHEN,
        past(BREAST, onset="2010-01-01", abatementPeriod={"start": "2019-01-01"}),
    ),
    other("ended at the age of 36", WHEN, past(BREAST, abatementString="at 36")),
    other("begins after the day", met("absence"), condition(LYMPHOMA, onset="2026-11-26")),
]

HISTORY = [
    *(
        other(f"{code} says not when", UNDATED, condition(code))
        for code in codes("Z85.3 Z85.46 Z85.72 Z85.828 Z85.81 Z86.000 Z86.008 Z853")
    ),
    other("personal history with an end", met(), condition("Z85.3", abated="2015-01-01")),
    other(
        "personal history and the disease itself", not_met(), condition("Z85.3"), condition(BREAST)
    ),
    other(
        "no clinical status", unknown("provisional", "partial-date"), condition(BREAST, status=None)
    ),
    other(
        "no clinical status, ended long ago",
        met(),
        condition(BREAST, status=None, abated="2015-01-01"),
    ),
    *(
        other(f"{how}", unknown("provisional"), condition(LYMPHOMA, verification=how))
        for how in ("unconfirmed", "provisional", "differential")
    ),
    *(
        other(f"{how}", met("absence"), condition(LYMPHOMA, verification=how))
        for how in ("refuted", "entered-in-error")
    ),
    other(
        "suspected once, over long ago",
        met("absence"),
        past(LYMPHOMA, abated="2010-01-01", verification="provisional"),
    ),
    other(
        "one outside, one suspected",
        unknown("provisional"),
        past(BREAST, abated="2010-01-01"),
        condition(LYMPHOMA, verification="provisional"),
    ),
    other(
        "one outside, one active", not_met(), past(BREAST, abated="2010-01-01"), condition(LYMPHOMA)
    ),
    other("one may be exempt, one active", not_met(), condition("C44.91"), condition(LYMPHOMA)),
    other(
        "two lymphomas: the later counts",
        not_met(clears_on="2029-03-01"),
        past(LYMPHOMA, abated="2022-01-01"),
        past("C81.90", abated="2024-03-01"),
    ),
    other(
        "two, one of them still active",
        not_met(),
        past(LYMPHOMA, abated="2022-01-01"),
        condition(BREAST),
    ),
]

ANSWERED = [
    other(
        "skin cancer, adequately treated",
        met("attestation"),
        condition("C44.91", onset="2024-05-01"),
        said(),
    ),
    other(
        "recorded on the day of the answer",
        met("attestation"),
        condition("C44.91", recorded="2026-11-20"),
        said(),
    ),
    other(
        "recorded after the answer",
        unknown("newer-than-statement"),
        condition("C44.91", recorded="2026-11-21"),
        said(),
    ),
    other(
        "begun before, recorded after the answer",
        unknown("newer-than-statement"),
        condition("C44.91", onset="2024-05-01", recorded="2026-11-21"),
        said(),
    ),
    other(
        "one before the answer, one after",
        unknown("newer-than-statement"),
        condition("C44.91", onset="2024-05-01"),
        condition("D06.9", onset="2026-11-22"),
        said(),
    ),
    other(
        "breast cancer, cured",
        met("attestation"),
        past(BREAST, onset="2022-01-01", abated="2023-01-01"),
        said(),
    ),
    other(
        "an active breast cancer is no exemption",
        not_met(conflicts=True),
        condition(BREAST),
        said(),
    ),
    other(
        "a lymphoma of 2024 is no exemption",
        not_met(clears_on="2029-03-01", conflicts=True),
        past(LYMPHOMA, abated="2024-03-01"),
        said(),
    ),
    other("not cured", refused_by_a_person(), condition("C44.91"), said("not_met")),
    other(
        "not cured, though outside",
        refused_by_a_person(),
        past(BREAST, abated="2010-01-01"),
        said("not_met"),
    ),
    other("outside stays evidence", met("evidence"), past(BREAST, abated="2010-01-01"), said()),
    other("not applicable is no answer", JUDGE, condition("C44.91"), said("not_applicable")),
    other("set aside", met("absence"), condition(BREAST, id="x"), set_aside=["Condition/x"]),
]


@pytest.mark.parametrize("case", [*CASES, *FIVE_YEARS, *HISTORY, *ANSWERED], ids=str)
def test_other_malignancy(case: Case) -> None:
    judge(case)
