"""Asking the product, as a hospital would: a document in, the forty verdicts out.

The engine is imported when the first question is asked, so that the tables can be collected and
read without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

TRIAL = "NCT00514085"


@dataclass(frozen=True)
class Answer:
    """The answer to one document."""

    tree: dict[str, Any]

    def __getitem__(self, criterion: str) -> dict[str, Any]:
        """The finding of one criterion, by its id."""
        found = [one for one in self.tree["criteria"] if one["id"] == criterion]
        assert len(found) == 1, f"{criterion} answered {len(found)} times"
        return found[0]

    @property
    def status(self) -> str:
        """Eligible, not_yet, undetermined or ineligible."""
        return str(self.tree["status"])

    def ids(self, *verdicts: str) -> list[str]:
        """The criteria with one of these verdicts, in the order of the protocol."""
        return [one["id"] for one in self.tree["criteria"] if one["verdict"] in verdicts]


def ask(
    document: bytes, *, on: date | None = None, today: str = "2026-11-25", timeline: bool = False
) -> Answer:
    """The answer for a document; ``on`` is a day given by hand, ``today`` the wall calendar's."""
    from eligibility.dryrun import answer_document

    return Answer(
        answer_document(
            document,
            trial=TRIAL,
            on=on,
            today=lambda zone: date.fromisoformat(today),
            timeline=timeline,
        )
    )
