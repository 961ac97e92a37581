"""The words of the worklist, without HTML and without a database."""

from __future__ import annotations

import pytest

from eligibility.answers import EFFORTS
from eligibility.models import Screening, State
from eligibility.presenters.worklist_words import BY, NOTHING_HERE, STATES, TABS, action_of
from eligibility.tabs import PLACES, Tab

NOBODY, SOME = 0, 2


@pytest.mark.parametrize(
    ("state", "status", "repeatable", "verb", "act"),
    [
        (State.CANDIDATE, "eligible", False, "Start", "start"),
        (State.CANDIDATE, "", False, "Start", "start"),
        (State.CANDIDATE, "ineligible", True, "Start", "start"),
        (State.CANDIDATE, "ineligible", False, "Close", "close"),
        (State.IN_SCREENING, "eligible", False, "Confirm", "confirm"),
        (State.IN_SCREENING, "undetermined", False, "Answer", ""),
        (State.IN_SCREENING, "", False, "Answer", ""),
        (State.IN_SCREENING, "not_yet", False, "Review", ""),
        (State.IN_SCREENING, "ineligible", True, "Repeat", ""),
        (State.IN_SCREENING, "ineligible", False, "Close", "close"),
        (State.CONFIRMED, "eligible", False, "Sign", "sign"),
        (State.SIGNED, "not_yet", False, "Register", "register"),
        (State.REGISTERED, "eligible", False, "Open", ""),
        (State.LOST, "eligible", False, "Open", ""),
    ],
)
def test_the_verb_of_a_row(
    state: State, status: str, repeatable: bool, verb: str, act: str
) -> None:
    held = Screening(state=state, status=status, repeatable=repeatable)
    action = action_of(held, unconfirmed=NOBODY, investigates=True)
    assert (str(action.verb), action.act) == (verb, act)


def test_absences_are_answered_before_anything_is_confirmed() -> None:
    held = Screening(state=State.IN_SCREENING, status="eligible")
    assert str(action_of(held, unconfirmed=SOME, investigates=False).verb) == "Answer"


def test_who_does_not_sign_is_not_asked_to() -> None:
    held = Screening(state=State.CONFIRMED, status="eligible")
    assert str(action_of(held, unconfirmed=NOBODY, investigates=False).verb) == "Open"


def test_the_lists_are_whole() -> None:
    assert set(TABS) == set(Tab)
    assert set(NOTHING_HERE) == set(Tab)
    assert set(PLACES) == set(Tab) - {Tab.CLOSING}
    assert set(STATES) == set(State)
    assert set(BY) == set(EFFORTS)


def test_an_empty_tab_says_where_to_go_on() -> None:
    for tab, nothing in NOTHING_HERE.items():
        assert nothing.title
        assert nothing.text
        if nothing.tab:
            assert nothing.way == TABS[Tab(nothing.tab)]
            assert Tab(nothing.tab) is not tab
