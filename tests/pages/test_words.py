"""One table of looks: every verdict, status and reason has words, and absence never looks shown."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.answers import EFFORTS, effort_of
from eligibility.presenters import missing, words
from eligibility.rules.verdicts import NeedKind, Reason, Remedy, Status, Verdict
from tests.pages.conftest import criterion


def test_every_verdict_and_status_has_a_look() -> None:
    kinds = {"inclusion", "exclusion"}
    assert set(words.LOOKS) == {(kind, verdict.value) for kind in kinds for verdict in Verdict}
    assert set(words.STATUS) == {status.value for status in Status}


def test_every_reason_and_remedy_has_words() -> None:
    assert set(words.REASONS) == {reason.value for reason in Reason}
    assert set(words.REMEDIES) == {remedy.value for remedy in Remedy}


def test_every_kind_of_need_has_its_effort() -> None:
    efforts = {effort_of(kind.value, "coordinator") for kind in NeedKind}
    assert len(efforts) == len(NeedKind)
    assert efforts <= set(EFFORTS)
    assert tuple(missing.EFFORTS) == EFFORTS


@pytest.mark.parametrize(
    ("name", "label", "tone", "caption"),
    [
        ("granulocytes", "Met", "pass", ""),
        ("platelets", "Not met", "fail", ""),
        ("no-active-infection", "Present", "fail", ""),
        ("no-other-malignancy-5y", "Absent", "pass", ""),
        ("no-unstable-angina", "Absent", "pass", "as stated"),
        ("no-thalassemia", "None on record", "presumed", "to be confirmed"),
        ("radiotherapy-washout", "None on record", "presumed", "to be confirmed"),
        ("topical-steroids-allowed", "Not applicable", "neutral", ""),
        ("contraception", "Not applicable", "neutral", ""),
        ("no-hiv-hbv-hcv", "Unknown", "unknown", ""),
    ],
)
def test_how_a_verdict_looks(
    answer: dict[str, Any], name: str, label: str, tone: str, caption: str
) -> None:
    look = words.look_of(criterion(answer, name), frozenset(answer["to_confirm"]))
    assert (str(look.label), look.tone, str(look.caption)) == (label, tone, caption)


def test_no_two_looks_share_tone_and_icon_but_not_the_meaning() -> None:
    looks = {*words.LOOKS.values(), words.PRESUMED}
    by_sign = {(look.tone, look.icon): look.group for look in looks}
    assert len({look.icon for look in looks}) == len(by_sign) == 5


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("96 10*9/L < 100 10*9/L", "96 ×10⁹/L < 100 ×10⁹/L"),
        ("3.70 x10^9/L >= 1.5 10*9/L", "3.70 ×10⁹/L ≥ 1.5 ×10⁹/L"),
        ("132 umol/L <= 1.5 * 106 umol/L", "132 µmol/L ≤ 1.5 × 106 µmol/L"),
        ("hCG lumbar umbrella", "hCG lumbar umbrella"),
        (None, ""),
    ],
)
def test_units_and_comparisons_are_written_for_the_eye(given: str | None, shown: str) -> None:
    assert words.sentence(given) == shown


def test_a_place_is_named_by_heading_and_bullet() -> None:
    assert words.place_of("prior-therapy/2.1") == "Prior and concurrent therapy, bullet 2.1"
    assert words.number_of("prior-therapy/2.1") == "2.1"
    assert "Ages Eligible for Study" in words.place_of("field/ages")
    assert words.number_of("field/ages") == "–"


def test_policy_is_said_in_words() -> None:
    said = words.policy_of({"hematology": 14, "pregnancy": 1, "ct_is_spiral": False})
    assert [(str(name), value) for name, value in said] == [
        ("haematology window", "14 days"),
        ("pregnancy test window", "1 day"),
        ("all CT is spiral", "no"),
    ]
