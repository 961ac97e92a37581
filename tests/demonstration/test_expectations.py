"""Every invented patient, evaluated, shows what it is said to show."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from eligibility.demonstration import Invented, catalogue, document, to_json
from eligibility.demonstration.expectations import UNSAID, Shown, day_of
from eligibility.dryrun import answer_document

DAYS = (date(2026, 11, 22), date(2026, 12, 31), date(2028, 2, 29))


def answer_about(invented: Invented, on: date) -> dict[str, Any]:
    raw = to_json(document(invented.key, on=on)).encode()
    answered = answer_document(
        raw, trial="NCT00514085", on=None, today=lambda zone: on, timeline=False
    )
    read: dict[str, Any] = json.loads(json.dumps(answered))
    return read


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("invented", catalogue(), ids=lambda invented: invented.key)
def test_shows_what_it_is_there_to_show(invented: Invented, on: date) -> None:
    answer = answer_about(invented, on)
    found = {item["id"]: item for item in answer["criteria"]}
    wrong = [
        line
        for shown in invented.expects.shown
        for line in disagreements(shown, found[shown.criterion], on)
    ]
    wrong += overall_disagreements(invented, answer, found, on)
    assert wrong == [], f"{invented.key} on {on}: {invented.one_line}"


@pytest.mark.parametrize("invented", catalogue(), ids=lambda invented: invented.key)
def test_every_sentence_is_whole(invented: Invented) -> None:
    answer = answer_about(invented, DAYS[0])
    sentences = [
        sentence
        for item in answer["criteria"]
        for sentence in (item["text"], *(need["what"] for need in item["needs"]))
    ]
    assert [sentence for sentence in sentences if not _is_whole(sentence)] == []


def _is_whole(sentence: str) -> bool:
    """No gap left unfilled, nothing of Python showing through, an end."""
    traces = re.search(r"[{}]|\bNone\b(?! of)|Decimal|datetime|frozenset| {2}|\(\)", sentence)
    return traces is None and sentence.endswith((".", "?"))


def disagreements(shown: Shown, found: dict[str, Any], on: date) -> list[str]:
    """Return a line for everything about one criterion that came out otherwise."""
    wanted: dict[str, object] = {"verdict": shown.verdict}
    for name in ("reason", "basis", "remedy"):
        if getattr(shown, name) is not None:
            wanted[name] = getattr(shown, name)
    if shown.clears is not UNSAID:
        wanted["clears_on"] = _iso(day_of(shown.clears, on))
    if shown.changes is not UNSAID:
        wanted["changes_on"] = _iso(day_of(shown.changes, on))
    return [
        f"{shown.criterion}: {name} is {found[name]!r}, not {value!r} ({found['text']})"
        for name, value in wanted.items()
        if found[name] != value
    ]


def overall_disagreements(
    invented: Invented, answer: dict[str, Any], found: dict[str, Any], on: date
) -> list[str]:
    """Return a line for everything about the whole answer that came out otherwise."""
    expects, wrong = invented.expects, []
    if answer["status"] != expects.status:
        against = {
            item["id"]: f"{item['verdict']} {item['reason']}"
            for item in answer["criteria"]
            if item["verdict"] in ("not_met", "unknown")
        }
        wrong.append(f"status is {answer['status']}, not {expects.status}: {against}")
    if expects.earliest is not UNSAID:
        earliest = _iso(day_of(expects.earliest, on))
        if answer["earliest_date"] != earliest:
            wrong.append(f"earliest_date is {answer['earliest_date']}, not {earliest}")
    for name, runs in (("windows", expects.windows), ("possible_windows", expects.possible)):
        if runs is not None:
            given = [(run["from"], run["to"]) for run in answer[name]]
            meant = [(_iso(_after(on, first)), _iso(_after(on, last))) for first, last in runs]
            if given != meant:
                wrong.append(f"{name} are {given}, not {meant}")
    wrong += _list_disagreements(invented, answer, found)
    return wrong


def _list_disagreements(
    invented: Invented, answer: dict[str, Any], found: dict[str, Any]
) -> list[str]:
    expects, wrong = invented.expects, []
    if expects.confirm is not None:
        to_confirm = set(answer["to_confirm"])
        if not (to_confirm >= set(expects.confirm) and bool(to_confirm) == bool(expects.confirm)):
            wrong.append(f"to_confirm is {answer['to_confirm']}")
    codes = {item["code"] for item in answer["unrecognised"]}
    if not codes >= set(expects.unrecognised):
        wrong.append(f"unrecognised are {sorted(map(str, codes))}")
    if expects.aside is not None and len(answer["set_aside"]) != expects.aside:
        wrong.append(f"set_aside is {answer['set_aside']}")
    for name, criteria in (("warnings", expects.warned), ("conflicts", expects.conflicting)):
        wrong += [f"{key} has no {name}" for key in criteria if not found[key][name]]
    return wrong


def _after(on: date, days: int) -> date:
    return on + timedelta(days=days)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
