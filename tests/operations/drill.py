"""Drills of losing the database and having it back, each timed: see ``docs/operations/production.md``.

Everything happens on a PostgreSQL of its own, started for the drill and gone with it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from trialscreen.wiring.embedded.places import Place, passing_place
from trialscreen.wiring.embedded.postgres import (
    APPLICATION_USER,
    DATABASE,
    OWNER_USER,
    USER,
    Postgres,
)
from trialscreen.wiring.embedded.programs import postgres_programs

ROOT = Path(__file__).resolve().parents[2]
BACKUP_USER = "trialscreen_backup"
"""Reads everything and writes nothing, as ``docs/operations/production.md`` says."""
MAKE_BACKUP_USER = f"CREATE ROLE {BACKUP_USER} LOGIN BYPASSRLS REPLICATION IN ROLE pg_read_all_data"
KEY = "a passphrase for this drill alone"
RESTORED = "restored"


@dataclass
class Drill:
    """One server with some patients in it, and what is done to it."""

    place: Place
    postgres: Postgres
    programs: Path
    held: dict[str, Any] = field(default_factory=dict)
    """The state of the data when people last did something."""
    times: dict[str, float] = field(default_factory=dict)

    # -- within the application ---------------------------------------------------------------
    def manage(self, *words: str, database: str = DATABASE) -> str:
        return self._python("manage.py", *words, database=database)

    def inside(self, *words: str, database: str = DATABASE) -> str:
        return self._python("-m", "tests.operations.inside", *words, database=database)

    def use(self) -> dict[str, Any]:
        """People go on: one signs in, one signs. Returns what is held afterwards."""
        told: dict[str, Any] = json.loads(self.inside("use"))
        self.held = told
        return told

    def check(self, *, database: str = DATABASE, go_on: bool = True) -> None:
        """The same rows and ends of the trail as before, a whole trail, and people can go on."""
        kept = self.place.home / "held.json"
        kept.write_text(json.dumps(self.held))
        told = self.inside("check", str(kept), *(["use"] if go_on else []), database=database)
        if go_on and database == DATABASE:
            self.held = json.loads(told)

    def environment(self, database: str = DATABASE) -> dict[str, str]:
        host = quote(str(self.place.sockets), safe="")
        return os.environ | {
            "DATABASE_URL": f"postgres://{APPLICATION_USER}@{host}/{database}",
            "OWNER_DATABASE_URL": f"postgres://{OWNER_USER}@{host}/{database}",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "SECRET_KEY": "of no worth: this key is printed in a public repository, for drills",
            "ALLOWED_HOSTS": "localhost",
            # Neither is there: what is counted is counted within the process.
            "BROKER_URL": "",
            "CACHE_URL": "",
            "HTTPS": "0",
            "LOG_LEVEL": "ERROR",
            "BACKUP_KEY": KEY,
        }

    def _python(self, *words: str, database: str) -> str:
        return self._run(sys.executable, *words, environment=self.environment(database))

    def _run(self, *command: str | Path, environment: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            [str(each) for each in command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{command[0]} {command[1:3]}: {done.stderr[-2000:]}")
        return done.stdout

    # -- with PostgreSQL's own programs -------------------------------------------------------
    def program(self, name: str, *words: str | Path) -> str:
        user = BACKUP_USER if name in READERS else USER
        return self.program_as(user, name, *words)

    def program_as(self, user: str, name: str, *words: str | Path) -> str:
        where = ("-h", self.place.sockets, "-U", user) if name not in NOT_CLIENTS else ()
        return self._run(self.programs / name, *where, *words)

    def sql(self, statement: str, database: str = "postgres", *, user: str = USER) -> Any:
        connection = psycopg2.connect(host=str(self.place.sockets), user=user, dbname=database)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0] if cursor.description else None
        finally:
            connection.close()

    def kill(self) -> None:
        """As when the machine is switched off: no process of the server gets to end in order."""
        process = self.postgres.process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.end(patience=10)

    def start(self) -> None:
        self.postgres.start()

    @property
    def data(self) -> Path:
        return self.place.home / "postgres"

    def own(self, folder: Path) -> None:
        if self.place.account is not None:
            self.place.account.own(folder)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.times[what] = round(time.monotonic() - began, 1)


READERS = frozenset({"pg_dump", "pg_basebackup"})
NOT_CLIENTS = frozenset({"pg_verifybackup"})


@contextmanager
def drill() -> Iterator[Drill]:
    """A server that archives what it writes, with two patients and a signature."""
    place = passing_place()
    postgres = Postgres(place, place.home)
    try:
        one = Drill(place, postgres, postgres_programs(place))
        archive = place.folder("archive")
        postgres.start()
        one.sql(f"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'")
        one.sql("ALTER SYSTEM SET archive_mode = on")
        one.sql("ALTER SYSTEM SET archive_timeout = '60s'")
        postgres.stop()
        postgres.start()
        one.sql(MAKE_BACKUP_USER)
        one.manage("migrate", "--noinput")
        one.held = json.loads(one.inside("load"))
        yield one
    finally:
        postgres.stop()
        place.leave()


def dump_and_restore(one: Drill, folder: Path) -> None:
    """A sealed logical dump, restored into another database."""
    plain, sealed, again = folder / "dump", folder / "dump.sealed", folder / "dump.again"
    with one.timed("dump and seal"):
        one.program("pg_dump", "--format=custom", f"--file={plain}", DATABASE)
        one.manage("seal_backup", str(plain), str(sealed))
    plain.unlink()
    with one.timed("unseal and restore"):
        one.manage("unseal_backup", str(sealed), str(again))
        one.program("createdb", RESTORED)
        one.program("pg_restore", "--exit-on-error", f"--dbname={RESTORED}", again)
    again.unlink()
    with one.timed("compare, verify, sign in, sign"):
        one.check(database=RESTORED)
    one.program("dropdb", RESTORED)


def crash_and_start(one: Drill) -> None:
    """The server is killed; nothing that was acknowledged is gone."""
    one.kill()
    with one.timed("start after a crash"):
        one.start()
    one.check(go_on=False)


def lose_the_disk(one: Drill) -> None:
    """A base backup and the archive; then more is written, the disk is lost, and a moment is brought back."""
    base = one.place.home / f"base-{time.time_ns()}"
    with one.timed("base backup"):
        one.program("pg_basebackup", f"--pgdata={base}", "--checkpoint=fast", "--wal-method=none")
    one.use()
    time.sleep(0.1)
    moment = one.sql("SELECT clock_timestamp()::text")
    time.sleep(0.1)
    one.sql("DELETE FROM institution_workerpulse", DATABASE)
    one.sql("CREATE TABLE a_mistake AS SELECT 1 AS one", DATABASE)
    one.sql("SELECT pg_switch_wal()")
    _await_archived(one)
    one.program("pg_verifybackup", "--no-parse-wal", base)
    one.kill()
    shutil.rmtree(one.data)
    with one.timed("restore to a moment"):
        shutil.copytree(base, one.data)
        one.data.chmod(0o700)
        archive = one.place.home / "archive"
        told = (
            f"restore_command = 'cp {archive}/%f %p'\n"
            f"recovery_target_time = '{moment}'\nrecovery_target_action = promote\n"
            "hot_standby = off\n"  # nobody is let in before the moment is reached
        )
        with (one.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(told)
        (one.data / "recovery.signal").touch()
        one.own(one.data)
        one.start()
        _await(lambda: not one.sql("SELECT pg_is_in_recovery()"), "the end of recovery")
    shutil.rmtree(base)
    with one.timed("compare, verify, sign in, sign after a restore"):
        one.check()


def corrupted_backups_are_found(one: Drill, folder: Path, seed: int) -> dict[str, int]:
    """One byte of a sealed dump, and one of a base backup; a dump that was cut off; another key."""
    chance = random.Random(seed)
    plain, sealed, damaged = (folder / name for name in ("whole", "whole.sealed", "damaged"))
    one.program("pg_dump", "--format=custom", f"--file={plain}", DATABASE)
    one.manage("seal_backup", str(plain), str(sealed))
    plain.unlink()
    held = sealed.read_bytes()
    at = chance.randrange(len(held))
    for made in (
        held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :],
        held[: chance.randrange(len(held))],
    ):
        damaged.write_bytes(made)
        _fails(lambda: one.manage("unseal_backup", str(damaged), str(plain)))
        assert not plain.exists()
    base = one.place.folder("damaged") / f"backup-{seed}"
    one.program("pg_basebackup", f"--pgdata={base}", "--checkpoint=fast", "--wal-method=none")
    files = [
        each
        for each in sorted((base / "base").rglob("*"))
        if each.is_file() and each.stat().st_size
    ]
    victim = chance.choice(files)
    content = bytearray(victim.read_bytes())
    content[chance.randrange(len(content))] ^= 1
    victim.write_bytes(content)
    _fails(lambda: one.program("pg_verifybackup", "--no-parse-wal", base))
    shutil.rmtree(base)
    return {"damaged dumps found": 2, "damaged base backups found": 1}


def _fails(what: Any) -> None:
    try:
        what()
    except AssertionError:
        return
    raise RuntimeError("a damaged backup was taken for a whole one")


def _await_archived(one: Drill) -> None:
    """Until the archive holds what was being written when this was asked."""
    asked = one.sql("SELECT pg_walfile_name(pg_current_wal_lsn())")
    _await(
        lambda: (
            (one.sql("SELECT last_archived_wal FROM pg_stat_archiver") or "") >= previous(asked)
        ),
        "the archive",
    )


def previous(segment: str) -> str:
    """The name of the segment before this one, on the same timeline (16 MB segments)."""
    number = int(segment[8:16], 16) * 256 + int(segment[16:24], 16) - 1
    return f"{segment[:8]}{number // 256:08X}{number % 256:08X}"


def _await(is_so: Any, what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)
