"""``docs/hostile-input.md``, and the answers that it shows and the tests hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.hostile.bodies import BODIES
from tests.hostile.ways import WAYS

PATH: Final = Path(__file__).resolve().parents[2] / "docs" / "hostile-input.md"
ANSWERS: Final = Path(__file__).with_name("answers.json")
_HEAD: Final = """\
# Bodies that are made to break what reads them

Generated from `tests/hostile` by its tests with `HOSTILE_WRITE=1`; do not edit. Below each way in, every way to spoil a
body that is taken as it is ("nothing wrong"), with the status of the answer and what it says; the place in the body is
told as well and left out here. No answer is a 5xx. Of a body that is refused nothing is kept; where the table says
*kept*, the body was taken.

HL7 v2 is answered with 200 and an acknowledgement: AE and AR refuse, and the message itself is kept as it came, on the
page of messages. A file to import is taken first and checked after that: what stands there is the state of the import
and what its check found; a line that is refused is kept for who sent it, and for nothing else. XML and YAML are read
nowhere. Nothing that a body names is ever fetched. Formulas in spreadsheets are in [reports.md](reports.md), fields of
forms in [refusals.md](refusals.md).
"""


def held() -> dict[str, dict[str, str]]:
    """The answer to each body, by way in."""
    if not ANSWERS.exists():
        return {}
    found: dict[str, dict[str, str]] = json.loads(ANSWERS.read_text())
    return found


def write(way: str, found: Mapping[str, str]) -> None:
    answers = held() | {way: dict(found)}
    kept = {name: answers[name] for name in WAYS if name in answers}
    ANSWERS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    PATH.write_text(document())


def document() -> str:
    return "\n".join([_HEAD, *_tables()])


def _tables() -> Iterator[str]:
    for name, answers in held().items():
        yield f"## {name}: `{WAYS[name].at}`\n"
        yield "| sent | answer |"
        yield "| --- | --- |"
        for body in BODIES:
            if body in answers:
                yield f"| {body} | {answers[body]} |"
        yield ""
