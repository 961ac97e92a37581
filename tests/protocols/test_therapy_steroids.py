"""PRIOR CONCURRENT THERAPY, bullet 7 and its sub-bullet: corticosteroids on the day.

The route of the record decides; without one, the product. Systemic fails, topical is allowed, and
what can be either is a question. The last day of a course still counts.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Resource, attested, condition, dose, drug, order
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

systemic = about("no-systemic-corticosteroids")
topical = about("topical-steroids-allowed")

SYSTEMIC = codes(
    "H02AB07 H02AB02 H02AB04 H02BX01 8640 4452 1303125 1303132 1303135 197577 197579 197580"
    " 197969 197971 197973"
)
TOPICAL = codes(
    "D07AC01 D07XC01 S01BA01 S01BB01 S01CA01 S01CB01 S02BA01 S02CA01 S03BA01 S03CA01 R01AD05"
    " R03BA02 A01AC01 1085728"
)
EITHER = codes("A07EA06 C05AA01 3264 6902 8638 5492 1514 10759 1244214")
NEITHER = codes("R03AK06 H01BA02 G03CA03 L01FF02 R01AC02")
BY_MOUTH = ("oral", "intravenous", "intramuscular", "subcutaneous")
ON_THE_SPOT = codes("topical cutaneous ophthalmic otic nasal inhaled vaginal dental")
UNLISTED = ("rectal", "intra-articular", "transdermal", "epidural", "by mouth, in words only")

ABSENT = met("absence")
ROUTE = unknown("route-not-stated")
NO_CREAM = not_applicable("absence")


def pred(end: str | None = None, **also: Any) -> Resource:
    """Prednisone by mouth since October."""
    return drug("H02AB07", **{"route": "oral", "start": "2026-10-01", "end": end, **also})


def dexa(route: str | None = None, **also: Any) -> Resource:
    """Dexamethasone, which exists for every route."""
    return drug("3264", route=route, **{"start": "2026-10-01", **also})


def cream(**also: Any) -> Resource:
    return drug("D07AC01", **{"start": "2026-10-01", **also})


def said(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("no-systemic-corticosteroids", answer, on=on)


ROUTES = [
    systemic("nothing on record", ABSENT),
    systemic("prednisone by mouth", not_met(), pred()),
    *(
        systemic(f"{code} without route is systemic", not_met(), drug(code, start="2026-10-01"))
        for code in SYSTEMIC
    ),
    *(
        systemic(f"{code} without route is topical", ABSENT, drug(code, start="2026-10-01"))
        for code in TOPICAL
    ),
    *(
        systemic(f"{code} without route may be either", ROUTE, drug(code, start="2026-10-01"))
        for code in EITHER
    ),
    *(
        systemic(f"{code} is no corticosteroid we know", ABSENT, drug(code, start="2026-10-01"))
        for code in NEITHER
    ),
    *(systemic(f"dexamethasone, {route}", not_met(), dexa(route)) for route in BY_MOUTH),
    *(systemic(f"dexamethasone, {route}", ABSENT, dexa(route)) for route in ON_THE_SPOT),
    *(systemic(f"dexamethasone, {route}", ROUTE, dexa(route)) for route in UNLISTED),
    systemic("the route governs over a topical product", not_met(), cream(route="oral")),
    systemic("the route governs over a systemic product", ABSENT, pred(route="ophthalmic")),
    systemic("an unlisted route leaves a systemic product open", ROUTE, pred(route="rectal")),
    systemic("an unlisted route leaves a topical product open", ROUTE, cream(route="transdermal")),
    systemic(
        "a dose by its route",
        not_met(clears_on="2026-11-26"),
        dose("3264", on="2026-11-25", route="intravenous"),
    ),
    systemic("an order by its route", not_met(), order("3264", written="2026-10-01", route="oral")),
    systemic("an order without route", ROUTE, order("3264", written="2026-10-01")),
    systemic("a cream beside tablets", not_met(), cream(), pred()),
    systemic("a cream beside an unknown", ROUTE, cream(), dexa()),
    systemic("tablets beside an unknown", not_met(), pred(), dexa()),
]

DAYS = [
    systemic(
        "until the day: the last day counts", not_met(clears_on="2026-11-26"), pred("2026-11-25")
    ),
    systemic("until the day before", ABSENT, pred("2026-11-24")),
    systemic(
        "until 5 December", not_met(clears_on="2026-12-06"), pred("2026-12-05", status="active")
    ),
    systemic("from the day on", not_met(), pred(start="2026-11-25")),
    systemic("from the next day on", ABSENT, pred(start="2026-11-26")),
    systemic("since some day this month", not_met(), pred(start="2026-11")),
    systemic("since nobody knows when", not_met(), drug("H02AB07")),
    systemic("ended some day this month", unknown("partial-date"), pred("2026-11")),
    systemic("ended some day in October", ABSENT, pred("2026-10")),
    systemic(
        "planned until some day this month",
        unknown("partial-date"),
        pred("2026-11", status="active"),
    ),
    systemic(
        "planned until some day in December",
        not_met(clears_on="2027-01-01"),
        pred("2026-12", status="active"),
    ),
    systemic("finished, nobody says when", ABSENT, pred(status="completed")),
    systemic("stopped, nobody says when", ABSENT, pred(status="stopped")),
    systemic("a stopped order", ABSENT, order("H02AB07", written="2026-10-01", status="stopped")),
    systemic(
        "a completed order without end",
        ABSENT,
        order("H02AB07", written="2026-10-01", status="completed"),
    ),
    systemic(
        "an order with its planned end",
        not_met(clears_on="2026-12-06"),
        order("H02AB07", start="2026-10-01", end="2026-12-05"),
    ),
    systemic("one dose yesterday", ABSENT, dose("H02AB07", on="2026-11-24")),
    systemic("on hold", unknown("provisional"), pred(status="on-hold")),
    systemic("nobody knows whether", unknown("provisional"), pred(status="unknown")),
    systemic("nobody knows whether, and over", ABSENT, pred("2026-11-24", status="unknown")),
    *(
        systemic(f"one that is {status}", ABSENT, pred(status=status))
        for status in ("not-taken", "intended", "entered-in-error")
    ),
    systemic(
        "two courses, the later end counts",
        not_met(clears_on="2026-12-10"),
        pred("2026-12-05", status="active"),
        pred("2026-12-09", status="active"),
    ),
    systemic(
        "two courses, one without end", not_met(), pred("2026-12-05", status="active"), pred()
    ),
    systemic("long-term use", unknown("provisional"), condition("Z79.52")),
    systemic(
        "long-term use, once", ABSENT, condition("Z79.52", status="resolved", abated="2020-01-01")
    ),
    systemic("long-term use, ended by date", ABSENT, condition("Z79.52", abated="2026-11-01")),
]

ANSWERED = [
    systemic("none, says a coordinator", met("attestation"), said()),
    systemic("said 29 days ago: as if never", ABSENT, said(on="2026-10-27")),
    systemic("an unknown route, explained", met("attestation"), dexa(), said()),
    systemic(
        "an unknown route, begun after the answer",
        unknown("newer-than-statement"),
        dexa(start="2026-11-21"),
        said(),
    ),
    systemic(
        "an unknown route, explained 29 days ago",
        unknown("attestation-expired"),
        dexa(),
        said(on="2026-10-27"),
    ),
    systemic("prednisone, whatever is said", not_met(conflicts=True), pred(), said()),
    systemic("takes some, says the patient", refused_by_a_person(), said("not_met")),
    systemic("not applicable is no answer", ROUTE, dexa(), said("not_applicable")),
]

ALLOWED = [
    topical("nothing on record", NO_CREAM),
    topical("a cream", met(), cream()),
    *(topical(f"{code} is topical", met(), drug(code, start="2026-10-01")) for code in TOPICAL),
    *(topical(f"dexamethasone, {route}", met(), dexa(route)) for route in ON_THE_SPOT),
    *(
        topical(f"dexamethasone, {route}", NO_CREAM, dexa(route))
        for route in (*BY_MOUTH, *UNLISTED)
    ),
    topical("dexamethasone without route", NO_CREAM, dexa()),
    topical("tablets", NO_CREAM, pred()),
    topical("tablets, written as a drop in the eye", met(), pred(route="ophthalmic")),
    topical("a cream until the day", met(), cream(end="2026-11-25")),
    topical("a cream until the day before", NO_CREAM, cream(end="2026-11-24")),
    topical("a cream from tomorrow on", NO_CREAM, cream(start="2026-11-26")),
    topical("a cream that is not taken", NO_CREAM, cream(status="not-taken")),
    topical("a cream on hold", NO_CREAM, cream(status="on-hold")),
    topical("a cream and tablets", met(), cream(), pred()),
]


@pytest.mark.parametrize("case", [*ROUTES, *DAYS, *ANSWERED, *ALLOWED], ids=str)
def test_steroids(case: Case) -> None:
    judge(case)
