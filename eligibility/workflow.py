"""The states of a screening episode and what leads from one to another: one table, from which the diagram is drawn.

Who may do it and when is said by `eligibility.policies`; this only says what may follow what.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from eligibility.models import CLOSED, OPEN, State


class Act(StrEnum):
    """What can be done with an episode. The values are the last words of addresses and the names of events."""

    OPEN = "open"
    START = "start"
    CONFIRM = "confirm"
    RETURN = "return"
    SIGN = "sign"
    VOID = "void"
    REGISTER = "register"
    CLOSE = "close"
    RESCREEN = "rescreen"


class Transition(NamedTuple):
    """`act` leads from any state of `sources` to any of `targets`."""

    act: Act
    sources: tuple[State | None, ...]
    """None: before there was an episode."""
    targets: tuple[State, ...]
    verb: object
    """On a button."""


TABLE: Final = (
    Transition(Act.OPEN, (None,), (State.CANDIDATE,), _("Add as a candidate")),
    Transition(Act.RESCREEN, (None,), (State.CANDIDATE,), _("Screen again")),
    Transition(Act.START, (State.CANDIDATE,), (State.IN_SCREENING,), _("Start screening")),
    Transition(Act.CONFIRM, (State.IN_SCREENING,), (State.CONFIRMED,), _("Confirm eligibility")),
    Transition(Act.RETURN, (State.CONFIRMED,), (State.IN_SCREENING,), _("Decline to sign")),
    Transition(Act.SIGN, (State.CONFIRMED,), (State.SIGNED,), _("Sign eligibility")),
    Transition(
        Act.VOID,
        (State.CONFIRMED, State.SIGNED),
        (State.IN_SCREENING,),
        _("No longer as confirmed"),
    ),
    Transition(Act.REGISTER, (State.SIGNED,), (State.REGISTERED,), _("Register")),
    Transition(Act.CLOSE, OPEN, CLOSED, _("Close")),
)
OF_ACT: Final[Mapping[Act, Transition]] = {each.act: each for each in TABLE}

REASONS: Final[Mapping[State, Mapping[str, object]]] = {
    State.INELIGIBLE: {"failed-criteria": _("Criteria not met")},
    State.DECLINED: {
        "burden": _("Visits or procedures too much"),
        "distance": _("Too far to travel"),
        "other-treatment": _("Prefers another treatment"),
        "side-effects": _("Fears side effects"),
        "no-research": _("Wants no part in research"),
        "not-given": _("Reason not given"),
    },
    State.WITHDRAWN: {
        "by-patient": _("Withdrawn by the patient"),
        "by-physician": _("Withdrawn by the treating physician"),
        "by-sponsor": _("Withdrawn by the sponsor"),
        "opened-in-error": _("Opened in error"),
    },
    State.LOST: {"no-contact": _("Cannot be reached"), "moved": _("Moved away")},
    State.DECEASED: {"died": _("Died")},
}
"""Coded reasons of each way to close; the list of each is closed."""

FHIR_STATUS: Final[Mapping[State, str]] = {
    State.CANDIDATE: "candidate",
    State.IN_SCREENING: "screening",
    State.CONFIRMED: "screening",
    State.SIGNED: "eligible",
    State.REGISTERED: "on-study",
    State.INELIGIBLE: "ineligible",
    State.DECLINED: "not-registered",
    State.WITHDRAWN: "withdrawn",
    State.LOST: "not-registered",
    State.DECEASED: "not-registered",
}
"""``ResearchSubject.status`` of FHIR R4 for each state."""


def may_follow(act: Act, state: State | None) -> bool:
    """Whether the table allows the act in a state."""
    return state in OF_ACT[act].sources


def acts_in(state: State) -> tuple[Act, ...]:
    """What the table allows in a state, in its order."""
    return tuple(each.act for each in TABLE if state in each.sources)
