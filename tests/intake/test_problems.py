"""The closed list of problems, and their OperationOutcome."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import patients.intake
from patients.intake.problems import (
    REASONS,
    REFUSALS,
    Issue,
    Refused,
    expression,
    operation_outcome,
)

INTAKE = Path(patients.intake.__file__).parent


def _texts() -> set[str]:
    """Every string written in the code of intake."""
    return {
        node.value
        for path in INTAKE.rglob("*.py")
        if path.name != "problems.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_of_the_list_is_used() -> None:
    assert (REFUSALS.keys() | REASONS.keys()) - _texts() == set()


def test_every_code_has_one_sentence() -> None:
    assert not REFUSALS.keys() & REASONS.keys()
    for sentence in (*REFUSALS.values(), *REASONS.values()):
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("/entry/3/resource/subject", "Bundle.entry[3].resource.subject"),
        ("Bundle.entry[3].resource.subject", "Bundle.entry[3].resource.subject"),
        ("/a~1b/~0", "Bundle.a/b.~"),
        ("line 3, column 4", None),
        ("character 9", None),
        ("", None),
    ],
)
def test_places_as_paths(place: str, path: str | None) -> None:
    assert expression(place) == path


def test_operation_outcome_names_every_place() -> None:
    refused = Refused(
        (
            Issue("/entry/0/resource", "duplicate-key", "The key “a” is given twice."),
            Issue("line 1, column 2", "not-json", "The data is not JSON."),
        )
    )
    outcome: dict[str, Any] = operation_outcome(refused)
    assert outcome["resourceType"] == "OperationOutcome"
    first, second = outcome["issue"]
    assert first["expression"] == ["Bundle.entry[0].resource"]
    assert first["severity"] == "error"
    assert "expression" not in second
    assert "line 1, column 2" in second["diagnostics"]
