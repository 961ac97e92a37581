"""``manage.py evaluate`` as a person or a script meets it: real processes, nothing in the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility import demonstration

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 11, 25)


def evaluate(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with no database, no broker and no secret to be had."""
    bare = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment}
    return subprocess.run(
        [sys.executable, "manage.py", "evaluate", *map(str, arguments)],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def answers(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Two invented patients, a bare Bundle, and files that cannot be used."""
    written = {}
    for key in ("meets-everything", "neutropenia"):
        written[key] = tmp_path / f"{key}.json"
        document = demonstration.document(key, on=ON)
        written[key].write_text(demonstration.to_json(document), encoding="utf-8")
    written["bare"] = tmp_path / "bare.json"
    bundle = demonstration.bundle("meets-everything", on=ON)
    written["bare"].write_text(demonstration.to_json(bundle), encoding="utf-8")
    for name, text in {
        "broken": '{"resourceType": "Bundle", ',
        "nan": '{"bundle": {"resourceType": "Bundle", "type": "collection"}, "on": NaN}',
        "nobody": '{"resourceType": "Bundle", "type": "collection", "entry": []}',
    }.items():
        written[name] = tmp_path / f"{name}.json"
        written[name].write_text(text, encoding="utf-8")
    return written


def test_a_checklist_for_people(files: dict[str, Path]) -> None:
    done = evaluate(files["neutropenia"])
    assert done.returncode == 0, done.stderr
    assert "Ineligible" in done.stdout
    assert "PATIENT CHARACTERISTICS" in done.stdout
    assert "[not met]" in done.stdout
    assert not done.stderr


def test_one_answer_a_line_in_the_order_of_the_files(files: dict[str, Path]) -> None:
    done = evaluate("--json", files["neutropenia"], files["meets-everything"], files["bare"])
    assert done.returncode == 0, done.stderr
    assert [found["status"] for found in answers(done)][:2] == ["ineligible", "eligible"]
    assert {len(found["criteria"]) for found in answers(done)} == {40}


def test_a_bad_file_is_an_error_on_its_line_and_the_others_go_on(files: dict[str, Path]) -> None:
    names = ("broken", "meets-everything", "nan", "nobody")
    done = evaluate("--json", *(files[name] for name in names), "/no/such/file.json")
    found = answers(done)
    assert done.returncode == 1
    assert [next(iter(line)) for line in found] == ["error", "trial", "error", "error", "error"]
    assert [line["error"]["status"] for line in found if "error" in line] == [422] * 4
    for line in found:
        if "error" in line:
            assert line["error"]["errors"]
            assert line["error"]["detail"]
    assert "Traceback" not in done.stderr


def test_a_day_given_by_hand_wins_over_the_file(files: dict[str, Path]) -> None:
    done = evaluate("--json", "--on", "2026-12-01", files["meets-everything"])
    assert answers(done)[0]["on"] == "2026-12-01"
    assert answers(evaluate("--json", files["meets-everything"]))[0]["on"] == ON.isoformat()


@pytest.mark.parametrize("day", ["2026-W01-1", "20261125", "25.11.2026", "2026-02-30", ""])
def test_a_day_that_is_none_is_refused(day: str, files: dict[str, Path]) -> None:
    done = evaluate("--on", day, files["bare"])
    assert done.returncode == 2
    assert "not a date" in done.stderr


def test_a_trial_that_nobody_encoded(files: dict[str, Path]) -> None:
    done = evaluate("--trial", "NCT99999999", files["bare"])
    assert done.returncode == 2
    assert "No protocol" in done.stderr


@pytest.mark.requirement(81)
def test_the_same_bytes_whatever_the_process(files: dict[str, Path]) -> None:
    first, *others = (
        evaluate("--json", "--timeline", files["neutropenia"], PYTHONHASHSEED=seed).stdout
        for seed in ("0", "1", "4242")
    )
    assert first
    assert [other == first for other in others] == [True, True]


def test_standard_input(files: dict[str, Path]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "evaluate", "--json", "-"],
        cwd=ROOT,
        input=files["meets-everything"].read_bytes(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["status"] == "eligible"
