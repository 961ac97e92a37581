"""PRIOR CONCURRENT THERAPY, bullet 2: three months since adjuvant immunotherapy.

The months are calendar months and the last day of them is enough: on 2026-11-25 a course that
ended on 2026-08-25 is old enough.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Resource,
    attested,
    condition,
    dose,
    drug,
    order,
    procedure,
)
from tests.protocols.verdicts import (
    Case,
    about,
    judge,
    met,
    not_applicable,
    not_met,
    refused_by_a_person,
    unknown,
)

ADJUVANT = "adjuvant-immunotherapy-washout"
adjuvant = about(ADJUVANT)

NONE = not_applicable("absence")
WHEN = unknown("partial-date")


def said(criterion: str, answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested(criterion, answer, on=on)


def pembro(end: str | None, intent: str | None = "adjuvant", **also: Any) -> Resource:
    """Pembrolizumab since March 2025."""
    return drug("L01FF02", intent=intent, **{"start": "2025-03-01", "end": end, **also})


def dabra(end: str | None, **also: Any) -> Resource:
    """Dabrafenib since March 2025."""
    return drug("L01EC02", intent="adjuvant", **{"start": "2025-03-01", "end": end, **also})


THREE_MONTHS = [
    adjuvant("nothing on record", NONE),
    adjuvant("ended 3 months ago to the day", met(), pembro("2026-08-25")),
    adjuvant("ended a day later", not_met(clears_on="2026-11-26"), pembro("2026-08-26")),
    adjuvant("ended last week", not_met(clears_on="2027-02-18"), pembro("2026-11-18")),
    adjuvant("ended long ago", met(), pembro("2025-09-01")),
    adjuvant(
        "30 November: 27 February is a day short",
        not_met(clears_on="2026-02-28"),
        pembro("2025-11-30"),
        on="2026-02-27",
    ),
    adjuvant("30 November: 28 February is enough", met(), pembro("2025-11-30"), on="2026-02-28"),
    adjuvant(
        "months are not 90 days",
        not_met(clears_on="2026-05-28"),
        pembro("2026-02-28"),
        on="2026-05-27",
    ),
    adjuvant("no setting, 3 months ago", met(), pembro("2026-08-25", None)),
    adjuvant("no setting, a day later", unknown("intent-not-stated"), pembro("2026-08-26", None)),
    adjuvant(
        "curative is no setting", unknown("intent-not-stated"), pembro("2026-08-26", "curative")
    ),
    adjuvant("palliative is another bullet", NONE, pembro("2026-11-18", "palliative")),
    adjuvant("neoadjuvant is another bullet", NONE, pembro("2026-11-18", "neoadjuvant")),
    adjuvant("ongoing", not_met(), pembro(None)),
    adjuvant("ongoing, of no setting", unknown("intent-not-stated"), pembro(None, None)),
    adjuvant(
        "ongoing, its end planned",
        not_met(clears_on="2027-03-10"),
        pembro("2026-12-10", status="active"),
    ),
    adjuvant("begins after the day", NONE, pembro(None, start="2026-11-26")),
    adjuvant("ended some day in August", WHEN, pembro("2026-08")),
    adjuvant("ended some day in July", met(), pembro("2026-07")),
    adjuvant("ended some day in September", not_met(clears_on="2026-12-30"), pembro("2026-09")),
    adjuvant("ended some day this month", not_met(clears_on="2027-02-25"), pembro("2026-11")),
    adjuvant("ended some day this year", WHEN, pembro("2026")),
    adjuvant("finished, nobody says when", WHEN, pembro(None, status="completed")),
    adjuvant(
        "finished, begun in October",
        not_met(clears_on="2027-02-25"),
        pembro(None, status="completed", start="2026-10-01"),
    ),
    adjuvant(
        "finished, no date at all", WHEN, drug("L01FF02", intent="adjuvant", status="completed")
    ),
    adjuvant("stopped with a date", met(), pembro("2026-08-25", status="stopped")),
    adjuvant(
        "one dose",
        not_met(clears_on="2026-11-26"),
        dose("L01FF02", on="2026-08-26", intent="adjuvant"),
    ),
    adjuvant(
        "one dose long enough ago", met(), dose("L01FF02", on="2026-08-25", intent="adjuvant")
    ),
    adjuvant(
        "each dose counts",
        not_met(clears_on="2026-12-05"),
        dose("L01FF02", on="2026-08-15", intent="adjuvant"),
        dose("L01FF02", on="2026-09-05", intent="adjuvant"),
    ),
    adjuvant(
        "an order, stopped at the latest in July",
        met(),
        order("L01FF02", start="2026-01-01", end="2026-07-01", status="stopped", intent="adjuvant"),
    ),
    adjuvant(
        "an order, stopped nobody says when",
        WHEN,
        order("L01FF02", written="2026-01-01", status="stopped", intent="adjuvant"),
    ),
    adjuvant(
        "an order, stopped at the latest in December",
        WHEN,
        order("L01FF02", start="2026-01-01", end="2026-12-31", status="stopped", intent="adjuvant"),
    ),
    adjuvant(
        "a completed order with its end",
        met(),
        order(
            "L01FF02", start="2026-01-01", end="2026-08-25", status="completed", intent="adjuvant"
        ),
    ),
    adjuvant(
        "an active order without end",
        not_met(),
        order("L01FF02", written="2026-01-01", intent="adjuvant"),
    ),
    adjuvant(
        "on hold: begun and not ended", unknown("provisional"), pembro(None, status="on-hold")
    ),
    adjuvant("in doubt, but long ago", NONE, pembro("2025-09-01", status="unknown")),
    adjuvant(
        "in doubt, and recent", unknown("provisional"), pembro("2026-11-01", status="unknown")
    ),
    adjuvant("not taken", NONE, pembro("2026-11-18", status="not-taken")),
    adjuvant("a targeted drug", NONE, dabra("2026-11-18")),
    adjuvant(
        "a procedure",
        not_met(clears_on="2027-02-18"),
        procedure("76334006", on="2026-11-18", intent="adjuvant"),
    ),
    adjuvant(
        "an encounter for immunotherapy",
        unknown("intent-not-stated", "partial-date"),
        condition("Z51.12", onset="2026-11-01"),
    ),
    adjuvant("a history of checkpoint inhibitors", WHEN, condition("Z92.26")),
    adjuvant(
        "an old and a recent course",
        not_met(clears_on="2027-02-18"),
        pembro("2025-09-01"),
        pembro("2026-11-18"),
    ),
    adjuvant(
        "two recent: the later counts",
        not_met(clears_on="2027-02-18"),
        pembro("2026-10-01"),
        pembro("2026-11-18"),
    ),
    adjuvant("one ongoing, one with an end", not_met(), pembro("2026-10-01"), pembro(None)),
    adjuvant(
        "never given, says a coordinator",
        not_applicable("attestation"),
        said(ADJUVANT, "not_applicable"),
    ),
    adjuvant("long ago, says a coordinator", not_applicable("attestation"), said(ADJUVANT)),
    adjuvant("too recent, says a coordinator", refused_by_a_person(), said(ADJUVANT, "not_met")),
    adjuvant(
        "no date, explained",
        met("attestation"),
        pembro(None, status="completed"),
        said(ADJUVANT),
    ),
    adjuvant(
        "no setting, explained as metastatic",
        not_applicable("attestation"),
        pembro("2026-09-01", None),
        said(ADJUVANT, "not_applicable"),
    ),
    adjuvant(
        "explained 29 days ago",
        unknown("attestation-expired"),
        pembro("2026-09-01", None),
        said(ADJUVANT, on="2026-10-27"),
    ),
    adjuvant(
        "too recent, whatever is said",
        not_met(clears_on="2027-02-10", conflicts=True),
        pembro("2026-11-10"),
        said(ADJUVANT),
    ),
]


@pytest.mark.parametrize("case", THREE_MONTHS, ids=str)
def test_adjuvant_washout(case: Case) -> None:
    judge(case)
