"""The harness itself: a planted fault is found, named and shrunk."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest

from tests import naive
from tests.differential import compare
from tests.differential.generator import decode, make


class Refused(Exception):
    """Stands for the product's own refusal."""


def in_product_form(answer: dict[str, Any]) -> dict[str, Any]:
    """The naive answer as the product would write it."""
    criteria = []
    for name, each in answer["criteria"].items():
        pieces = [
            {"from": day, "to": day, "verdict": verdict, "basis": basis}
            for day, (verdict, basis) in each["timeline"].items()
        ]
        criteria.append({**each, "id": name, "timeline": pieces})
    possible = [
        {**run, "repeat": [{"criterion": name} for name in run["repeat"]]}
        for run in answer["possible_windows"]
    ]
    return {**answer, "criteria": criteria, "possible_windows": possible}


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A product that is the naive reading with a fault of one day in the chosen criterion."""
    fault: dict[str, Any] = {"criterion": None}

    def answer_document(raw: bytes, **options: Any) -> dict[str, Any]:
        document = decode(raw)
        on = options["today"](None)
        days = naive.HORIZON if options["timeline"] else 0
        try:
            answer = naive.evaluate(document, on=on, days=days)
            later = naive.evaluate(document, on=on + timedelta(days=1), days=0)
        except naive.Refused as refusal:
            raise Refused from refusal
        if fault["criterion"]:
            name = fault["criterion"]
            answer["criteria"][name]["verdict"] = later["criteria"][name]["verdict"]
        return in_product_form(answer)

    for name, content in (
        ("eligibility.dryrun", {"answer_document": answer_document}),
        ("patients.intake.problems", {"Refused": Refused}),
    ):
        module = ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return fault


@pytest.mark.usefixtures("faulty")
def test_equals_agree() -> None:
    for seed in range(30):
        assert compare.disagreements(make(seed), horizon=seed == 3) == []


def test_a_planted_fault_is_found_and_shrunk(faulty: dict[str, Any]) -> None:
    faulty["criterion"] = "pregnancy-test-negative"
    found = None
    for seed in range(400):
        found = compare.disagreements(make(seed), horizon=False)
        if found:
            break
    assert found
    assert found[0].place == ("pregnancy-test-negative", "verdict")
    smallest, disagreement = compare.minimal(make(seed), found[0].place)
    assert disagreement.criterion == "pregnancy-test-negative"
    assert len(smallest["bundle"]["entry"]) <= 3
    assert date.fromisoformat(smallest["on"])
