"""The whole answer: overall status, what is left to confirm, windows and words about time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Resource,
    attested,
    document,
    drug,
    ecog,
    lab,
    patient,
    procedure,
    qualitative,
)
from tests.factories.candidate import BY_ABSENCE, ready
from tests.protocols.asking import Answer, ask

HORIZON = "2027-05-24"  # 180 days after 2026-11-25
SURGERY = procedure("27842006", on="2026-11-10")  # clears on 2026-12-08
DABRAFENIB = drug("L01EC02", start="2026-01-01", end="2026-11-01", intent="adjuvant")  # 11-30
CHEMOTHERAPY = drug("L01AX04", start="2024-01-01", end="2024-05-01", intent="adjuvant")


def asked(*record: Resource, timeline: bool = False, **settings: Any) -> Answer:
    return ask(document(*record, **settings), timeline=timeline)


STATUS = [
    ("everything is met", ready(), "eligible"),
    ("a platelet count is missing", ready(platelets=None), "undetermined"),
    ("nothing is known", [], "undetermined"),
    ("an operation two weeks ago", ready(SURGERY), "not_yet"),
    ("... and something is missing", ready(SURGERY, platelets=None), "not_yet"),
    ("platelets too low: time is no cure", ready(platelets=lab("platelets", "80")), "ineligible"),
    (
        "platelets too low, and an operation",
        ready(SURGERY, platelets=lab("platelets", "80")),
        "ineligible",
    ),
    ("chemotherapy in 2024", ready(CHEMOTHERAPY), "ineligible"),
    ("seventeen years old", ready(patient=patient(born="2008-12-01")), "not_yet"),
    (
        "an answer of not met",
        ready(life_expectancy_12_weeks=attested("life-expectancy-12-weeks", "not_met")),
        "ineligible",
    ),
    ("prednisone without end", ready(drug("H02AB07", start="2026-10-01")), "ineligible"),
    (
        "prednisone until 5 December",
        ready(drug("H02AB07", start="2026-10-01", end="2026-12-05", status="active")),
        "not_yet",
    ),
]


@pytest.mark.parametrize(
    ("sentence", "record", "status"), STATUS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_overall_status(sentence: str, record: list[Resource], status: str) -> None:
    assert asked(*record).status == status


def test_all_forty_criteria_are_answered_once() -> None:
    answer = asked()
    ids = [one["id"] for one in answer.tree["criteria"]]
    assert len(ids) == len(set(ids)) == 40
    assert ids[0] == "age-18"
    assert ids[-1] == "topical-steroids-allowed"


def test_the_ready_candidate_is_met_everywhere() -> None:
    assert asked(*ready()).ids("not_met", "unknown") == []


def test_what_rests_on_absence_is_left_to_confirm() -> None:
    assert asked(*ready()).tree["to_confirm"] == list(BY_ABSENCE)


def test_what_is_confirmed_is_not_asked_again() -> None:
    answer = asked(*ready(attested("no-brain-metastases"), attested("no-thalassemia")))
    left = [one for one in BY_ABSENCE if one not in ("no-brain-metastases", "no-thalassemia")]
    assert answer.tree["to_confirm"] == left


def test_what_rests_on_absence_is_told_whatever_the_status() -> None:
    assert "no-thalassemia" in asked(*ready(CHEMOTHERAPY)).tree["to_confirm"]


def test_an_expired_confirmation_is_asked_again() -> None:
    answer = asked(*ready(attested("no-thalassemia", on="2026-10-27")))
    assert "no-thalassemia" in answer.tree["to_confirm"]


EARLIEST = [
    ("one ground", ready(SURGERY), "2026-12-08"),
    ("two grounds: the later", ready(SURGERY, DABRAFENIB), "2026-12-08"),
    ("two criteria of one drug", ready(DABRAFENIB), "2026-11-30"),
    ("a birthday beyond the horizon", ready(patient=patient(born="2010-03-02")), "2028-03-02"),
    (
        "a planned course is in the way on that day",
        ready(SURGERY, drug("H02AB07", start="2026-10-01", end="2026-12-20", status="active")),
        "2026-12-21",
    ),
    (
        "a course that begins before that day and has no end",
        ready(SURGERY, drug("H02AB07", start="2026-12-05", status="active")),
        None,
    ),
    ("eligible already", ready(), None),
    ("undetermined", ready(platelets=None), None),
    ("never", ready(SURGERY, CHEMOTHERAPY), None),
]


@pytest.mark.parametrize(
    ("sentence", "record", "day"), EARLIEST, ids=lambda v: v if isinstance(v, str) else ""
)
def test_earliest_date(sentence: str, record: list[Resource], day: str | None) -> None:
    assert asked(*record).tree["earliest_date"] == day


def windows(answer: Answer, name: str = "windows") -> list[tuple[str, str]]:
    return [(one["from"], one["to"]) for one in answer.tree[name]]


def test_the_eligible_window_ends_with_what_lapses_first() -> None:
    assert windows(asked(*ready())) == [("2026-11-25", "2026-11-27")]


def test_nothing_is_eligible_while_something_is_unknown() -> None:
    assert windows(asked(*ready(platelets=None))) == []


def test_a_window_begins_when_the_operation_is_old_enough() -> None:
    old = procedure("27842006", on="2026-10-29")
    assert windows(asked(*ready(old))) == [("2026-11-26", "2026-11-27")]


def test_a_man_is_limited_by_his_blood_counts() -> None:
    man = ready(patient=patient(gender="male"), pregnancy_test=None, not_pregnant_or_nursing=None)
    assert windows(asked(*man)) == [("2026-11-25", "2026-12-02")]


def test_possible_windows_reach_over_what_can_be_repeated() -> None:
    assert windows(asked(*ready()), "possible_windows") == [("2026-11-25", HORIZON)]


def test_possible_windows_begin_when_nothing_fails_any_more() -> None:
    assert windows(asked(*ready(SURGERY)), "possible_windows") == [("2026-12-08", HORIZON)]


def test_what_was_never_known_cannot_be_repeated() -> None:
    assert windows(asked(*ready(platelets=None)), "possible_windows") == []


def test_a_failed_count_leaves_a_possible_window_once_it_has_lapsed() -> None:
    failed = ready(platelets=lab("platelets", "80"))
    assert windows(asked(*failed), "possible_windows") == [("2026-12-03", HORIZON)]


def test_a_possible_window_says_what_to_repeat() -> None:
    (window,) = asked(*ready(SURGERY)).tree["possible_windows"]
    repeated = {one["criterion"] for one in window["repeat"]}
    assert {
        "platelets",
        "granulocytes",
        "ast-alt",
        "ecog-0-2",
        "pregnancy-test-negative",
    } <= repeated
    assert {"measurable-disease", "nonbulky-disease", "creatinine", "bilirubin-normal"} <= repeated
    assert {"not-pregnant-or-nursing", "life-expectancy-12-weeks"} <= repeated
    assert not repeated & {"age-18", "within-2-hour-drive", "major-surgery-washout"}
    not_before = {one["criterion"]: one["not_before"] for one in window["repeat"]}
    assert not_before["pregnancy-test-negative"] == "2026-12-01"  # 7 days before 2026-12-08
    assert not_before["platelets"] == "2026-11-25"  # 14 days before would be past already


def test_an_ecog_of_nought_is_a_value() -> None:
    assert (
        asked(*ready(ecog=ecog("0"), pregnancy_test=qualitative("urine hcg", "neg"))).status
        == "eligible"
    )
