"""Canonical JSON: the protocol as data, read back as the same value."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from eligibility.rules.canonical import NotCanonical, digest, dumps, from_data, loads, to_data
from eligibility.rules.catalogue import CATALOGUE
from eligibility.rules.limits import Limit
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import REASONS, Reason
from tests.rules.records import ON, PROTOCOL, nasty


def test_the_protocol_is_read_back_as_itself() -> None:
    again = loads(PROTOCOL.canonical())
    assert again == PROTOCOL
    assert again.canonical() == PROTOCOL.canonical()
    assert again.digest() == PROTOCOL.digest()


def test_what_is_read_back_decides_alike() -> None:
    again = loads(PROTOCOL.canonical())
    for seed in range(40):
        found = nasty(seed)
        if found is not None:
            first = PROTOCOL.assess(found.case, found.on)
            second = again.assess(again.case(found.record, found.case.policy), found.on)
            assert [f[:3] for f in first.findings] == [f[:3] for f in second.findings]


def test_decimals_are_never_floats() -> None:
    limit = Limit(Decimal("1.50"), "10*9/L", "number", "1,500/mm³")
    assert json.loads(dumps(limit))["value"] == {"decimal": "1.50"}
    assert str(loads(dumps(limit)).value) == "1.50"


def test_the_digest_changes_with_every_word() -> None:
    first = PROTOCOL.criteria[0]
    for changed in (
        replace(first, text=first.text + " "),
        replace(first, quote=first.quote.lower()),
        replace(first, place="field/age"),
    ):
        assert digest(replace(PROTOCOL, criteria=(changed, *PROTOCOL.criteria[1:]))) != (
            PROTOCOL.digest()
        )


@pytest.mark.parametrize(
    "data",
    [{"kind": "no-such-kind"}, {"years": 18}, {"kind": "age-at-least", "months": 18}, {}],
)
def test_what_is_not_of_the_language_is_refused(data: object) -> None:
    with pytest.raises(NotCanonical):
        from_data(data)


def test_only_values_of_the_language_are_written() -> None:
    for stray in (1.5, object(), {"a": 1}, ON):
        with pytest.raises(NotCanonical):
            to_data(stray)


def test_every_kind_is_documented_and_named_once() -> None:
    kinds = [cls for name, cls in CATALOGUE.items() if not name.startswith("test-")]
    assert len(set(kinds)) == len(kinds)
    for cls in kinds:
        assert cls.__doc__, cls
        assert cls.__doc__ != Statement.__doc__


def test_every_kind_of_the_catalogue_serves_this_trial() -> None:
    used: set[str] = set()

    def walk(data: object) -> None:
        if isinstance(data, dict):
            used.add(data.get("kind", ""))
            for part in data.values():
                walk(part)
        elif isinstance(data, list):
            for part in data:
                walk(part)

    walk(json.loads(PROTOCOL.canonical()))
    unused = {name for name in CATALOGUE if not name.startswith("test-")} - used
    assert unused == {"any", "not"}, "the closed catalogue holds no kind that nobody needs"


def test_every_reason_has_its_sentence() -> None:
    assert set(REASONS) == set(Reason)
    assert len(set(REASONS.values())) == len(REASONS)
