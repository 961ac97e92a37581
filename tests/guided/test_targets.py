"""The targets of the guided fuzzer without it: drawn changes of what it begins with."""

from __future__ import annotations

import json
import os
from collections import Counter
from random import Random

import pytest

from tests.guided.mutating import mutated
from tests.guided.seeds import seeds, tree_of
from tests.guided.targets import TARGETS, TREES

EACH = int(os.environ.get("GUIDED", "1500"))
SEED = os.environ.get("SEED", "1")


@pytest.mark.requirement(51)
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_what_must_hold_whatever_arrives(target: str) -> None:
    begun = seeds(target)
    if not begun:
        pytest.skip("the example packages are read where the npm registry is in reach")
    draw, became = Random(f"{SEED} {target}"), Counter(TARGETS[target](raw) for raw in begun)
    for _ in range(EACH):
        raw = draw.choice(begun)
        became[TARGETS[target](changed(raw, target, draw))] += 1
    assert became["read"], became


def changed(raw: bytes, target: str, draw: Random) -> bytes:
    if target in TREES:
        return json.dumps(mutated(tree_of(raw), draw)).encode()
    held = bytearray(raw)
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = draw.randrange(len(held))
        held[at : at + draw.randrange(3)] = draw.choice(
            (b"", b"9", b"0", b"|", b",", b'"', b"\n", b"13")
        )
    return bytes(held)
