"""Only from the environment; nothing needed to look, everything needed to serve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trialscreen.wiring.environment import WILL_NOT_BOOT, Environment, demand_sound_environment

ROOT = Path(__file__).resolve().parents[2]
SOUND = {
    "SECRET_KEY": "x7-kTq" * 9,
    "ALLOWED_HOSTS": "screening.example.org",
    "DATABASE_URL": "postgres://screen:pa%40ss@db.example.org:5433/screening?sslmode=require",
    "BROKER_URL": "redis://broker.example.org:6379/0",
}


def in_bare_environment(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the checkout with these variables and no others."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_looking_needs_no_environment_and_starts_nothing() -> None:
    looked = in_bare_environment("manage.py", "diffsettings", "--output=unified")
    assert looked.returncode == 0, looked.stderr


@pytest.mark.requirement(73)
@pytest.mark.parametrize(
    "server",
    [
        ("-c", "import trialscreen.wiring.wsgi"),
        ("-m", "celery", "--app", "trialscreen.wiring.celery", "worker"),
    ],
)
def test_a_server_names_every_missing_setting_on_a_line(server: tuple[str, ...]) -> None:
    refused = in_bare_environment(*server)
    assert refused.returncode == WILL_NOT_BOOT
    # As root, the worker warns of that before.
    _, _, told = refused.stderr.partition("trialscreen cannot start:\n")
    lines = told.strip().splitlines()
    assert [line.split()[0] for line in lines] == [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "BROKER_URL",
    ]


@pytest.mark.requirement(72, 74)
def test_a_sound_environment_passes_the_deployment_check() -> None:
    command = ("manage.py", "check", "--deploy", "--fail-level=INFO")
    owner = "postgres://owner@db.example.org:5433/screening"
    checked = in_bare_environment(*command, **SOUND, OWNER_DATABASE_URL=owner)
    assert checked.returncode == 0, checked.stderr
    one_role = in_bare_environment(*command, **SOUND)
    assert one_role.returncode != 0
    assert "institution.W001" in one_role.stderr


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        (
            "SECRET_KEY",
            "short",
            "SECRET_KEY is too easy to guess: use at least 50 random characters",
        ),
        ("DEBUG", "maybe", "DEBUG must be 1 or 0, not 'maybe'"),
        ("BODY_SIZE_LIMIT", "10 MB", "BODY_SIZE_LIMIT must be a whole number of at least 1024"),
        ("BROKER_URL", "amqp://host", "BROKER_URL must begin with one of"),
        ("DATABASE_URL", "mysql://a:secret@b/c", "DATABASE_URL is not of the form"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not of the form"),
        ("TIME_ZONE", "Toronto", "TIME_ZONE is not a time zone: 'Toronto'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(name: str, given: str, problem: str) -> None:
    refused = in_bare_environment("-c", "import trialscreen.wiring.wsgi", **(SOUND | {name: given}))
    assert refused.returncode == WILL_NOT_BOOT
    (line,) = refused.stderr.strip().splitlines()[1:]
    assert line.strip().startswith(problem)
    assert "secret@" not in line


def test_a_database_address_in_full() -> None:
    read = Environment(SOUND).database("DATABASE_URL")
    assert read["ENGINE"] == "django.db.backends.postgresql"
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.example.org", 5433, "screening")
    assert (read["USER"], read["PASSWORD"]) == ("screen", "pa@ss")
    assert read["OPTIONS"] == {"sslmode": "require"}


def test_a_database_behind_a_socket() -> None:
    environment = Environment({"DATABASE_URL": "postgres://me@%2Fvar%2Frun%2Fpg/screening"})
    assert environment.database("DATABASE_URL")["HOST"] == "/var/run/pg"
    assert environment.problems == []


def test_nothing_wrong_is_nothing_said(capsys: pytest.CaptureFixture[str]) -> None:
    demand_sound_environment([])
    assert capsys.readouterr().err == ""


COOKIES = """
from django.conf import settings as s
parts = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
for kind in ("SESSION", "CSRF"):
    print(*(getattr(s, f"{kind}_COOKIE_{part}") for part in parts))
"""


@pytest.mark.requirement(13)
def test_cookies_are_bound_to_the_host_wherever_it_is_served() -> None:
    told = in_bare_environment(
        "-c", COOKIES, DJANGO_SETTINGS_MODULE="trialscreen.wiring.settings", **SOUND
    )
    assert told.stdout.split("\n")[:2] == [
        "__Host-session True True Lax / None",
        "__Host-csrf True True Lax / None",
    ], told.stderr
