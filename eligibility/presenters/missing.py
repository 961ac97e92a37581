"""What is missing, the least effort first: patient < chart < laboratory < imaging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from eligibility.answers import effort_of
from eligibility.presenters.words import Words, sentence


@dataclass(frozen=True)
class Effort:
    label: Words
    icon: str


# A coordinator's answer takes a conversation, so it stands beside the patient; an investigator's
# judgement follows the chart it is made from, and comes before anything that has to be ordered.
EFFORTS = {
    "patient": Effort(_("Ask the patient"), "user-question"),
    "attestation-coordinator": Effort(_("State, as coordinator"), "message-question"),
    "chart": Effort(_("Look in the chart"), "file-search"),
    "attestation-investigator": Effort(_("State, as investigator"), "signature"),
    "lab": Effort(_("Order a laboratory test"), "test-pipe"),
    "imaging": Effort(_("Order imaging"), "scan"),
}


@dataclass(frozen=True)
class Gap:
    what: str
    criteria: tuple[tuple[str, str], ...]
    """(anchor id, title) of the criteria that it settles."""


@dataclass(frozen=True)
class Step:
    effort: Effort
    gaps: tuple[Gap, ...]


def blocking(criteria: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The failures that nothing could change: while one stands, nothing is worth collecting."""
    return [one for one in criteria if one["verdict"] == "not_met" and one["remedy"] == "none"]


def steps(criteria: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """All needs by effort, then in protocol order; a request that two criteria share is one."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {kind: {} for kind in EFFORTS}
    for criterion in criteria:
        for need in criterion.get("needs", ()):
            kind = effort_of(need["kind"], criterion.get("attestable_by"))
            asked = found[kind].setdefault(sentence(need["what"]), [])
            asked.append((criterion["id"], criterion.get("title") or criterion["id"]))
    return tuple(
        Step(EFFORTS[kind], tuple(Gap(what, tuple(of)) for what, of in gaps.items()))
        for kind, gaps in found.items()
        if gaps
    )
