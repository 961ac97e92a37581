"""What every test may count on: one PostgreSQL for the run, and named Hypothesis profiles."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, Verbosity
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests.unordered import read_backwards
from trialscreen.wiring.embedded.postgres import APPLICATION_USER as APPLICATION_ROLE

ROOT = Path(__file__).resolve().parents[1]
SERVER = "TRIALSCREEN_TEST_SERVER"
# Set by tests/settings.py when no DATABASE_URL was given.
NOT_STARTED = "not-started.invalid"

hypothesis_settings.register_profile(
    "ci",
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "thorough", hypothesis_settings.get_profile("ci"), max_examples=2_000
)
hypothesis_settings.register_profile(
    "loud", hypothesis_settings.get_profile("ci"), verbosity=Verbosity.verbose
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    """Have a PostgreSQL at hand; it starts only when a test asks for the database."""
    read_backwards()
    is_worker = hasattr(config, "workerinput")
    if is_worker or SERVER in os.environ or NOT_STARTED not in os.environ["DATABASE_URL"]:
        return
    keeper = subprocess.Popen(
        [sys.executable, "-m", "trialscreen.wiring.embedded.on_demand"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    answer = keeper.stdout.readline().decode() if keeper.stdout else ""
    state, _, path = answer.strip().partition(" ")
    if state != "ready":
        raise pytest.UsageError("the keeper of the test database could not be started")
    os.environ[SERVER] = path

    def end() -> None:
        os.environ.pop(SERVER, None)
        keeper.communicate(timeout=60)

    config.add_cleanup(end)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Called by pytest-django before the first test with a database: now the server is needed."""
    from django.conf import settings
    from django.db import connections

    default = connections.settings["default"]
    owner, application = settings.OWNER_DATABASE, dict(default)
    if SERVER in os.environ:
        from trialscreen.wiring.embedded.on_demand import ask

        default["HOST"] = unquote(urlsplit(ask(os.environ[SERVER])).hostname or "")
        owner, application = dict(default), default | {"USER": APPLICATION_ROLE}
    elif owner is None:
        owner = dict(default)
        as_application = {"options": f"-c role={APPLICATION_ROLE}"}
        application = default | {"OPTIONS": default.get("OPTIONS", {}) | as_application}
    settings.OWNER_DATABASE = owner
    _ROLES.update(owner=owner, application=application)
    _become("owner")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The owner has made the test database; every test works in it as the application."""
    from django.core.management import CommandError
    from django.test import TransactionTestCase

    from trialscreen.wiring.owner import as_owner

    empty_tables = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty_tables_as_owner(case: TransactionTestCase) -> None:
        # A page that asks by itself may have asked once more when its browser was closed.
        for attempt in range(3):
            try:
                with as_owner():
                    empty_tables(case)
            except CommandError:
                if attempt == 2:
                    raise
                time.sleep(1)
            else:
                return

    TransactionTestCase._fixture_teardown = empty_tables_as_owner  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        _become("application")
    yield
    with django_db_blocker.unblock():
        _become("owner")


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    """What one test has got wrong at signing in or signing limits no other."""
    yield
    from django.core.cache import cache

    cache.clear()


# Who the tests may be, and where: filled in when the first of them asks for the database.
_ROLES: dict[str, dict[str, Any]] = {}


def _become(role: str) -> None:
    from django.db import connection

    from trialscreen.wiring.owner import who_and_where

    connection.close()
    connection.settings_dict.update(who_and_where(_ROLES[role]))
