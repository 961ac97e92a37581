"""The product and the naive reading agree on invented patients.

``DIFFERENTIAL_CASES`` sets how many (300), ``DIFFERENTIAL_SEED`` the first seed: the same in each `make test`, so that
what it tells is about the change at hand; another one each time, and printed, where more cases are asked for.
"""

from __future__ import annotations

import os
import secrets

import pytest

from tests.differential.compare import disagreements, minimal, shown
from tests.differential.generator import encode, make

USUAL = 300
CASES = int(os.environ.get("DIFFERENTIAL_CASES", USUAL))
SLICES = 6
EVERY = 5
"""Of one case in so many the 181 days of the horizon are compared as well."""


def first_seed() -> int:
    given = os.environ.get("DIFFERENTIAL_SEED")
    if given:
        return int(given)
    return secrets.randbelow(10**9) if CASES > USUAL else 1


def test_a_seed_always_makes_the_same_document() -> None:
    assert [encode(make(seed)) for seed in range(40)] == [encode(make(seed)) for seed in range(40)]


def test_the_documents_are_varied() -> None:
    assert len({encode(make(seed)) for seed in range(200)}) == 200


@pytest.mark.parametrize("part", range(SLICES))
def test_the_product_agrees_with_the_naive_reading(part: int) -> None:
    pytest.importorskip("eligibility.dryrun", reason="the dry run is not there yet")
    base = first_seed()
    print(f"first seed {base}, part {part}")  # noqa: T201 - shown by pytest when it fails
    for seed in range(base + part, base + CASES, SLICES):
        found = disagreements(make(seed), horizon=seed % EVERY == 0)
        if found:
            document, smallest = minimal(make(seed), found[0].place)
            others = "\n".join(str(each) for each in found[1:])
            pytest.fail(f"seed {seed}\n{smallest}\n{shown(document)}\nalso:\n{others}")
