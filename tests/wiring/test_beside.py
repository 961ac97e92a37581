"""Commands beside a running server use what it has left, and only then."""

from __future__ import annotations

import fcntl
import stat
from pathlib import Path

import pytest

from trialscreen.wiring.embedded.beside import FILE, borrow, lent
from trialscreen.wiring.embedded.places import LOCK, run_folder

LEFT = {"DATABASE_URL": "postgres://app@/trialscreen", "DEMONSTRATION": "1"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return run_folder(tmp_path)


def test_it_is_borrowed_while_the_server_runs_and_gone_afterwards(
    tmp_path: Path, run: Path
) -> None:
    with (run / LOCK).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with lent(run, LEFT):
            assert stat.S_IMODE((run / FILE).stat().st_mode) == 0o600
            own = {"DEMONSTRATION": "0"}
            assert borrow(tmp_path, own)
            assert own == {"DATABASE_URL": LEFT["DATABASE_URL"], "DEMONSTRATION": "0"}
        assert not (run / FILE).exists()
        assert not borrow(tmp_path, {})


def test_what_a_killed_server_left_is_not_used(tmp_path: Path, run: Path) -> None:
    (run / LOCK).touch()
    with lent(run, LEFT):
        own: dict[str, str] = {}
        assert not borrow(tmp_path, own)
        assert own == {}


def test_a_database_that_is_named_stays(tmp_path: Path, run: Path) -> None:
    with (run / LOCK).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with lent(run, LEFT):
            own = {"DATABASE_URL": "postgres://other"}
            assert not borrow(tmp_path, own)
            assert own == {"DATABASE_URL": "postgres://other"}


def test_without_a_server_there_is_nothing(tmp_path: Path) -> None:
    assert not borrow(tmp_path, {})
