"""Facts written as JSON are read back equal: every fact of every invented and every nasty record."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from eligibility import demonstration
from patients.codec import decode, digest, encode
from patients.facts import Facts, Result
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.values import Amount, Days
from tests.rules.records import nasty

ON = date(2026, 11, 25)


def every(facts: Facts) -> list[object]:
    kinds = ("conditions", "results", "lesions", "histologies", "courses", "operations")
    held = [getattr(facts, kind) for kind in (*kinds, "specimens", "participations", "notices")]
    return [facts.person, *(fact for facts_of_kind in held for fact in facts_of_kind)]


def through_text(fact: object) -> object:
    return decode(json.loads(json.dumps(encode(fact))))


@pytest.mark.parametrize("key", [one.key for one in demonstration.catalogue()])
def test_invented_patients(key: str) -> None:
    raw = demonstration.to_json(demonstration.bundle(key, on=ON))
    facts = read_bundle(
        strict_json.parse(raw), received_on=ON, zone=ZoneInfo("America/Toronto")
    ).facts
    assert [through_text(fact) for fact in every(facts)] == every(facts)


def test_nasty_records() -> None:
    for seed in range(150):
        found = nasty(seed)
        if found is not None:
            facts = every(found.record.facts)
            assert [through_text(fact) for fact in facts] == facts


def test_decimals_keep_their_digits() -> None:
    amount = Amount(Decimal("6.30"), None, "10*9/L", "number", Decimal("6.30"))
    result = Result("Observation/1", "a", "b", "platelets", "final", amount, Days(ON, ON, "x"))
    again = through_text(result)
    assert isinstance(again, Result)
    assert isinstance(again.value, Amount)
    assert str(again.value.value) == "6.30"
    assert digest(encode(result)) == digest(encode(again))
