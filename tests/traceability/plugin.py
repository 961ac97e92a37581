"""Collects, in a test run, what became of the tests of each requirement: ``--requirement-results FILE``."""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.traceability.matrix import MARK, ROOT

_found: defaultdict[int, Counter[str]] = defaultdict(Counter)
_tests: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--requirement-results",
        metavar="FILE",
        default="",
        help="write down what became of the tests of each requirement",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{MARK}(*numbers): shows these requirements of docs/requirements.md"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers(MARK):
        for number in mark.args:
            item.user_properties.append((MARK, number))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In the process that runs no test itself, where several work at once: so every report is seen once."""
    if report.when == "call" or report.outcome != "passed":
        numbers = {int(str(value)) for name, value in report.user_properties if name == MARK}
        _tests.extend([report.nodeid] if numbers else [])
        for number in numbers:
            _found[number][report.outcome] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--requirement-results")
    if not path or hasattr(session.config, "workerinput"):
        return
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = {
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit.stdout.strip(),
        "tests": len(_tests),
        "outcomes": {
            str(number): ", ".join(
                f"{count} {outcome}" for outcome, count in sorted(counts.items())
            )
            for number, counts in sorted(_found.items())
        },
    }
    Path(path).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
