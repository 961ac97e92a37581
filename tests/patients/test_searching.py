"""Looking for patients: what is found, how much of it at most, and that nobody of another site ever is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest
from django.db import connection

from patients import searching
from patients.models import Demographics
from tests.pages.stored import bare, make_site, received
from trialscreen.institution.database_roles import DEFINER_ROLE
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Site:
    return make_site()


def people(site: Site) -> None:
    received(bare("61", given="Amélie", family="Van der Berg", born="1984-05-17"), site)
    received(bare("62", given="Wei-Lan", family="O'Brien", born="1984-05"), site)
    received(bare("73", given="Bo", family="50%_\\", born="1950"), site)


def named(found: Sequence[UUID]) -> list[str]:
    held = Demographics.objects.filter(patient__in=found, superseded_version=None)
    return sorted(held.values_list("given_name", flat=True))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("amelie", ["Amélie"]),
        ("berg van", ["Amélie"]),
        ("erg", ["Amélie"]),
        ("av", ["Amélie"]),
        ("be", ["Amélie"]),
        ("a.v.", ["Amélie"]),
        ("a v", ["Amélie"]),
        ("lan", ["Wei-Lan"]),
        ("o'brien", ["Wei-Lan"]),
        ("b", ["Amélie", "Bo"]),
        ("mrn-6", ["Amélie", "Wei-Lan"]),
        ("73", ["Bo"]),
        ("rn-7", ["Bo"]),
        ("50%_\\", ["Bo"]),
        ("%%%", []),
        ("___", []),
        ("\\", []),
        ("amelie brien", []),
    ],
)
def test_by_name_or_identifier(here: Site, typed: str, found: list[str]) -> None:
    people(here)
    with use_sites([here.pk]):
        assert named(searching.by_name_or_identifier(typed.split(), typed, at_most=9)) == found


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(1984, 5, 17), ["Amélie", "Wei-Lan"]),
        (date(1984, 5, 1), ["Wei-Lan"]),
        (date(1950, 12, 31), ["Bo"]),
        (date(1951, 1, 1), []),
    ],
)
def test_by_birth(here: Site, day: date, found: list[str]) -> None:
    people(here)
    with use_sites([here.pk]):
        assert named(searching.by_birth(day, at_most=9)) == found


def test_no_more_than_is_asked_for(here: Site) -> None:
    people(here)
    with use_sites([here.pk]):
        assert len(searching.by_name_or_identifier(["mrn"], "mrn", at_most=2)) == 2
        assert len(searching.first_by_name(at_most=2)) == 2


def test_a_corrected_name_is_no_longer_found(here: Site) -> None:
    received(bare("1", given="Amélie", family="Gagnon"), here)
    received(bare("1", given="Amélie", family="Tremblay"), here)
    with use_sites([here.pk]):
        assert searching.by_name_or_identifier(["gagnon"], "gagnon", at_most=9) == []
        assert len(searching.by_name_or_identifier(["tremblay"], "tremblay", at_most=9)) == 1


def test_nobody_of_another_site_is_found(here: Site) -> None:
    """What looks with the rights of the definer keeps to the sites in use, and finds nobody where there are none."""
    there = make_site("montreal", "America/Toronto")
    people(there)
    for sites in ([], [here.pk]):
        with use_sites(sites):
            assert searching.by_name_or_identifier(["amelie"], "mrn", at_most=9) == []
            assert searching.by_birth(date(1984, 5, 17), at_most=9) == []
            assert searching.first_by_name(at_most=9) == []
    with use_sites([here.pk, there.pk]):
        assert len(searching.by_name_or_identifier(["amelie"], "amelie", at_most=9)) == 1


def test_only_the_application_may_look() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosecdef, proowner::regrole::text, proconfig, proacl::text"
            " FROM pg_proc WHERE proname = 'patients_sought'"
        )
        ((by_another, definer, settings, granted),) = cursor.fetchall()
    assert by_another
    assert definer == DEFINER_ROLE
    assert settings == ["search_path=pg_catalog, pg_temp"]
    assert "{=X" not in granted
    assert ",=X" not in granted
