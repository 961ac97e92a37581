"""What differs between two versions of a protocol is told whole, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.protocols import get
from eligibility.rules.canonical import dumps, loads
from eligibility.rules.differences import Part, compare
from tests.rules.amended import TIGHTER, amended

PROTOCOL = get("NCT00514085")


@pytest.mark.requirement(78)
def test_a_version_does_not_differ_from_itself_read_back() -> None:
    assert compare(PROTOCOL, loads(dumps(PROTOCOL))).nothing


@pytest.mark.requirement(78)
def test_a_tightened_limit_is_told_in_words_and_by_its_number() -> None:
    found = compare(PROTOCOL, TIGHTER)
    (changed,) = found.changed
    assert (found.added, found.removed, found.policy, found.moved) == ((), (), (), False)
    told = {(part.what, part.where): (part.before, part.after) for part in changed.parts}
    assert told[("value", "limit value")] == ("100", "150")
    before, after = told[("logic", "")]
    assert before is not None
    assert "at least 100,000/mm³" in before
    assert after is not None
    assert "at least 150,000/mm³" in after
    assert set(told) == {
        *(("text", ""), ("logic", ""), ("value", "limit value"), ("value", "limit written")),
    }


def test_criteria_that_come_and_go_and_stand_elsewhere() -> None:
    first, *others = PROTOCOL.criteria
    without = replace(PROTOCOL, criteria=tuple(others))
    assert [one.id for one in compare(PROTOCOL, without).removed] == [first.id]
    assert [one.id for one in compare(without, PROTOCOL).added] == [first.id]
    assert not compare(PROTOCOL, without).moved
    turned = compare(PROTOCOL, replace(PROTOCOL, criteria=PROTOCOL.criteria[::-1]))
    assert turned.moved
    assert not turned.nothing
    assert turned.changed == ()


def test_windows_and_switches_of_the_policy() -> None:
    window = replace(PROTOCOL.policy.windows[0], days=7)
    policy = replace(PROTOCOL.policy, windows=(window, *PROTOCOL.policy.windows[2:]), horizon=90)
    assert compare(PROTOCOL, replace(PROTOCOL, policy=policy)).policy == (
        Part("policy", "Blood counts", "14 days", "7 days"),
        Part("policy", "Blood chemistry", "14 days", None),
        Part("policy", "Horizon", "180 days", "90 days"),
    )


def test_who_may_answer_and_for_how_long() -> None:
    one = PROTOCOL.criterion("no-active-infection")
    assert one.attestable is not None
    shorter = replace(one, attestable=replace(one.attestable, validity=3))
    (changed,) = compare(PROTOCOL, amended("4", no_active_infection=shorter)).changed
    (part,) = changed.parts
    assert (part.what, part.where, part.after) == ("attestation", "validity", "3")
    unstated = replace(one, attestable=None)
    (changed,) = compare(PROTOCOL, amended("5", no_active_infection=unstated)).changed
    assert [part.after for part in changed.parts] == [None]
