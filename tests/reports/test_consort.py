"""The flow as a picture: nothing overlaps, nothing leaves its box, and every number of it is in the table."""

from __future__ import annotations

from itertools import combinations

import pytest

from eligibility.presenters import consort, log, people, tallies
from eligibility.protocols import get
from eligibility.reports.figures import Accrual, Flow, Place, Reason

PROTOCOL = get("NCT00514085")
NAMED = log.titles(PROTOCOL)
EVERY = tuple(NAMED)


def flow(criteria: tuple[str, ...] = EVERY, parts: tuple[str, ...] = ("A", "B")) -> Flow:
    return Flow(
        patients=1_000_003,
        episodes=1_000_005,
        screened_again=2,
        never_started=7,
        closed={"ineligible": 1_000_000, "declined": 1, "withdrawn": 0, "lost": 0, "deceased": 0},
        reasons={("ineligible", "failed-criteria"): 1_000_000, ("declined", "distance"): 1},
        failed={one: 900_000 - place for place, one in enumerate(criteria)},
        failed_only=dict.fromkeys(criteria, 12_345),
        open={"candidate": 1, "in_screening": 0, "confirmed": 0, "signed": 0},
        registered=1,
        parts=dict.fromkeys(parts, 1),
    )


@pytest.mark.parametrize("criteria", [(), EVERY[:1], EVERY, ("gone-from-the-protocol",)])
@pytest.mark.parametrize("parts", [(), ("A",), ("A", "B"), ("A", "B", "C")])
def test_nothing_overlaps(criteria: tuple[str, ...], parts: tuple[str, ...]) -> None:
    drawn = consort.drawing(flow(criteria, parts), NAMED)
    for one, other in combinations(drawn.boxes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        below = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert beside or below
    for box in drawn.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawn.width
        assert box.y + box.height <= drawn.height
        assert all(box.y < line.y < box.y + box.height for line in box.lines)


def test_a_line_fits_its_box_by_its_letters() -> None:
    """Seven units a letter of 13 units of height is more than the widest of our fonts takes."""
    for box in consort.drawing(flow(), NAMED).boxes:
        for line in box.lines:
            assert len(line.text) * 6.6 + line.indent <= box.width


def test_the_table_has_what_the_picture_cuts() -> None:
    items = consort.items(flow(), NAMED)
    assert {item.label for item in items} >= {str(title) for title in NAMED.values()}
    assert next(item for item in items if item.label == "Declined").count == 1
    assert "Too far to travel" in {item.label for item in items}


def test_the_most_frequent_reason_comes_first_and_fills_the_bar() -> None:
    bars = tallies.bars([Reason("platelets", 4, 1), Reason("gone", 1, 0)], NAMED)
    assert [(bar.label, bar.share, bar.only_share) for bar in bars] == [
        (NAMED["platelets"], "100.00%", "25.00%"),
        ("gone", "25.00%", "0.00%"),
    ]


def test_nobody_registered_is_a_table_of_noughts() -> None:
    standing = tallies.standing(Accrual(40, (Place("edmonton", {}),), ()), [])
    assert (standing.count, standing.left, standing.steps, standing.first) == (0, 40, "", "")
    assert [pile.label for pile, _numbers in standing.table] == ["All", "edmonton"]


@pytest.mark.parametrize(
    ("begin", "words"),
    [(None, "not known"), (0, "under 18"), (18, "18–29"), (30, "30–39"), (80, "80–89"), (90, "90 and over")],
)  # fmt: skip
def test_age_bands(begin: int | None, words: str) -> None:
    assert people.age_band(begin) == words
