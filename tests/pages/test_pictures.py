"""The pictures of a patient's history, as numbers and words."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest
from django.template.loader import render_to_string

from eligibility import demonstration
from eligibility.presenters import history
from eligibility.presenters.axes import Days
from eligibility.presenters.pictures import BOTTOM, TOP, Picture
from eligibility.protocols import get
from eligibility.requests import read_request
from eligibility.rules.record import Record
from patients.intake import strict_json
from patients.intake.fhir import read_bundle

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")


class Examined(NamedTuple):
    record: Record
    answer: dict[str, Any]


def drawn(key: str, *, on: date = ON) -> history.History:
    raw = demonstration.to_json(demonstration.document(key, on=ON)).encode()
    asked = read_request(strict_json.parse(raw), on=None, today=lambda _: ON, protocol=PROTOCOL)
    facts = read_bundle(asked.bundle, received_on=ON, zone=asked.zone).facts
    record = Record(facts, asked.attestations, asked.ranges)
    found = history.present(
        Examined(record, {"policy": PROTOCOL.policy.values()}), protocol=PROTOCOL, on=on
    )
    assert found is not None
    return found


def of(found: history.History, criterion: str) -> Picture:
    return next(one for one in found.analytes if one.anchor == criterion)


def test_every_comparison_that_has_a_result_is_drawn() -> None:
    found = drawn("meets-everything")
    assert [one.anchor for one in found.analytes] == [
        "ecog-0-2",
        "granulocytes",
        "platelets",
        "bilirubin-normal",
        "creatinine",
        "ast-alt",
        "ast-alt",
    ]
    assert of(found, "creatinine").limit == "≤ 1.5 × ULN"


def test_a_score_of_zero_is_drawn_at_the_bottom_and_is_within() -> None:
    point = of(drawn("meets-everything"), "ecog-0-2").points[-1]
    assert (point.y, point.shape, point.value) == (BOTTOM, "within", "0")


def test_outside_has_another_shape_and_lies_on_the_other_side_of_the_limit() -> None:
    picture = of(drawn("creatinine-high"), "creatinine")
    point = picture.points[-1]
    assert point.shape == "outside"
    assert picture.limit_y is not None
    assert TOP <= point.y < picture.limit_y
    assert "outside the limit" in picture.description


def test_what_cannot_be_compared_is_drawn_as_unused() -> None:
    assert {
        point.shape for point in of(drawn("creatinine-two-kinds-of-unit"), "creatinine").points
    } <= {"within", "outside", "unused"}


def test_treatments_carry_their_washouts() -> None:
    found = drawn("wash-out-then-repeat").treatments
    assert found is not None
    first = found.lines[0]
    assert [bar.kind for bar in first.bars] == ["given", "washout"]
    assert "until" in found.table[0].washouts[0]


@pytest.mark.parametrize("invented", demonstration.catalogue(), ids=lambda one: one.key)
def test_every_invented_patient_can_be_drawn(invented: demonstration.Invented) -> None:
    raw = demonstration.to_json(demonstration.document(invented.key, on=ON)).encode()
    asked = read_request(strict_json.parse(raw), on=None, today=lambda _: ON, protocol=PROTOCOL)
    facts = read_bundle(asked.bundle, received_on=ON, zone=asked.zone).facts
    record = Record(facts, asked.attestations, asked.ranges)
    found = history.present(
        Examined(record, {"policy": PROTOCOL.policy.values()}), protocol=PROTOCOL, on=ON
    )
    page = render_to_string("pictures/history.html", {"pictures": found})
    assert "style=" not in page
    for one in found.analytes if found else ():
        assert all(TOP <= point.y <= BOTTOM for point in one.points)


def test_days_stay_within_the_picture() -> None:
    days = Days(date(2026, 1, 1), date(2026, 1, 10))
    assert days.x(date(2025, 1, 1)) == "0.00%"
    assert days.width(date(2025, 1, 1), date(2027, 1, 1)) == "100.00%"
    assert days.width(date(2026, 1, 2), date(2026, 1, 2)) == "10.00%"
