"""``docs/webhook-events.md``: every kind of event that other systems can be told of, with an example."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from eligibility.telling.kinds import TEST, WORDS, Kind, example

_INTRODUCTION = """\
# Events of webhooks

Generated from `eligibility/telling/kinds.py` by `manage.py generate_docs`; do not edit. How messages are sent, signed
and checked: [webhooks.md](webhooks.md).

Every event has `type`, `timestamp` and `data`. In `data` are always `screening`, `patient` (ids of ours), `trial`,
`sequence` (of the patient), `state` of the screening, `status` of the latest assessment, `earliest` (the first day on
which a patient who is not yet eligible may be), `window_last` (the last day of the window) and `links`; `null` is what
there is not. Fields may be added: ignore those you do not know.
"""


def webhook_events_document() -> str:
    """The whole document as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    yield "| type | when |"
    yield "|---|---|"
    for kind, words in WORDS.items():
        yield f"| `{kind.value}` | {words} |"
    yield f"| `{TEST}` | An administrator sends a test; `data` is empty, and nobody chooses it |"
    for kind in Kind:
        yield ""
        yield f"## {kind.value}"
        yield ""
        yield "```json"
        yield _example(kind)
        yield "```"


def _example(kind: Kind) -> str:
    body: dict[str, Any] = {
        "type": kind.value,
        "timestamp": "2026-11-25T15:30:00.000Z",
        "data": example(kind),
    }
    return json.dumps(body, indent=2, ensure_ascii=False)
