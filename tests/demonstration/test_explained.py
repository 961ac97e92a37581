"""Every verdict of every invented patient explains itself: which record, of when, compared how, by which version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from eligibility.demonstration import Invented, catalogue
from tests.demonstration.test_expectations import answer_about

ON = date(2026, 11, 25)
MEASURED = frozenset({"lab-result", "lesion", "observation"})
"""What is found on a day."""
SAYS_OF_ITSELF = ("trial", "version", "digest", "engine", "dictionary", "on")


@pytest.mark.requirement(82)
@pytest.mark.parametrize("invented", catalogue(), ids=lambda invented: invented.key)
def test_every_verdict_explains_itself(invented: Invented) -> None:
    answer = answer_about(invented, ON)
    assert not [name for name in SAYS_OF_ITSELF if not answer[name]]
    assert len(answer["criteria"]) == 40
    faults = [
        f"{item['id']} ({item['verdict']}): {fault}"
        for item in answer["criteria"]
        for fault in unexplained(item)
    ]
    assert faults == []


def unexplained(item: dict[str, Any]) -> Iterator[str]:
    """What a reader would have to ask about the verdict on one criterion."""
    if not item["text"] or not item["reason"]:
        yield "no sentence, or no coded reason"
    if item["verdict"] == "unknown":
        if item["basis"] is not None or not item["needs"]:
            yield "not known, and nothing says what would tell"
    elif item["basis"] == "absence":
        if item["evidence"]:
            yield "rests on nothing known, and names a record"
    elif item["basis"] not in ("evidence", "attestation"):
        yield f"rests on {item['basis']!r}"
    elif not item["evidence"] and item["verdict"] != "not_applicable":
        yield "rests on a record and names none"
    if (item["verdict"] == "not_met") != (item["remedy"] is not None):
        yield "a failure says what could change it, and nothing else does"
    for leaf in item["evidence"]:
        yield from untold(leaf, decided=item["verdict"] in ("met", "not_met"))


def untold(leaf: dict[str, Any], *, decided: bool) -> Iterator[str]:
    """What is not said of one record that a verdict names."""
    if not (leaf["type"] and leaf["source"]):
        yield f"a record without its kind or source: {leaf}"
    # A statement that was sent along with a question has a source and a day, and is kept nowhere.
    if not leaf["id"] and leaf["type"] != "attestation":
        yield f"a record without its id: {leaf}"
    if leaf["type"] in MEASURED and leaf["date"] is None:
        yield f"measured on no day: {leaf}"
    if (
        leaf["type"] == "lab-result"
        and decided
        and (leaf["value"], leaf["compared"]) == (None,) * 2
    ):
        yield f"a result decides without its value or what it was compared with: {leaf}"


def test_what_does_not_explain_itself_is_found() -> None:
    """The test above is no better than this: each thing left out of a good answer is named."""
    [good] = [one for one in catalogue() if one.key == "meets-everything"]
    items = {one["id"]: one for one in answer_about(good, ON)["criteria"]}
    platelets = items["platelets"]
    assert not [*unexplained(platelets)]
    [leaf] = platelets["evidence"]
    for broken in (
        platelets | {"text": ""},
        platelets | {"reason": ""},
        platelets | {"evidence": []},
        platelets | {"basis": None},
        platelets | {"basis": "absence"},
        platelets | {"remedy": "time"},
        platelets | {"verdict": "unknown"},
        platelets | {"evidence": [leaf | {"source": ""}]},
        platelets | {"evidence": [leaf | {"date": None}]},
        platelets | {"evidence": [leaf | {"value": None, "compared": None}]},
    ):
        assert [*unexplained(broken)], broken
