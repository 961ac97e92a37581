"""What every test may count on: one PostgreSQL for the run, and named Hypothesis profiles."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, Verbosity, settings

ROOT = Path(__file__).resolve().parents[1]
SERVER = "TRIALSCREEN_TEST_SERVER"
# Set by tests/settings.py when no DATABASE_URL was given.
NOT_STARTED = "not-started.invalid"

settings.register_profile(
    "ci",
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=2_000)
settings.register_profile("loud", settings.get_profile("ci"), verbosity=Verbosity.verbose)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    """Have a PostgreSQL at hand; it starts only when a test asks for the database."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or SERVER in os.environ or NOT_STARTED not in os.environ["DATABASE_URL"]:
        return
    folder = Path(tempfile.mkdtemp(prefix="trialscreen-tests-"))
    keeper = subprocess.Popen(
        [sys.executable, "-m", "trialscreen.wiring.embedded.on_demand", str(folder / "s")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    os.environ[SERVER] = str(folder / "s")
    if keeper.stdout is None or keeper.stdout.readline() != b"ready\n":
        raise pytest.UsageError("the keeper of the test database could not be started")

    def end() -> None:
        os.environ.pop(SERVER, None)
        keeper.communicate(timeout=60)

    config.add_cleanup(end)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Called by pytest-django before the first test with a database: now the server is needed."""
    if SERVER not in os.environ:
        return
    from django.db import connections

    from trialscreen.wiring.embedded.on_demand import ask

    address = ask(os.environ[SERVER])
    connections.settings["default"]["HOST"] = unquote(urlsplit(address).hostname or "")
    os.environ["DATABASE_URL"] = address
