"""A hand-made answer that holds every verdict, basis, reason and remedy, to write pages against."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = json.loads(Path(__file__).with_name("example_answer.json").read_text(encoding="utf-8"))


@pytest.fixture
def answer() -> dict[str, Any]:
    """The example, *not yet* on 25 Nov 2026; a test may change its own copy."""
    return copy.deepcopy(EXAMPLE)


def criterion(answer: dict[str, Any], of: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in answer["criteria"] if one["id"] == of)
    return found
