"""Eligibility over time: for every criterion, the days of each verdict up to the horizon."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.factories import (
    Resource,
    attested,
    condition,
    document,
    drug,
    ecog,
    lab,
    lesion,
    participation,
    patient,
    procedure,
    qualitative,
)
from tests.factories.candidate import STATEMENTS, ready
from tests.protocols.asking import Answer, ask

TODAY, HORIZON = "2026-11-25", "2027-05-24"
SURGERY = procedure("27842006", on="2026-11-10")  # clears on 2026-12-08
DABRAFENIB = drug("L01EC02", start="2026-01-01", end="2026-11-01", intent="adjuvant")  # 11-30


def asked(*record: Resource, timeline: bool = True, **settings: Any) -> Answer:
    return ask(document(*record, **settings), timeline=timeline)


def days(finding: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    return [(p["from"], p["to"], p["verdict"], p["basis"]) for p in finding["timeline"]]


def test_timeline_of_a_count_that_lapses() -> None:
    assert days(asked(*ready(), timeline=True)["platelets"]) == [
        ("2026-11-25", "2026-12-02", "met", "evidence"),
        ("2026-12-03", HORIZON, "unknown", None),
    ]


def test_timeline_of_an_operation_that_becomes_old_enough() -> None:
    assert days(asked(*ready(SURGERY), timeline=True)["major-surgery-washout"]) == [
        ("2026-11-25", "2026-12-07", "not_met", "evidence"),
        ("2026-12-08", HORIZON, "met", "evidence"),
    ]


def test_timeline_of_radiotherapy_until_recovery_is_stated() -> None:
    beam = procedure("1287742003", on="2026-11-10")
    assert days(asked(beam, timeline=True)["radiotherapy-washout"]) == [
        ("2026-11-25", "2026-12-07", "not_met", "evidence"),
        ("2026-12-08", HORIZON, "unknown", None),
    ]


def test_timeline_of_a_planned_course() -> None:
    planned = drug("H02AB07", start="2026-10-01", end="2026-12-05", status="active")
    assert days(asked(planned, timeline=True)["no-systemic-corticosteroids"]) == [
        ("2026-11-25", "2026-12-05", "not_met", "evidence"),
        ("2026-12-06", HORIZON, "met", "absence"),
    ]


def test_timeline_of_a_confirmation_that_expires() -> None:
    said = attested("no-brain-metastases")
    assert days(asked(said, timeline=True)["no-brain-metastases"]) == [
        ("2026-11-25", "2026-12-18", "met", "attestation"),
        ("2026-12-19", HORIZON, "met", "absence"),
    ]


def test_timeline_of_an_eighteenth_birthday() -> None:
    young = patient(born="2008-12-01")
    assert days(asked(young, timeline=True)["age-18"]) == [
        ("2026-11-25", "2026-11-30", "not_met", "evidence"),
        ("2026-12-01", HORIZON, "met", "evidence"),
    ]


def test_timeline_of_a_look_back_that_lapses() -> None:
    cured = condition("C83.30", status="resolved", abated="2021-12-24")
    assert days(asked(cured, timeline=True)["no-other-malignancy-5y"]) == [
        ("2026-11-25", "2026-12-23", "not_met", "evidence"),
        ("2026-12-24", HORIZON, "met", "evidence"),
    ]


def test_timeline_of_what_is_known_for_later() -> None:
    later = lab("platelets", "231", on="2026-11-30")
    answer = asked(later, timeline=True, received_on="2026-12-01")
    assert days(answer["platelets"])[:2] == [
        ("2026-11-25", "2026-11-29", "unknown", None),
        ("2026-11-30", "2026-12-14", "met", "evidence"),
    ]


def test_timelines_are_whole_and_without_gaps() -> None:
    for finding in asked(*ready(SURGERY, DABRAFENIB), timeline=True).tree["criteria"]:
        spans = [(p["from"], p["to"]) for p in finding["timeline"]]
        assert spans[0][0] == "2026-11-25", finding["id"]
        assert spans[-1][1] == HORIZON, finding["id"]
        for (_from, end), (start, _to) in pairwise(spans):
            assert date.fromisoformat(start) == date.fromisoformat(end) + timedelta(days=1)
        assert all(piece["because"].strip() for piece in finding["timeline"][1:]), finding["id"]


def test_the_timeline_agrees_with_asking_on_its_days() -> None:
    record = ready(SURGERY, DABRAFENIB)
    whole = asked(*record, timeline=True)
    for name in ("platelets", "major-surgery-washout", "pregnancy-test-negative", *STATEMENTS[:4]):
        for piece in whole[name]["timeline"]:
            for day in (piece["from"], piece["to"]):
                that_day = asked(*record, on=day, received_on="2026-11-25")[name]
                assert (that_day["verdict"], that_day["basis"]) == (
                    piece["verdict"],
                    piece["basis"],
                )


def test_a_planned_course_closes_the_window_when_it_begins() -> None:
    planned = drug("L01AX04", start="2026-11-27", status="active", intent="palliative")
    answer = asked(*ready(planned))
    assert answer.tree["windows"] == [{"from": "2026-11-25", "to": "2026-11-26"}]
    assert days(answer["no-prior-chemotherapy"]) == [
        ("2026-11-25", "2026-11-26", "met", "absence"),
        ("2026-11-27", HORIZON, "not_met", "evidence"),
    ]


NOT_MET, UNKNOWN, MET = ("not_met", "evidence"), ("unknown", None), ("met", "evidence")
ABSENT = ("met", "absence")
PIECES: list[tuple[str, str, Resource, list[tuple[str, tuple[str, str | None]]]]] = [
    (
        "a study that ends, is judged, and is past",
        "investigational-anticancer-washout",
        participation(end="2026-12-01"),
        [("2026-12-01", NOT_MET), ("2026-12-29", UNKNOWN), (HORIZON, MET)],
    ),
    (
        "a drug that ends",
        "investigational-anticancer-washout",
        drug("L01EC02", start="2026-01-01", end="2026-12-01", status="active"),
        [("2026-12-29", NOT_MET), (HORIZON, MET)],
    ),
    (
        "adjuvant immunotherapy that ends",
        "adjuvant-immunotherapy-washout",
        drug("L01FF02", start="2026-01-01", end="2026-11-30", status="active", intent="adjuvant"),
        [("2027-02-27", NOT_MET), (HORIZON, MET)],
    ),
    (
        "adjuvant immunotherapy that ended some day in October",
        "adjuvant-immunotherapy-washout",
        drug("L01FF02", start="2026-01-01", end="2026-10", intent="adjuvant"),
        [("2026-12-31", NOT_MET), ("2027-01-30", UNKNOWN), (HORIZON, MET)],
    ),
    (
        "an infection with its end to come",
        "no-active-infection",
        condition("J18.9", abated="2026-12-05"),
        [("2026-12-04", NOT_MET), (HORIZON, UNKNOWN)],
    ),
    (
        "a metastasis that was known from a later day on",
        "no-brain-metastases",
        condition("C79.31", onset="2026-12-01"),
        [("2026-11-30", ABSENT), (HORIZON, NOT_MET)],
    ),
    (
        "a solid tumour whose five years lapse",
        "no-other-malignancy-5y",
        condition("C50.911", status="resolved", abated="2022-01-15"),
        [("2027-01-14", UNKNOWN), (HORIZON, MET)],
    ),
    (
        "a tumour that will end: active, then to be judged",
        "no-other-malignancy-5y",
        condition("C50.911", abated="2026-12-05"),
        [("2026-12-04", NOT_MET), (HORIZON, UNKNOWN)],
    ),
    (
        "a lesion that grows too old",
        "measurable-disease",
        lesion("24"),
        [("2026-12-08", MET), (HORIZON, UNKNOWN)],
    ),
    (
        "a lesion too large, and then too old",
        "nonbulky-disease",
        lesion("60"),
        [("2026-12-08", NOT_MET), (HORIZON, UNKNOWN)],
    ),
    (
        "an ECOG score that grows too old",
        "ecog-0-2",
        ecog("3"),
        [("2026-12-16", NOT_MET), (HORIZON, UNKNOWN)],
    ),
    (
        "a pregnancy test that grows too old",
        "pregnancy-test-negative",
        qualitative("urine hcg", "negative"),
        [("2026-11-27", MET), (HORIZON, UNKNOWN)],
    ),
    (
        "an excision that stops mattering",
        "major-surgery-washout",
        procedure("65801008", on="2026-11-10"),
        [("2026-12-07", UNKNOWN), (HORIZON, ("not_applicable", "absence"))],
    ),
    (
        "a cream that is used until Christmas",
        "topical-steroids-allowed",
        drug("D07AC01", start="2026-10-01", end="2026-12-25", status="active"),
        [("2026-12-25", MET), (HORIZON, ("not_applicable", "absence"))],
    ),
    (
        "a statement that expires",
        "life-expectancy-12-weeks",
        attested("life-expectancy-12-weeks"),
        [("2026-12-18", ("met", "attestation")), (HORIZON, UNKNOWN)],
    ),
]


@pytest.mark.parametrize(
    ("sentence", "criterion", "record", "pieces"), PIECES, ids=[one[0] for one in PIECES]
)
def test_the_days_of_each_verdict(
    sentence: str,
    criterion: str,
    record: Resource,
    pieces: list[tuple[str, tuple[str, str | None]]],
) -> None:
    told = [(p["to"], (p["verdict"], p["basis"])) for p in asked(record)[criterion]["timeline"]]
    assert told == pieces, sentence
