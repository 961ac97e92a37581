"""Shelves of stories: each story is one invented patient, told as changes to the usual one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eligibility.demonstration.expectations import Expects, Shown
from eligibility.demonstration.usual import Patient

Telling = Callable[[Patient], object]


@dataclass(frozen=True, slots=True)
class Story:
    """One invented patient before a day is chosen."""

    key: str
    title: str
    one_line: str
    sex: str | None
    offered: bool
    expects: Expects
    tell: Telling


class Shelf:
    """The stories of one theme, in the order in which they are written."""

    def __init__(self) -> None:
        self.stories: list[Story] = []

    def patient(
        self,
        key: str,
        title: str,
        one_line: str,
        expects: Expects,
        *,
        sex: str | None = None,
        offered: bool = False,
    ) -> Callable[[Telling], Telling]:
        """Put the decorated function on the shelf as the patient `key`.

        `sex` is given where the story needs it; the others take turns.
        """

        def put(tell: Telling) -> Telling:
            self.stories.append(Story(key, title, one_line, sex, offered, expects, tell))
            return tell

        return put


def eligible(*shown: Shown, **said: Any) -> Expects:
    """Return the expectation of an eligible patient; `said` as in Expects."""
    return Expects("eligible", shown, **said)


def not_yet(*shown: Shown, **said: Any) -> Expects:
    """Return the expectation of a patient whom time alone will clear."""
    return Expects("not_yet", shown, **said)


def undetermined(*shown: Shown, **said: Any) -> Expects:
    """Return the expectation of a patient of whom something must be found out."""
    return Expects("undetermined", shown, **said)


def ineligible(*shown: Shown, **said: Any) -> Expects:
    """Return the expectation of a patient who fails, whatever the day."""
    return Expects("ineligible", shown, **said)
