"""The checklist in a terminal: plain text, no colour, one line per criterion and one for what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MARKS = {"met": "+", "not_met": "x", "unknown": "?", "not_applicable": "-"}
STATUS = {
    "eligible": "Eligible",
    "not_yet": "Not yet eligible",
    "undetermined": "Undetermined: information is missing",
    "ineligible": "Ineligible",
}


def checklist(answer: Mapping[str, Any], name: str) -> str:
    """An answer as lines of text for people."""
    return "\n".join(_lines(answer, name))


def _lines(answer: Mapping[str, Any], name: str) -> Iterator[str]:
    yield f"{name}: {answer['trial']} on {answer['on']}"
    yield f"{STATUS[answer['status']]}{_earliest(answer)}"
    yield from (f"  eligible {w['from']} to {w['to']}" for w in answer["windows"])
    for window in answer["possible_windows"]:
        repeats = ", ".join(
            f"{r['criterion']} not before {r['not_before']}" for r in window["repeat"]
        )
        if repeats:
            yield f"  possible {window['from']} to {window['to']}, repeating {repeats}"
    heading = ""
    for criterion in answer["criteria"]:
        if criterion["heading"] != heading:
            heading = criterion["heading"]
            yield f"\n{heading}"
        yield from _criterion(criterion)
    for title, key in (
        ("Unrecognised", "unrecognised"),
        ("Set aside", "set_aside"),
        ("Could not be read", "unread"),
    ):
        records = answer[key]
        if records:
            yield f"\n{title}"
            yield from (f"  {_record(record)}" for record in records)
    yield ""


def _earliest(answer: Mapping[str, Any]) -> str:
    return f", earliest {answer['earliest_date']}" if answer["earliest_date"] else ""


def _criterion(criterion: Mapping[str, Any]) -> Iterator[str]:
    basis = "" if criterion["basis"] in (None, "evidence") else f", {criterion['basis']}"
    words = criterion["verdict"].replace("_", " ")
    yield f"{MARKS[criterion['verdict']]} {criterion['title']} [{words}{basis}] {criterion['text']}"
    yield from (f"    needs ({need['kind']}): {need['what']}" for need in criterion["needs"])
    yield from (f"    conflict: {note}" for note in criterion["conflicts"])
    yield from (f"    warning: {note}" for note in criterion["warnings"])


def _record(record: Mapping[str, Any]) -> str:
    parts = (f"{record['type']}/{record['id']}", record["system"], record["code"], record["text"])
    return " ".join(part for part in (*parts, record["detail"]) if part)
