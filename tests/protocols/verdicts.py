"""The words of the tables: what is expected of one criterion, and the judge of one row.

A row reads: the criterion, a sentence, the verdict, and what is on record. ``met()`` rests on
evidence, ``not_met()`` on evidence that new data may change, unless the row says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.factories import Resource, document
from tests.protocols.asking import ask

KINDS_OF_NEED = {"patient", "chart", "lab", "imaging", "attestation"}
REASONS = {
    "decided",
    "newer-than-statement",
    "attestation-expired",
    "needs-statement",
    "conflicting",
    "unit",
    "implausible",
    "unreadable",
    "comparator",
    "no-reference-range",
    "partial-date",
    "provisional",
    "intent-not-stated",
    "route-not-stated",
    "extent-not-stated",
    "method-not-stated",
    "site-not-stated",
    "needs-confirmation",
    "needs-judgement",
    "missing",
    "too-old",
}


@dataclass(frozen=True)
class Verdict:
    """What is expected of a finding; several reasons or bases mean that any of them will do."""

    verdict: str
    basis: tuple[str | None, ...]
    reasons: tuple[str, ...] = ("decided",)
    clears_on: str | None = None
    remedy: str | None = None
    also: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.verdict


def met(*basis: str, **also: Any) -> Verdict:
    """Met, by evidence unless another basis is named."""
    return Verdict("met", basis or ("evidence",), also=also)


def not_applicable(*basis: str, **also: Any) -> Verdict:
    """Not applicable, by evidence unless another basis is named."""
    return Verdict("not_applicable", basis or ("evidence",), also=also)


def not_met(
    remedy: str = "new_data", *, clears_on: str | None = None, basis: str = "evidence", **also: Any
) -> Verdict:
    """Not met; with a day on which it clears, time is the remedy."""
    cure = "time" if clears_on is not None else remedy
    return Verdict("not_met", (basis,), clears_on=clears_on, remedy=cure, also=also)


def never(**also: Any) -> Verdict:
    """Not met, and nothing can change that."""
    return not_met("none", **also)


def refused_by_a_person(remedy: str = "new_data", **also: Any) -> Verdict:
    """Not met because a person said so."""
    return not_met(remedy, basis="attestation", **also)


def unknown(*reasons: str, **also: Any) -> Verdict:
    """Unknown, for one of these reasons (any of the closed list when none is named)."""
    return Verdict("unknown", (None,), reasons or tuple(REASONS - {"decided"}), also=also)


def codes(listed: str) -> list[str]:
    """The codes of a list with blanks between them."""
    return listed.split()


@dataclass(frozen=True)
class Case:
    """One row of a table."""

    criterion: str
    sentence: str
    expected: Verdict
    record: tuple[Resource, ...]
    settings: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.sentence} -> {self.expected}"


def about(criterion: str) -> Callable[..., Case]:
    """The writer of the rows of one criterion."""

    def row(sentence: str, expected: Verdict, *record: Resource, **settings: Any) -> Case:
        return Case(criterion, sentence, expected, record, settings)

    return row


def each(
    criterion: str, sentence: str, expected: Verdict, rows: Iterable[tuple[str, Resource]]
) -> list[Case]:
    """One row for each (word, record): the word replaces {} in the sentence."""
    return [Case(criterion, sentence.format(word), expected, (one,), {}) for word, one in rows]


def _agrees(finding: dict[str, Any], also: dict[str, Any]) -> None:
    """The extras of a row: changes_on, and whether there are warnings, conflicts or a value."""
    for name, wanted in also.items():
        if name in ("warnings", "conflicts"):
            assert bool(finding[name]) is wanted, f"{name}: {finding[name]}"
        elif name == "uses":
            values = [str(one.get("value")) for one in finding["evidence"]]
            assert wanted in values, f"evidence {values} without {wanted}"
        elif name == "kind":
            assert wanted in {need["kind"] for need in finding["needs"]}
        else:
            assert finding[name] == wanted, name


def judge(case: Case) -> None:
    """Ask, and compare the whole finding with the row."""
    finding = ask(document(*case.record, **case.settings))[case.criterion]
    expected = case.expected
    said = (finding["verdict"], finding["reason"], finding["basis"], finding["text"])
    assert finding["verdict"] == expected.verdict, said
    assert finding["basis"] in expected.basis, said
    assert finding["reason"] in expected.reasons, said
    assert finding["clears_on"] == expected.clears_on, said
    assert finding["remedy"] == expected.remedy, said
    assert finding["text"].strip(), said
    needs = {need["kind"] for need in finding["needs"]}
    assert needs <= KINDS_OF_NEED, needs
    assert needs or finding["verdict"] != "unknown", "an unknown that names no need"
    assert all(need["what"].strip() for need in finding["needs"])
    _agrees(finding, expected.also)
