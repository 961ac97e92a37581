"""Rules of the house that no other tool checks. What breaks one says why, here, by name."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What runs for patients, and what checks it: a table of cases is read line by line, at any length.
LONGEST_MODULE = {"product": 300, "tests": 500}
LONGEST_FUNCTION = {"product": 40, "tests": 100}

# Each with its reason; a module leaves this list when it becomes short enough.
LONGER_MODULES: dict[str, str] = {}
LONGER_FUNCTIONS: dict[str, str] = {}

TOP_LEVEL = {
    ".ci", ".gitignore", "Makefile", "README.md", "docs", "eligibility", "manage.py", "patients",
    "pyproject.toml", "requirements.txt", "templates", "tests", "trialscreen",
}  # fmt: skip
PLACES_OF_ONE_MACHINE = re.compile(r"/(?:work|root|home/[a-z]+)/[a-z.]|pypi\.org/simple|file://")
TEXT = {".py", ".md", ".html", ".toml", ".txt", ".json", ".css", ".js", ".svg", ""}
VENDORED = "trialscreen/static/vendor"


def files() -> list[str]:
    """What is in the repository, and what is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def modules() -> list[str]:
    return [name for name in files() if name.endswith(".py") and "/migrations/" not in name]


def kind(name: str) -> str:
    return "tests" if name.startswith("tests/") else "product"


def test_the_top_level_is_the_agreed_one() -> None:
    assert {name.partition("/")[0] for name in files()} <= TOP_LEVEL


def test_no_file_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert not [name for name in files() if vague & {Path(name).stem, *Path(name).parts}]


def test_modules_are_short() -> None:
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in modules()}
    too_long = {n: lines for n, lines in lengths.items() if lines > LONGEST_MODULE[kind(n)]}
    assert {name: n for name, n in too_long.items() if name not in LONGER_MODULES} == {}
    assert set(LONGER_MODULES) <= set(too_long), "these are short by now; take them off the list"


def test_functions_are_short() -> None:
    too_long = {w: lines for w, lines in functions() if lines > LONGEST_FUNCTION[kind(w)]}
    assert {where: n for where, n in too_long.items() if where not in LONGER_FUNCTIONS} == {}
    assert set(LONGER_FUNCTIONS) <= set(too_long), "these are short by now; take them off the list"


def functions() -> Iterator[tuple[str, int]]:
    """``file:name`` and the lines of the function, its docstring not counted."""
    for name in modules():
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                told = ast.get_docstring(node) is not None
                start = (first.end_lineno or 0) if told else node.lineno
                yield f"{name}:{node.name}", (node.end_lineno or 0) - start


def test_no_file_names_a_place_of_one_machine() -> None:
    found = [
        f"{name}: {hit.group()}"
        for name in files()
        if Path(name).suffix in TEXT and not name.startswith(VENDORED)
        if name != "tests/wiring/test_house_rules.py"
        for hit in PLACES_OF_ONE_MACHINE.finditer((ROOT / name).read_text(errors="replace"))
    ]
    assert not found


@pytest.mark.requirement(75)
def test_requirements_are_pinned_and_hashed() -> None:
    for name in ("requirements.txt", "tests/requirements.txt"):
        lines = (ROOT / name).read_text()
        assert not re.findall(r"(?m)^\s*--(?:extra-)?index|^\s*-f |@ ", lines)
        for block in re.split(r"(?m)^(?=[a-z])", lines)[1:]:
            assert re.match(r"[a-z0-9.-]+==\S+", block), block
            assert "--hash=sha256:" in block, block
