"""The last migrations go back and forward over patients and signatures; one-way migrations are named."""

from __future__ import annotations

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel

from tests.operations.drill import drill

pytestmark = [pytest.mark.requirement(80), pytest.mark.xdist_group("drill")]
OURS = ("eligibility", "patients", "institution")
ONE_WAY: dict[str, str] = {}
"""Migrations that cannot be undone, ``app.name``, and why."""


def names_of(app: str) -> list[str]:
    found = MigrationLoader(None).disk_migrations
    return sorted(name for label, name in found if label == app)


def made_by(app: str, name: str) -> set[str]:
    """Tables that a migration makes: undone, they do not stay."""
    operations = MigrationLoader(None).disk_migrations[app, name].operations
    return {f"{app}_{one.name.lower()}" for one in operations if isinstance(one, CreateModel)}


def test_migrations_that_cannot_be_undone_are_named() -> None:
    found = {
        f"{app}.{name}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in OURS and not all(operation.reversible for operation in migration.operations)
    }
    assert found == set(ONE_WAY)


def test_the_last_migration_of_each_goes_back_and_forward_over_data() -> None:
    """Undone and done again, with what depends on it: no row of any table that stays is lost, and people go on."""
    with drill() as one:
        for app in OURS:
            before = one.held["tables"]
            one.manage("migrate", app, names_of(app)[-2])
            one.manage("migrate", "--noinput")
            one.use()
            after = one.held["tables"]
            assert before.keys() == after.keys()
            fewer = {name for name in before if after[name][0] < before[name][0]}
            gone = {"django_migrations"} | made_by(app, names_of(app)[-1])
            assert fewer - gone == set(), f"{app}: rows were lost"
