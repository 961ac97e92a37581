"""Which test shows which requirement: read from the marks in the source, so that nothing has to run for it.

A test says what it shows by ``@pytest.mark.requirement(27, 33)``, a module by ``pytestmark``. A requirement without a
test stands in ``open.json`` with what is missing, and leaves it with its first test.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results.json"
MARK: Final = "requirement"


class Requirement(NamedTuple):
    number: int
    group: str
    words: str
    source: str


def requirements() -> dict[int, Requirement]:
    listed = json.loads((HERE / "requirements.json").read_text(encoding="utf-8"))
    return {each["number"]: Requirement(**each) for each in listed}


def still_open() -> dict[int, str]:
    """What no test shows yet, by number: what is missing."""
    told = json.loads((HERE / "open.json").read_text(encoding="utf-8"))
    return {int(number): words for number, words in told.items()}


def claims() -> dict[str, frozenset[int]]:
    """Tests that claim requirements, by ``path::name``."""
    found: dict[str, frozenset[int]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        of_all = {
            number
            for node in tree.body
            if isinstance(node, ast.Assign) and _is_pytestmark(node)
            for number in _numbers(node.value)
        }
        for prefix, test in _tests(tree):
            own = {number for each in test.decorator_list for number in _numbers(each)}
            if own | of_all:
                name = f"{path.relative_to(ROOT).as_posix()}::{prefix}{test.name}"
                found[name] = frozenset(own | of_all)
    return found


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "pytestmark" for each in node.targets)


def _tests(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield "", node
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
                    yield f"{node.name}::", each


def _numbers(node: ast.AST) -> Iterator[int]:
    for call in ast.walk(node):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == MARK
        ):
            for each in call.args:
                if not (isinstance(each, ast.Constant) and isinstance(each.value, int)):
                    raise ValueError(f"line {call.lineno}: a requirement is a number")
                yield each.value


def orphans() -> list[str]:
    """What does not fit, in sentences: a requirement without test, a test of none, an open one that is not."""
    known, missing = requirements(), still_open()
    claimed = {number for numbers in claims().values() for number in numbers}
    return [
        *(
            f"requirement {n}: no test shows it"
            for n in sorted(known.keys() - claimed - missing.keys())
        ),
        *(
            f"requirement {n}: listed as open, and a test shows it"
            for n in sorted(missing.keys() & claimed)
        ),
        *(
            f"requirement {n} does not exist"
            for n in sorted((claimed | missing.keys()) - known.keys())
        ),
    ]


def results() -> Mapping[str, Any]:
    """Of the last whole run that was written down: its day, its commit, and the outcome for each requirement."""
    if not RESULTS.exists():
        return {}
    told: Mapping[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return told
