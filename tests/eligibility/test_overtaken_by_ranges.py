"""A changed reference range overtakes exactly the assessments that it could change, found by the query."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction

from patients.actions.ranges import Limit, NotInForce, add_range, correct_range, end_range
from patients.models import RangeChange, ReferenceRange
from tests.eligibility.stored import (
    ON,
    dry,
    file,
    found,
    make_site,
    patient_with,
    received,
    stored,
)
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

AST, ALT = "1920-8", "1742-6"
EARLY, LATE = "2026-11-13", "2026-11-23"
AST_35 = Limit(analyte="ast", high=Decimal(35), unit="U/L")

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Site]:
    made = make_site()
    with use_sites([made.pk]):
        yield made


@pytest.fixture
def patients(site: Site) -> dict[str, UUID]:
    """By their results: of AST early and late, of ALT, and none."""
    results: dict[str, tuple[tuple[str, str], ...]] = {
        "early": ((AST, EARLY),),
        "late": ((AST, LATE),),
        "alt": ((ALT, LATE),),
        "none": (),
        "month": ((AST, "2026-11"),),
    }
    made = {key: received(patient_with(*held, key=key), site) for key, held in results.items()}
    file(*made.values())
    return made


def test_a_range_that_is_added_overtakes_who_has_a_result_of_it(
    site: Site, patients: dict[str, UUID]
) -> None:
    assert found(site) == set()
    add_range(AST_35, site=site, by=None)
    assert found(site) == {patients[key] for key in ("early", "late", "month")}
    file(*found(site))
    assert found(site) == set()


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "whom"),
    [
        (None, None, {"early", "late", "month"}),
        (date(2026, 11, 14), None, {"late", "month"}),
        (date(2026, 11, 13), date(2026, 11, 22), {"early", "month"}),
        (date(2026, 11, 23), None, {"late", "month"}),
        (None, date(2026, 11, 12), {"month"}),
        (date(2026, 12, 1), None, set()),
        (None, date(2026, 10, 31), set()),
    ],
)
def test_only_results_of_its_days_are_concerned(
    site: Site,
    patients: dict[str, UUID],
    valid_from: date | None,
    valid_to: date | None,
    whom: set[str],
) -> None:
    add_range(replace(AST_35, valid_from=valid_from, valid_to=valid_to), site=site, by=None)
    assert found(site) == {patients[key] for key in whom}


def test_an_end_overtakes_who_has_a_result_after_it(site: Site, patients: dict[str, UUID]) -> None:
    held = add_range(AST_35, site=site, by=None)
    file(*found(site))
    ended = end_range(held, last_day=date(2026, 11, 20), by=None)
    assert found(site) == {patients["late"], patients["month"]}
    held.refresh_from_db()
    assert (held.superseded_version, ended.since_version, held.valid_to) == (2, 2, None)


def test_a_correction_overtakes_by_both_analytes_and_both_validities(
    site: Site, patients: dict[str, UUID]
) -> None:
    held = add_range(replace(AST_35, valid_to=date(2026, 11, 14)), site=site, by=None)
    file(*found(site))
    meant = Limit(analyte="alt", high=Decimal(40), unit="U/L", valid_from=date(2026, 11, 20))
    correct_range(held, meant, by=None)
    assert found(site) == {patients[key] for key in ("early", "month", "alt")}


def test_what_is_superseded_is_neither_ended_nor_corrected(site: Site) -> None:
    held = add_range(AST_35, site=site, by=None)
    end_range(held, last_day=ON, by=None)
    with pytest.raises(NotInForce):
        end_range(held, last_day=ON, by=None)
    with pytest.raises(NotInForce):
        correct_range(held, AST_35, by=None)
    (current,) = ReferenceRange.objects.filter(superseded_version=None)
    with pytest.raises(NotInForce):
        end_range(current, last_day=ON + timedelta(days=1), by=None)
    assert RangeChange.objects.count() == 2, "a refusal leaves nothing"


def test_another_sites_ranges_overtake_nobody_here(site: Site, patients: dict[str, UUID]) -> None:
    other = make_site("montreal")
    with use_sites([other.pk]):
        there = received(patient_with((AST, LATE), key="there"), other)
        file(there)
        add_range(AST_35, site=other, by=None)
        assert found(other) == {there}
    assert found(site) == set()


def test_a_range_as_stated_answers_as_in_the_dry_run(site: Site) -> None:
    bundle = patient_with((AST, LATE), (ALT, LATE), key="both")
    patient = received(bundle, site)
    rows: list[dict[str, Any]] = [
        {"analyte": "ast", "high": "16.0", "unit": "U/L", "sex": "female", "from": "2026-01-01"},
        {"analyte": "ast", "high": "7.5", "unit": "U/L"},
        {"analyte": "alt", "high": "20", "unit": "U/L", "age_low": "18", "to": "2026-12-31"},
    ]
    for row in rows:
        told: dict[str, Any] = {
            name: row[name] for name in ("analyte", "unit", "sex") if name in row
        }
        told |= {"high": Decimal(row["high"])}
        told |= {"age_low": Decimal(row["age_low"])} if "age_low" in row else {}
        for key, name in (("from", "valid_from"), ("to", "valid_to")):
            told |= {name: date.fromisoformat(row[key])} if key in row else {}
        add_range(Limit(**told), site=site, by=None)
    expected = dry(bundle, reference_ranges=rows)
    assert stored(patient) == expected
    assert "16.0" in expected


def test_what_was_corrected_or_has_ended_counts_for_nothing(site: Site) -> None:
    bundle = patient_with((AST, LATE), key="late")
    patient = received(bundle, site)
    held = add_range(AST_35, site=site, by=None)
    meant = correct_range(held, replace(AST_35, high=Decimal("7.5")), by=None)
    row = {"analyte": "ast", "high": "7.5", "unit": "U/L"}
    assert stored(patient) == dry(bundle, reference_ranges=[row])
    end_range(meant, last_day=date(2026, 11, 1), by=None)
    assert stored(patient) == dry(bundle, reference_ranges=[{**row, "to": "2026-11-01"}])
    assert stored(patient) == dry(bundle)


def test_ranges_and_their_changes_are_kept(site: Site) -> None:
    add_range(AST_35, site=site, by=None)
    for statement in (
        "UPDATE patients_referencerange SET high = 1",
        "UPDATE patients_referencerange SET valid_to = now()",
        "DELETE FROM patients_referencerange",
        "UPDATE patients_rangechange SET version = 9",
        "DELETE FROM patients_rangechange",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_whoever_is_not_found_would_be_answered_the_same(site: Site) -> None:
    """Random ranges added, ended and corrected: nobody is left with an answer that has become another."""
    chance = random.Random(3)
    patients: list[UUID] = []
    for number in range(10):
        results = [
            (chance.choice([AST, ALT]), f"2026-11-{chance.randint(11, 25)}")
            for _ in range(chance.randint(0, 3))
        ]
        patients.append(received(patient_with(*results, key=f"p{number}"), site))
    file(*patients)
    before = {patient: stored(patient) for patient in patients}
    missed = spared = 0
    for _ in range(12):
        change_something(chance, site)
        overtaken = found(site)
        for patient in patients:
            if patient not in overtaken:
                spared += 1
                missed += stored(patient) != before[patient]
        file(*overtaken)
        before |= {patient: stored(patient) for patient in overtaken}
        assert found(site) == set()
    assert missed == 0
    assert spared > 30, "many have no result that is concerned"


def change_something(chance: random.Random, site: Site) -> None:
    current = list(ReferenceRange.objects.filter(superseded_version=None).order_by("pk"))
    first = date(2026, 11, chance.randint(8, 24))
    limit = Limit(
        analyte=chance.choice(["ast", "alt"]),
        high=Decimal(chance.choice([5, 15, 25, 35])),
        unit="U/L",
        sex=chance.choice(["any", "female", "male"]),
        valid_from=chance.choice([None, first]),
        valid_to=chance.choice([None, first + timedelta(days=chance.randint(0, 9))]),
    )
    way = chance.random()
    if not current or way < 0.4:
        add_range(limit, site=site, by=None)
    elif way < 0.7:
        correct_range(chance.choice(current), limit, by=None)
    else:
        held = chance.choice(current)
        last = held.valid_from or first
        if held.valid_to is not None:
            last = min(last, held.valid_to)
        end_range(held, last_day=last, by=None)
