"""Whatever stands where in a Bundle, the answer is FHIR and never a fault of ours."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest

from eligibility import demonstration
from patients.intake import strict_json
from tests.api.stored.conftest import FHIR, Asker

pytestmark = pytest.mark.django_db
ODD: list[Any] = [
    None, True, 0, -1, 10**39, "", " ", "x" * 5000, "é" * 700, "\u202e", "2026-13-45", "9999-12-31",
    [], {}, [[]], [None], {"": ""}, {"value": None}, {"reference": 3}, "Patient/another", "<",
]  # fmt: skip


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys."""
    found: list[tuple[Any, Any]] = []
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in steps:
        found.append((tree, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_odd_values_anywhere(ehr: Asker, today: date, seed: int) -> None:
    chance = random.Random(seed)
    keys = [one.key for one in demonstration.catalogue()]
    seen = set()
    for _ in range(25):
        text = demonstration.to_json(demonstration.bundle(chance.choice(keys), on=today))
        tree = strict_json.parse(text)
        for container, key in chance.sample(places(tree), chance.choice((1, 1, 2, 5))):
            container[key] = chance.choice(ODD)
        answer = ehr.send(strict_json.write(tree))
        assert answer.headers["Content-Type"] == FHIR
        assert answer.status_code in (200, 422), answer.content[:300]
        seen.add(answer.status_code)
        kind = json.loads(answer.content)["resourceType"]
        assert kind == ("Bundle" if answer.status_code == 200 else "OperationOutcome")
    assert 200 in seen
