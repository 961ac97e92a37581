"""PRIOR CONCURRENT THERAPY, bullet 3: four weeks since major surgery.

Day 28 is enough: on 2026-11-25 an operation on 2026-10-28 is old enough.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Resource, attested, local, procedure
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    not_applicable,
    not_met,
    refused_by_a_person,
    unknown,
)

surgery = about("major-surgery-washout")

MAJOR = codes(
    "27842006 112892003 234254000 173171007 25353009 116142003 116143008 116140006 236886002"
    " 43075005 232717009 80146002 76876009 29827000 38724 38780 58150"
)
UNCLEAR = codes("387713003 65801008 58347006 392021009")
MINOR = codes("86273004 73761001 22523008 287664005 45378")
NONE = not_applicable("absence")
EXTENT = unknown("extent-not-stated")
WHEN = unknown("partial-date")


def dissection(on: str | None = None, **also: Any) -> Resource:
    """A radical excision of lymph nodes."""
    return procedure("27842006", on=on, **also)


def excision(on: str | None = None, **also: Any) -> Resource:
    return procedure("65801008", on=on, **also)


def said(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("major-surgery-washout", answer, on=on)


MAJOR_SURGERY = [
    surgery("nothing on record", NONE),
    surgery("28 days ago", met(), dissection("2026-10-28")),
    surgery("27 days ago", not_met(clears_on="2026-11-26"), dissection("2026-10-29")),
    surgery("29 days ago", met(), dissection("2026-10-27")),
    surgery("years ago", met(), dissection("2024-12-05")),
    surgery("on the day", not_met(clears_on="2026-12-23"), dissection("2026-11-25")),
    surgery("after the day", NONE, dissection("2026-11-26")),
    *(
        surgery(
            f"{code} is major", not_met(clears_on="2026-12-08"), procedure(code, on="2026-11-10")
        )
        for code in MAJOR
    ),
    *(surgery(f"{code} is minor", NONE, procedure(code, on="2026-11-10")) for code in MINOR),
    surgery("02:00 UTC is the evening before", met(), dissection("2026-10-29T02:00:00Z")),
    surgery(
        "05:00 UTC is that morning",
        not_met(clears_on="2026-11-26"),
        dissection("2026-10-29T05:00:00Z"),
    ),
    surgery(
        "the end of a long operation counts",
        not_met(clears_on="2026-11-26"),
        dissection(start="2026-10-28", end="2026-10-29"),
    ),
    surgery(
        "an operation under way", not_met(), dissection(start="2026-11-25", status="in-progress")
    ),
    surgery(
        "under way, its end planned",
        not_met(clears_on="2026-12-28"),
        dissection(start="2026-11-20", end="2026-11-30", status="in-progress"),
    ),
    surgery(
        "stopped half way, it was an operation",
        not_met(clears_on="2026-12-08"),
        dissection("2026-11-10", status="stopped"),
    ),
    *(
        surgery(f"one that is {status}", NONE, dissection("2026-11-10", status=status))
        for status in ("not-done", "preparation", "entered-in-error")
    ),
    surgery(
        "nobody knows whether, recently",
        unknown("provisional"),
        dissection("2026-11-10", status="unknown"),
    ),
    surgery("nobody knows whether, long ago", NONE, dissection("2026-10-28", status="unknown")),
    surgery(
        "begun and suspended",
        unknown("provisional"),
        dissection(start="2026-11-10", status="on-hold"),
    ),
    surgery(
        "suspended long ago, ended",
        NONE,
        dissection(start="2026-01-10", end="2026-01-11", status="on-hold"),
    ),
    surgery("some day in October", WHEN, dissection("2026-10")),
    surgery("some day in September", met(), dissection("2026-09")),
    surgery("some day this month", not_met(clears_on="2026-12-23"), dissection("2026-11")),
    surgery("some day this year", WHEN, dissection("2026")),
    surgery("some day last year", met(), dissection("2025")),
    surgery("no date", WHEN, dissection()),
    surgery("a period without end, begun long ago", WHEN, dissection(start="2026-01-01")),
    surgery(
        "a period without end, begun this month",
        not_met(clears_on="2026-12-23"),
        dissection(start="2026-11-10"),
    ),
    surgery("a date in words", WHEN, dissection(performedString="last year")),
    surgery(
        "two operations: the later counts",
        not_met(clears_on="2026-12-08"),
        dissection("2026-11-05"),
        dissection("2026-11-10"),
    ),
    surgery(
        "one old enough, one not",
        not_met(clears_on="2026-12-08"),
        dissection("2024-12-05"),
        dissection("2026-11-10"),
    ),
    surgery(
        "one old enough, one minor",
        met(),
        dissection("2024-12-05"),
        procedure("86273004", on="2026-11-20"),
    ),
]

EXTENT_UNKNOWN = [
    *(
        surgery(f"{code} recently: major or not?", EXTENT, procedure(code, on="2026-11-10"))
        for code in UNCLEAR
    ),
    *(
        surgery(f"{code} 28 days ago: no matter", NONE, procedure(code, on="2026-10-28"))
        for code in UNCLEAR
    ),
    surgery("27 days ago", EXTENT, excision("2026-10-29")),
    surgery(
        "some day in October", unknown("partial-date", "extent-not-stated"), excision("2026-10")
    ),
    surgery("no date", unknown("partial-date", "extent-not-stated"), excision()),
    surgery(
        "a major operation long ago, an excision now",
        EXTENT,
        dissection("2024-12-05"),
        excision("2026-11-10"),
    ),
    surgery(
        "a major operation now, an excision now",
        not_met(clears_on="2026-12-08"),
        dissection("2026-11-10"),
        excision("2026-11-10"),
    ),
    surgery(
        "a code of this hospital, filed under surgery",
        EXTENT,
        procedure(local("OP-1"), on="2026-11-10", category="387713003"),
    ),
    surgery("... long ago", NONE, procedure(local("OP-1"), on="2026-10-28", category="387713003")),
    surgery(
        "a code of this hospital, filed nowhere", NONE, procedure(local("OP-1"), on="2026-11-10")
    ),
    surgery(
        "a minor code, filed under surgery",
        NONE,
        procedure("86273004", on="2026-11-10", category="387713003"),
    ),
    surgery(
        "minor and major in one concept",
        not_met(clears_on="2026-12-08"),
        procedure("86273004", "27842006", on="2026-11-10"),
    ),
    surgery("radiotherapy is no surgery", NONE, procedure("108290001", on="2026-11-10")),
]

ANSWERED = [
    surgery("an excision, not major", met("attestation"), excision("2026-11-10"), said()),
    surgery(
        "an excision, no operation at all",
        not_applicable("attestation"),
        excision("2026-11-10"),
        said("not_applicable"),
    ),
    surgery(
        "an excision after the answer",
        unknown("newer-than-statement"),
        excision("2026-11-21"),
        said(),
    ),
    surgery(
        "an excision on the day of the answer", met("attestation"), excision("2026-11-20"), said()
    ),
    surgery("no date, explained", met("attestation"), dissection(), said()),
    surgery("explained 28 days ago", met("attestation"), dissection(), said(on="2026-10-28")),
    surgery(
        "explained 29 days ago", unknown("attestation-expired"), dissection(), said(on="2026-10-27")
    ),
    surgery(
        "too recent, whatever is said",
        not_met(clears_on="2026-12-08", conflicts=True),
        dissection("2026-11-10"),
        said(),
    ),
    surgery("none, says a coordinator", not_applicable("attestation"), said("not_applicable")),
    surgery("none, says a coordinator by met", not_applicable("attestation"), said()),
    surgery("operated abroad, says the patient", refused_by_a_person(), said("not_met")),
    surgery(
        "old enough stays evidence",
        met("evidence"),
        dissection("2024-12-05"),
        said("not_applicable"),
    ),
    surgery("set aside", NONE, dissection("2026-11-10", id="lnd"), set_aside=["Procedure/lnd"]),
]


@pytest.mark.parametrize("case", [*MAJOR_SURGERY, *EXTENT_UNKNOWN, *ANSWERED], ids=str)
def test_surgery(case: Case) -> None:
    judge(case)
