"""Every operation, by everybody: never a fault of ours, and every answer as the document describes it (T2).

``FUZZ_REQUESTS=200000`` asks so many in all, drawn anew each time; ``SEED`` is printed and repeats a run. `make test`
asks the same each time, so that what it tells is about the change at hand.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any

import pytest

from tests.fuzz.asking import Outcome, ask
from tests.fuzz.cases import cases, operations
from tests.fuzz.conftest import Asked
from tests.isolation.routes import document

USUAL = 20_000
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", USUAL))
SEED = int(os.environ.get("SEED") or (random.randrange(1_000_000) if REQUESTS > USUAL else 1))
ROLES = ("coordinator", "investigator", "monitor", "administrator", "client", "nobody")


@cache
def described() -> list[Any]:
    """Every operation; the description is read once for all who ask."""
    return operations(document())


@pytest.fixture
def _quiet() -> Iterator[None]:
    """Thousands of refusals are logged, which nobody reads."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.requirement(51, 67, 69, 70)
@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("role", ROLES)
def test_everything_is_answered_as_it_is_described(asked: Asked, role: str) -> None:
    told, outcome, began = described(), Outcome(), time.monotonic()
    each = max(2, 1 + REQUESTS // (len(ROLES) * len(told)))
    for of in count(SEED):
        # What takes nothing is asked less often than it could be, so that all are asked once more, otherwise.
        for operation in told:
            ask(cases(operation, asked.home, number=each, of=of), asked.tokens[role], outcome)
        if outcome.requests >= REQUESTS // len(ROLES):
            break
    print(f"\n{role}, SEED={SEED}, {time.monotonic() - began:.0f} s: {outcome}")  # noqa: T201
    assert outcome.requests >= max(len(told), REQUESTS // len(ROLES))
    assert not outcome.faults, f"{role}, SEED={SEED}: {outcome.short()}"
