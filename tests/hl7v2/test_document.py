"""docs/hl7v2.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from patients.intake.hl7v2.charsets import CHARSETS
from patients.intake.hl7v2.faults import CODES, REJECTED
from patients.intake.hl7v2.headers import READ, VERSIONS
from patients.intake.hl7v2.results import STATUSES

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "hl7v2.md").read_text()


def test_every_reason_stands_in_its_table() -> None:
    rows = [f"| `{code}` | {number} | {words} |" for code, (number, words) in CODES.items()]
    assert "\n".join(rows) in DOCUMENT
    assert CODES.keys() >= REJECTED


def test_what_is_read_is_named() -> None:
    names = [f"{kind}^{event}" for kind, events in READ.items() for event in events]
    for one in (*names, *VERSIONS, *(each for each in CHARSETS if each != "UTF-8")):
        assert one in DOCUMENT
    told = next(line for line in DOCUMENT.splitlines() if line.startswith("| OBX-11 "))
    for status in STATUSES:
        assert f" {status}" in told
