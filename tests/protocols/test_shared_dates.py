"""Dates that every criterion treats alike: zones, partial dates, receipt, and what is planned."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Resource,
    condition,
    drug,
    lab,
    lesion,
    order,
    participation,
    patient,
    procedure,
    qualitative,
)
from tests.protocols.verdicts import (
    Case,
    about,
    judge,
    met,
    not_met,
    unknown,
)

adjuvant = about("adjuvant-immunotherapy-washout")
anticancer = about("investigational-anticancer-washout")
steroids = about("no-systemic-corticosteroids")
radiotherapy = about("radiotherapy-washout")
surgery = about("major-surgery-washout")
infection = about("no-active-infection")
brain = about("no-brain-metastases")
measurable = about("measurable-disease")
platelets = about("platelets")
granulocytes = about("granulocytes")
proof = about("pregnancy-test-negative")
expecting = about("not-pregnant-or-nursing")
malignancy = about("no-other-malignancy-5y")
virus = about("no-hiv-hbv-hcv")

MAN = patient(gender="male")
ABSENT = met("absence")
LATER = {"received_on": "2026-12-31"}


def pembro(**also: Any) -> Resource:
    return drug("L01FF02", intent="adjuvant", **also)


ZONES = [
    adjuvant(
        "02:00 UTC is the evening before",
        met(),
        pembro(start="2026-01-01", end="2026-08-26T02:00:00Z"),
    ),
    adjuvant(
        "05:00 UTC is that day",
        not_met(clears_on="2026-11-26"),
        pembro(start="2026-01-01", end="2026-08-26T05:00:00Z"),
    ),
    adjuvant(
        "05:00 UTC in Vancouver is the evening before",
        met(),
        pembro(start="2026-01-01", end="2026-08-26T05:00:00Z"),
        time_zone="America/Vancouver",
    ),
    infection(
        "ends at 03:00 UTC of the next day",
        unknown("needs-statement"),
        condition("J18.9", abated="2026-11-26T03:00:00Z"),
    ),
    infection(
        "ends at 06:00 UTC of the next day",
        not_met(clears_on="2026-11-26"),
        condition("J18.9", abated="2026-11-26T06:00:00Z"),
    ),
    brain(
        "begins at 03:00 UTC of the next day",
        not_met("none"),
        condition("C79.31", onset="2026-11-26T03:00:00Z"),
    ),
    brain(
        "begins at 06:00 UTC of the next day",
        ABSENT,
        condition("C79.31", onset="2026-11-26T06:00:00Z"),
    ),
    platelets(
        "an offset of its own",
        unknown("too-old"),
        lab("platelets", "231", on="2026-11-11T08:00:00+09:30"),
    ),
    platelets(
        "the hour that summer time takes back",
        met(),
        lab("platelets", "231", on="2026-11-01T05:30:00Z"),
        on="2026-11-15",
    ),
    platelets(
        "... and the hour before midnight",
        unknown("too-old"),
        lab("platelets", "231", on="2026-11-01T03:30:00Z"),
        on="2026-11-15",
    ),
]

PARTIAL = [
    infection(
        "begun some day this month, received in December",
        unknown(),
        condition("J18.9", onset="2026-11"),
        **LATER,
    ),
    infection(
        "ended some day this month, received in December",
        unknown(),
        condition("J18.9", abated="2026-11"),
        **LATER,
    ),
    infection(
        "ended some day in October, received in December",
        unknown("needs-statement"),
        condition("J18.9", abated="2026-10"),
        **LATER,
    ),
    adjuvant(
        "finished, received in December, begun in January",
        unknown("partial-date"),
        pembro(start="2026-01-01", status="completed"),
        **LATER,
    ),
    adjuvant(
        "ended some day this month, received in December",
        not_met(clears_on="2027-02-28"),
        pembro(start="2026-01-01", end="2026-11"),
        **LATER,
    ),
    surgery(
        "some day this month, received in December",
        unknown("partial-date"),
        procedure("27842006", on="2026-11"),
        **LATER,
    ),
    radiotherapy(
        "under way until some day in December",
        not_met(clears_on="2027-01-28"),
        procedure("1287742003", start="2026-11-20", end="2026-12", status="in-progress"),
    ),
    anticancer(
        "a study until some day in December",
        not_met(clears_on="2027-01-29"),
        participation(end="2026-12"),
    ),
    anticancer(
        "a drug until some day in December",
        not_met(clears_on="2027-01-29"),
        drug("L01EC02", start="2026-01-01", end="2026-12", status="active"),
    ),
    proof(
        "negative some day this month, asked on the 7th",
        met(),
        qualitative("urine hcg", "negative", on="2026-11"),
        on="2026-11-07",
        received_on="2026-11-07",
    ),
    measurable(
        "two days that may be one",
        unknown(),
        lesion("24", by="x-ray", on="2026-11"),
        lesion("15", by="x-ray", on="2026-11-20"),
    ),
    measurable(
        "one lesion, measured twice on one day",
        unknown("conflicting"),
        lesion("24", by="x-ray", focus="a"),
        lesion("15", by="x-ray", focus="a"),
    ),
]

AHEAD = [
    surgery(
        "some day this month, asked for 23 December",
        met(),
        procedure("27842006", on="2026-11"),
        on="2026-12-23",
        received_on="2026-11-25",
    ),
    surgery(
        "... and for the day before",
        unknown("partial-date"),
        procedure("27842006", on="2026-11"),
        on="2026-12-22",
        received_on="2026-11-25",
    ),
    surgery(
        "... and for the last day that fails for certain",
        not_met(clears_on="2026-12-23"),
        procedure("27842006", on="2026-11"),
        on="2026-11-28",
        received_on="2026-11-25",
    ),
    adjuvant(
        "finished by the day of receipt, three months on",
        met(),
        pembro(start="2026-01-01", status="completed"),
        on="2027-02-25",
        received_on="2026-11-25",
    ),
    adjuvant(
        "... and a day earlier",
        unknown("partial-date"),
        pembro(start="2026-01-01", status="completed"),
        on="2027-02-24",
        received_on="2026-11-25",
    ),
    anticancer(
        "finished by the day of receipt, 29 days on",
        met(),
        drug("L01EC02", start="2026-01-01", status="completed"),
        on="2026-12-24",
        received_on="2026-11-25",
    ),
    anticancer(
        "... and a day earlier",
        unknown("partial-date"),
        drug("L01EC02", start="2026-01-01", status="completed"),
        on="2026-12-23",
        received_on="2026-11-25",
    ),
    malignancy(
        "resolved by the day of receipt, five years on",
        met(),
        condition("C83.30", onset="2010-01-01", status="resolved"),
        on="2031-11-25",
        received_on="2026-11-25",
    ),
    malignancy(
        "... and a day earlier",
        unknown("partial-date"),
        condition("C83.30", onset="2010-01-01", status="resolved"),
        on="2031-11-24",
        received_on="2026-11-25",
    ),
    brain(
        "one version confirmed, the last one refuted",
        ABSENT,
        condition("C79.31", id="x", meta={"lastUpdated": "2026-11-01T00:00:00Z"}),
        condition(
            "C79.31", id="x", verification="refuted", meta={"lastUpdated": "2026-11-02T00:00:00Z"}
        ),
    ),
    brain(
        "one version refuted, the last one confirmed",
        not_met("none"),
        condition("C79.31", id="x", meta={"lastUpdated": "2026-11-02T00:00:00Z"}),
        condition(
            "C79.31", id="x", verification="refuted", meta={"lastUpdated": "2026-11-01T00:00:00Z"}
        ),
    ),
]

ONGOING = [
    adjuvant("ongoing, nobody says since when", not_met(), pembro(status="active")),
    anticancer("ongoing, nobody says since when", not_met(), drug("L01EC02", status="active")),
    steroids(
        "called completed, with an end to come",
        not_met(clears_on="2026-12-06"),
        drug("H02AB07", start="2026-10-01", end="2026-12-05"),
    ),
    steroids(
        "an order of next week", ABSENT, order("H02AB07", written="2026-11-20", start="2026-12-01")
    ),
    steroids(
        "an order without bounds runs from its writing",
        not_met(),
        order("H02AB07", written="2026-11-20"),
    ),
    anticancer(
        "an order of next week", ABSENT, order("L01EC02", written="2026-11-20", start="2026-12-01")
    ),
]


@pytest.mark.parametrize("case", [*ZONES, *PARTIAL, *AHEAD, *ONGOING], ids=str)
def test_shared_dates(case: Case) -> None:
    judge(case)
