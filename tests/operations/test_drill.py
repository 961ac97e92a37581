"""A backup is what was restored, compared and worked with; ``DRILLS=20 make backup-drill`` does it twenty times."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations import drill as drills
from tests.operations.drill import Drill
from trialscreen.institution.row_security import every_site
from trialscreen.wiring.embedded.postgres import DATABASE, OWNER_USER

DRILLS = int(os.environ.get("DRILLS", "1"))
pytestmark = [pytest.mark.xdist_group("drill")]
RTO_SECONDS = 15 * 60


@pytest.fixture(scope="module")
def server() -> Iterator[Drill]:
    with drills.drill() as one:
        yield one


def tell(one: Drill, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        for what, seconds in one.times.items():
            sys.stdout.write(f"\n  {what}: {seconds} s")
    one.times.clear()


@pytest.mark.requirement(16, 20)
def test_the_owner_sees_what_it_names_and_makes_no_backup(server: Drill, tmp_path: Path) -> None:
    """On a server as `make run` makes it: who migrates is no superuser, and row security holds it."""
    assert server.postgres.owner_url == server.environment()["OWNER_DATABASE_URL"]

    def seen(table: str, *, first: str = "") -> int:
        # Of openings some rows are of no site, and concern them all.
        counted = f"{first}SELECT count(*) FROM {table} WHERE site_id IS NOT NULL"
        found: int = server.sql(counted, DATABASE, user=OWNER_USER)
        return found

    guarded = server.sql(
        "SELECT array_agg(relname::text) FROM pg_class WHERE relrowsecurity", DATABASE
    )
    assert len(guarded) > 30
    assert {table: seen(table) for table in guarded} == dict.fromkeys(guarded, 0)
    named = "".join(f"{each.sql};" for each in every_site())
    for table in ("patients_patient", "patients_labresult", "eligibility_signoff"):
        assert seen(table, first=named) > 0
    with pytest.raises(AssertionError, match="row-level security"):
        server.program_as(OWNER_USER, "pg_dump", f"--file={tmp_path / 'dump'}", DATABASE)


@pytest.mark.requirement(76, 83)
@pytest.mark.parametrize("_again", range(DRILLS))
def test_a_sealed_dump_is_restored(
    server: Drill, tmp_path: Path, capsys: pytest.CaptureFixture[str], _again: int
) -> None:
    drills.dump_and_restore(server, tmp_path)
    tell(server, capsys)


@pytest.mark.requirement(84)
@pytest.mark.parametrize("_again", range(DRILLS))
def test_nothing_is_lost_with_a_killed_server(
    server: Drill, capsys: pytest.CaptureFixture[str], _again: int
) -> None:
    drills.crash_and_start(server)
    assert server.times["start after a crash"] < RTO_SECONDS
    tell(server, capsys)


@pytest.mark.requirement(83)
@pytest.mark.parametrize("seed", range(DRILLS))
def test_a_damaged_backup_is_found(server: Drill, tmp_path: Path, seed: int) -> None:
    drills.corrupted_backups_are_found(server, tmp_path, seed)


@pytest.mark.requirement(83, 84)
@pytest.mark.parametrize("_again", range(DRILLS))
def test_a_lost_disk_is_brought_back_to_a_moment(
    server: Drill, capsys: pytest.CaptureFixture[str], _again: int
) -> None:
    drills.lose_the_disk(server)
    assert server.times["restore to a moment"] < RTO_SECONDS
    tell(server, capsys)
