"""PRIOR CONCURRENT THERAPY, bullet 5: more than four weeks since any anticancer drug or study.

More than four weeks: on 2026-11-25 a course that ended on 2026-10-27 is old enough, one that ended
on 2026-10-28 is not.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Resource,
    attested,
    drug,
    participation,
    procedure,
    study,
)
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

ANTICANCER = "investigational-anticancer-washout"
anticancer = about(ANTICANCER)

WHEN = unknown("partial-date")


def said(criterion: str, answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested(criterion, answer, on=on)


def dabra(end: str | None, **also: Any) -> Resource:
    """Dabrafenib since March 2025."""
    return drug("L01EC02", intent="adjuvant", **{"start": "2025-03-01", "end": end, **also})


FOUR_WEEKS = [
    anticancer("nothing on record", met("absence")),
    anticancer("ended 29 days ago", met(), dabra("2026-10-27")),
    anticancer("ended 28 days ago", not_met(clears_on="2026-11-26"), dabra("2026-10-28")),
    anticancer("ended yesterday", not_met(clears_on="2026-12-23"), dabra("2026-11-24")),
    *(
        anticancer(
            f"{code} counts",
            not_met(clears_on="2026-11-26"),
            drug(code, start="2026-01-01", end="2026-10-28"),
        )
        for code in codes("L01FF02 L01AX04 L01EC02 L02BG04 L03AB05 1147220 37776")
    ),
    anticancer("a steroid is none", met("absence"), drug("H02AB07", start="2026-01-01")),
    anticancer("an unknown code is none", met("absence"), drug("L03AA02", start="2026-01-01")),
    anticancer("ongoing", not_met(), dabra(None)),
    anticancer(
        "ongoing, its end planned",
        not_met(clears_on="2026-12-30"),
        dabra("2026-12-01", status="active"),
    ),
    anticancer("begins after the day", met("absence"), dabra(None, start="2026-11-26")),
    anticancer("ended some day in October", WHEN, dabra("2026-10")),
    anticancer("ended some day in September", met(), dabra("2026-09")),
    anticancer("ended some day this month", not_met(clears_on="2026-12-24"), dabra("2026-11")),
    anticancer("finished, nobody says when", WHEN, dabra(None, status="completed")),
    anticancer(
        "finished, begun this month",
        not_met(clears_on="2026-12-24"),
        dabra(None, status="completed", start="2026-11-10"),
    ),
    anticancer("on hold", unknown("provisional"), dabra(None, status="on-hold")),
    anticancer("in doubt, but long ago", met("absence"), dabra("2026-10-27", status="unknown")),
    anticancer(
        "in doubt, and recent", unknown("provisional"), dabra("2026-10-28", status="unknown")
    ),
    anticancer(
        "chemotherapy as a procedure",
        not_met(clears_on="2026-11-26"),
        procedure("367336001", on="2026-10-28"),
    ),
    anticancer(
        "surgery has its own bullet", met("absence"), procedure("25353009", on="2026-11-10")
    ),
    anticancer(
        "radiotherapy has its own bullet", met("absence"), procedure("108290001", on="2026-11-10")
    ),
    anticancer("explained", met("attestation"), dabra(None, status="completed"), said(ANTICANCER)),
    anticancer(
        "recent, whatever is said",
        not_met(clears_on="2026-12-23", conflicts=True),
        dabra("2026-11-24"),
        said(ANTICANCER),
    ),
    anticancer("none, says a coordinator", met("attestation"), said(ANTICANCER)),
    anticancer("said 29 days ago: as if never", met("absence"), said(ANTICANCER, on="2026-10-27")),
    anticancer("told by the patient", refused_by_a_person(), said(ANTICANCER, "not_met")),
]

JUDGE = unknown("needs-judgement")
STUDIES = [
    anticancer("on intervention in another study", not_met(), participation()),
    anticancer(
        "on intervention until December",
        not_met(clears_on="2026-12-30"),
        participation(end="2026-12-01"),
    ),
    anticancer(
        "on intervention until the day",
        not_met(clears_on="2026-12-24"),
        participation(end="2026-11-25"),
    ),
    anticancer("on intervention until the day before", JUDGE, participation(end="2026-11-24")),
    anticancer("on intervention, ended 28 days ago", JUDGE, participation(end="2026-10-28")),
    anticancer(
        "on intervention, ended 29 days ago",
        met("evidence", "absence"),
        participation(end="2026-10-27"),
    ),
    *(
        row
        for status in ("off-study", "withdrawn", "follow-up", "on-study")
        for row in (
            anticancer(
                f"{status}, ended 28 days ago", JUDGE, participation(status, end="2026-10-28")
            ),
            anticancer(
                f"{status}, ended 29 days ago",
                met("evidence", "absence"),
                participation(status, end="2026-10-27"),
            ),
            anticancer(
                f"{status}, nobody says since when",
                unknown("partial-date", "needs-judgement"),
                participation(status),
            ),
        )
    ),
    *(
        anticancer(f"{status}", met("absence"), participation(status, start="2026-11-01"))
        for status in (
            "on-study-observation",
            "candidate",
            "screening",
            "ineligible",
            "not-registered",
            "eligible",
            "potential-candidate",
            "pending-on-study",
        )
    ),
    anticancer("begins after the day", met("absence"), participation(start="2026-11-26")),
    anticancer("this very trial", met("absence"), participation(study="ResearchStudy/NCT00514085")),
    anticancer(
        "this very trial by its other number",
        met("absence"),
        participation(study="https://registry.example/ResearchStudy/ind.189"),
    ),
    anticancer(
        "this very trial by identifier",
        met("absence"),
        participation() | {"study": {"identifier": {"value": "nct00514085"}}},
    ),
    anticancer(
        "this very trial by its record",
        met("absence"),
        participation(study="ResearchStudy/s1"),
        study("s1", "EUDRA-1", "IND.189"),
    ),
    anticancer(
        "another trial by its record",
        not_met(),
        participation(study="ResearchStudy/s1"),
        study("s1", "IND.190"),
    ),
    anticancer(
        "an ended study, explained",
        met("attestation"),
        participation("off-study", end="2026-11-01"),
        said(ANTICANCER),
    ),
    anticancer(
        "a study ended after the statement",
        unknown("newer-than-statement"),
        participation("off-study", end="2026-11-22"),
        said(ANTICANCER),
    ),
]


@pytest.mark.parametrize("case", [*FOUR_WEEKS, *STUDIES], ids=str)
def test_anticancer_washout(case: Case) -> None:
    judge(case)
