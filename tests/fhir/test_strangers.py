"""Published examples go in and come back: nothing is lost on the way, and nothing is broken by what is odd."""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.intake import strict_json
from tests.api.stored.conftest import make_client
from tests.fhir.conftest import Json, Speaker
from tests.fhir.test_writing import counts
from tests.strangers.packages import PACKAGES, Examples, NotToBeHad, examples
from trialscreen.institution.models import Site

TRIES = int(os.environ.get("FHIR_FUZZ", "60"))
"""Spoiled Bundles; `FHIR_FUZZ=20000` asks for more."""
pytestmark = pytest.mark.django_db
_OURS = ("versionId", "lastUpdated")


@pytest.fixture(scope="module", params=sorted(PACKAGES))
def strangers(request: pytest.FixtureRequest) -> Examples:
    try:
        return examples(request.param)
    except NotToBeHad as why:
        pytest.skip(f"{why}; the example packages are read where the npm registry is in reach")


def flat(tree: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf with its place, its digits as they are written; references by themselves."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "reference" and isinstance(value, str):
                yield f"{place}.{key}", "(a reference)"
            else:
                yield from flat(value, f"{place}.{key}")
        if not tree:
            yield place, "{}"
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from flat(value, f"{place}[{index}]")
        if not tree:
            yield place, "[]"
    else:
        yield place, strict_json.write(tree)


def said_by_them(resource: Json) -> dict[str, str]:
    """All that a resource says but what the interface says of it: its id, its version, since when."""
    meta = resource.get("meta")
    rest = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    if isinstance(meta, dict):
        kept = {name: value for name, value in meta.items() if name not in _OURS}
        rest |= {"meta": kept} if kept else {}
    return dict(flat(rest))


@pytest.mark.requirement(57)
def test_every_example_comes_back_as_it_was_sent(
    strangers: Examples, toronto: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: Counter[str] = Counter()
    lost = []
    for number, (name, bundle) in enumerate(sorted(strangers.patients.items())):
        speaker = Speaker(make_client(f"system {number}", toronto))
        said = speaker.ask("post", "", bundle)
        if said.status != 200:
            seen[f"refused {said.outcome(said.status)['code']}"] += 1
            continue
        for sent, answered in zip(bundle["entry"], said.tree["entry"], strict=True):
            place = answered["response"].get("location")
            kind = sent["resource"]["resourceType"]
            held = speaker.get(place) if place else None
            if held is None or held.status == 404:
                seen[f"not to be read: {kind}"] += 1
                continue
            seen["read back"] += 1
            if said_by_them(held.tree) != said_by_them(sent["resource"]):
                lost.append(f"{name} {kind}/{sent['resource'].get('id')}")
    with capsys.disabled():
        print(f"\n{strangers.package}: {dict(seen)}")  # noqa: T201 - the counts are part of the result
    assert lost == []
    assert not [name for name in seen if name.startswith("not to be read")]
    assert seen["read back"] > 30


def spoil(tree: Json, choose: st.DataObject) -> Json:
    """A Bundle with one to three things dropped, doubled, retyped, nested or renamed."""
    made = copy.deepcopy(tree)
    for _ in range(choose.draw(st.integers(1, 3))):
        places = list(_places(made))
        held, key = choose.draw(st.sampled_from(places))
        how = choose.draw(st.sampled_from(("drop", "double", "retype", "nest", "rename")))
        if how == "drop":
            del held[key]
        elif how == "double" and isinstance(held, list):
            held.insert(key, copy.deepcopy(held[key]))
        elif how == "double":
            held[key] = [held[key], copy.deepcopy(held[key])]
        elif how == "retype":
            held[key] = choose.draw(
                st.sampled_from((None, True, 3, "x", [], {}, [[]], {"a": {}}, "2026-02-30"))
            )
        elif how == "nest":
            held[key] = {"reference": held[key], "coding": [held[key]]}
        elif isinstance(held, dict):
            held[
                choose.draw(st.sampled_from(("id", "modifierExtension", "status", "x" * 300, "é")))
            ] = held.pop(key)
    return made


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    level = [tree]
    while level:
        one = level.pop()
        pairs = list(one.items()) if isinstance(one, dict) else list(enumerate(one))
        for key, value in pairs:
            yield one, key
            if isinstance(value, dict | list):
                level.append(value)


@pytest.mark.requirement(51)
def test_odd_bundles_break_nothing(strangers: Examples, fhir: Speaker, toronto: Site) -> None:
    small = [one for one in strangers.patients.values() if len(one["entry"]) < 12]

    @settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def odd(choose: st.DataObject) -> None:
        tree = spoil(choose.draw(st.sampled_from(small)), choose)
        kind = choose.draw(st.sampled_from(("transaction", "batch", "collection")))
        if isinstance(tree, dict) and "type" in tree:
            tree["type"] = kind
        if choose.draw(st.booleans()) and isinstance(tree.get("entry"), list):
            for one in tree["entry"]:
                if isinstance(one, dict):
                    resource = one.get("resource")
                    name = (
                        resource.get("resourceType")
                        if isinstance(resource, dict)
                        else "Observation"
                    )
                    one["request"] = {"method": "POST", "url": str(name)}
        before = counts(toronto)
        said = fhir.ask("post", "", tree)
        assert said.status < 500, said.raw[:500]
        if said.status != 200:
            said.outcome(said.status)
            assert counts(toronto) == before
        found = fhir.get("Observation?_count=200")
        assert found.status == 200

    odd()
