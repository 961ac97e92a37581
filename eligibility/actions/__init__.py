"""Everything that changes eligibility's tables. Whoever does something is named: `by=`."""

from __future__ import annotations

from eligibility.actions.assessing import (
    answered,
    assess,
    case_of,
    set_policy,
    still_tighter,
)
from eligibility.actions.deciding import MEANING, Look, confirm, decline_to_sign, sign
from eligibility.actions.deviating import record_deviation
from eligibility.actions.episodes import add_candidate, close, rescreen
from eligibility.actions.explaining import give_reason
from eligibility.actions.publishing import NotPublished, VersionTaken, publish
from eligibility.actions.registering import register
from eligibility.actions.screenings import (
    ITSELF,
    Actor,
    assign,
    open_screening,
    start,
)

__all__ = [
    "ITSELF",
    "MEANING",
    "Actor",
    "Look",
    "NotPublished",
    "VersionTaken",
    "add_candidate",
    "answered",
    "assess",
    "assign",
    "case_of",
    "close",
    "confirm",
    "decline_to_sign",
    "give_reason",
    "open_screening",
    "publish",
    "record_deviation",
    "register",
    "rescreen",
    "set_policy",
    "sign",
    "start",
    "still_tighter",
]
