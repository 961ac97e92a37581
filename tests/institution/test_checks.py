"""One database role alone is said at the start, in one clear sentence; two are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trialscreen.institution.checks import two_roles
from trialscreen.wiring.embedded import supervisor
from trialscreen.wiring.embedded.postgres import one_role_alone

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = "postgres://trialscreen_app:secret@db/trial"
OWNER = "postgres://owner:secret@db/trial"
LOGIN = "postgres://login:secret@db/trial"
CASES = [
    (OWNER, "", True),
    (OWNER, OWNER, True),
    (APPLICATION, "", False),
    (APPLICATION, OWNER, False),
    (LOGIN, OWNER, False),
]


@pytest.mark.parametrize(("url", "owner", "alone"), CASES)
def test_make_run_can_tell(url: str, owner: str, *, alone: bool) -> None:
    assert one_role_alone(url, owner) is alone


@pytest.mark.parametrize(("url", "owner", "alone"), CASES)
def test_the_check_says_the_same(url: str, owner: str, *, alone: bool) -> None:
    named = {"NAME": "trial"}
    users = {OWNER: "owner", APPLICATION: "trialscreen_app", LOGIN: "login"}
    database = named | {"USER": users[url]}
    check = two_roles(database, named | {"USER": users[owner]} if owner else None)
    database["USER"] = "owner"  # as `migrate` does for a while
    assert [one.id for one in check()] == (["institution.W001"] if alone else [])


def test_no_database_is_no_role() -> None:
    assert two_roles({"ENGINE": "django.db.backends.dummy", "NAME": ""}, None)() == []


@pytest.mark.parametrize(("url", "said"), [(OWNER, True), (APPLICATION, False), ("", False)])
def test_a_command_says_it(url: str, *, said: bool) -> None:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "OWNER_DATABASE_URL")}
    environment = kept | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "trialscreen.wiring.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("may edit and delete what is only added to" in done.stderr) is said
    assert "secret" not in done.stderr


@pytest.mark.parametrize(("url", "owner", "alone"), CASES)
def test_make_run_says_it(
    url: str, owner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("OWNER_DATABASE_URL", owner)
    monkeypatch.setattr(supervisor, "check_answers", lambda url: None)
    said: list[str] = []
    started = supervisor.Supervisor(tmp_path, say=said.append, page_files=str)
    started._start_database(None)
    assert any("from editing what is only added to" in each for each in said) is alone
