"""The picture of the next 90 days: geometry, and the table that says the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from eligibility.presenters.chart import Chart, chart
from tests.pages.conftest import criterion


def drawn(answer: dict[str, Any], today: date = date(2026, 11, 22)) -> Chart:
    found = chart(answer, today=today)
    assert found is not None
    return found


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_the_total_stands_first_and_only_what_changes_has_a_bar(answer: dict[str, Any]) -> None:
    labels = [line.label for line in drawn(answer).lines]
    assert labels[0] == "All criteria"
    assert "4 weeks since major surgery" in labels
    assert "Age 18 or over" not in labels


def test_every_bar_fills_the_90_days_without_gap_or_overlap(answer: dict[str, Any]) -> None:
    for line in drawn(answer).lines:
        end = 0.0
        for bar in line.bars:
            assert abs(percent(bar.x) - end) < 0.02
            end = percent(bar.x) + percent(bar.width)
        assert abs(end - 100) < 0.05


def test_a_change_falls_on_its_day(answer: dict[str, Any]) -> None:
    line = next(line for line in drawn(answer).lines if line.anchor == "major-surgery-washout")
    failing, met = line.bars
    assert (failing.tone, met.tone) == ("fail", "pass")
    # 25 Nov to 2 Dec are 8 of 90 days.
    assert met.x == f"{8 * 100 / 90:.2f}%"
    assert "25 Nov–2 Dec 2026" in failing.title


def test_the_total_fails_before_it_is_unknown_before_it_is_met(answer: dict[str, Any]) -> None:
    tones = [bar.tone for bar in drawn(answer).lines[0].bars]
    assert tones == ["fail", "unknown"]
    for one in answer["criteria"]:
        one["timeline"] = [
            {"from": "2026-11-25", "to": "2027-05-24", "verdict": "met", "basis": "evidence"}
        ]
    assert [bar.tone for bar in drawn(answer).lines[0].bars] == ["pass"]


def test_today_is_marked_only_inside_the_picture(answer: dict[str, Any]) -> None:
    assert drawn(answer).today is None
    assert drawn(answer, today=date(2026, 11, 25)).today == "0.00%"
    assert drawn(answer, today=date(2027, 3, 1)).today is None


def test_a_word_is_written_only_where_it_fits(answer: dict[str, Any]) -> None:
    one = criterion(answer, "no-active-infection")
    one["timeline"][0]["to"] = "2026-11-25"
    one["timeline"][1]["from"] = "2026-11-26"
    line = next(line for line in drawn(answer).lines if line.anchor == one["id"])
    assert [bar.word for bar in line.bars] == ["", "unknown"]


def test_the_table_names_every_phase_with_its_reason(answer: dict[str, Any]) -> None:
    picture = drawn(answer)
    entries = [entry for entry in picture.table if entry.of == "ECOG 0 to 2"]
    assert [(entry.dates, entry.verdict) for entry in entries] == [
        ("25 Nov–16 Dec 2026", "Met"),
        ("17 Dec 2026–22 Feb 2027", "Unknown"),
    ]
    assert "older than 28 days" in entries[1].because
    assert picture.description.startswith("NCT00514085 from 25 Nov 2026 to 22 Feb 2027:")


def test_windows_are_shaded_inside_the_picture(answer: dict[str, Any]) -> None:
    answer["windows"] = [{"from": "2027-02-20", "to": "2027-05-24"}]
    shades = {shade.kind: shade for shade in drawn(answer).shades}
    assert set(shades) == {"eligible", "possible"}
    assert percent(shades["eligible"].x) + percent(shades["eligible"].width) <= 100.01
