"""PostgreSQL for one machine: a socket in a closed folder, no port, no password.

Whoever may enter the socket's folder may connect, and that is the owner (and root) alone.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg2

from trialscreen.wiring.embedded.accounts import named_account
from trialscreen.wiring.embedded.places import Place
from trialscreen.wiring.embedded.processes import Process, ProcessFault, run_to_end
from trialscreen.wiring.embedded.programs import postgres_programs

USER = DATABASE = "trialscreen"
# As `trialscreen.institution.database_roles` names it; nothing here needs Django.
APPLICATION_USER = "trialscreen_app"
OWNER_USER = "trialscreen_owner"
"""Who owns the database of a new data folder, and may make the application's roles; no superuser."""
MAJOR = "18"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused row would be quoted in the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_messages": "warning",
}
# The data of a test run need not outlive it.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server in `place`; with `durable` off it is quick and loses its data in a crash."""

    def __init__(self, place: Place, logs: Path, *, durable: bool = True) -> None:
        self._place = place
        self._logs = logs
        self._durable = durable
        self._data = place.home / "postgres"
        self.process: Process | None = None

    @property
    def url(self) -> str:
        """Of the superuser, for tests; the socket's folder as the host, as libpq writes it."""
        return self._url_of(USER)

    @property
    def owner_url(self) -> str:
        """For ``OWNER_DATABASE_URL``: who owns the database, in a data folder of old the superuser."""
        connection = self._connect("postgres")
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [DATABASE]
                )
                (owner,) = cursor.fetchone() or (USER,)
        finally:
            connection.close()
        return self._url_of(owner)

    @property
    def application_url(self) -> str:
        """For ``DATABASE_URL``: the user who owns nothing."""
        return self._url_of(APPLICATION_USER)

    def _url_of(self, user: str) -> str:
        return f"postgres://{user}@{quote(str(self._place.sockets), safe='')}/{DATABASE}"

    def start(self, *, started: Callable[[Process], None] = lambda process: None) -> None:
        """Make the data folder if there is none, and return when the server answers.

        Raises ProcessFault, ProgramFault or PlaceFault, each with what to tell the user.
        """
        programs = postgres_programs(self._place)
        if not (self._data / "PG_VERSION").exists():
            self._make_data(programs)
        self._check_version()
        account = self._place.account
        if account is not None and self._data.stat().st_uid != account.uid:
            account.own(self._data)
        settings = SETTINGS | {"unix_socket_directories": str(self._place.sockets)}
        if not self._durable:
            settings |= CARELESS
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.process = Process(
            "PostgreSQL",
            [programs / "postgres", "-D", self._data, *options],
            self._logs / "postgres.log",
            ends_on=signal.SIGINT,  # "fast": open transactions are rolled back
            account=account,
            environment=_plain_environment(),
            folder=self._data,
        )
        started(self.process)  # known to who ends it before it runs
        self.process.start()
        self.process.await_ready(self._answers, seconds=60)
        self._make_database()

    def stop(self) -> None:
        if self.process is not None:
            self.process.end(patience=20)

    def _make_data(self, programs: Path) -> None:
        """``initdb`` beside, then one renaming, so that half a data folder is never mistaken."""
        account = self._place.account
        namesake = named_account() if account else None
        unfinished = self._place.home / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if namesake is not None:
            namesake.own(unfinished)
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            unfinished,
            "-U",
            USER,
            "--auth=trust",
        ]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        if not self._durable:
            command += ["--no-sync"]
        run_to_end(
            Process(
                "initdb",
                command,
                self._logs / "initdb.log",
                account=namesake,
                environment=_plain_environment(),
                folder=unfinished,
            ),
            seconds=120,
        )
        if account is not None:
            account.own(unfinished)
        unfinished.rename(self._data)

    def _check_version(self) -> None:
        kept = (self._data / "PG_VERSION").read_text().strip()
        if kept != MAJOR:
            raise ProcessFault(
                f"the kept data is of PostgreSQL {kept}, and this is {MAJOR}. Forget it with: "
                "make clean-run"
            )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        connection = self._connect("postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                self._make_role(cursor, APPLICATION_USER, "LOGIN NOSUPERUSER NOBYPASSRLS")
                self._make_role(cursor, OWNER_USER, "LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE")
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_USER}")
        finally:
            connection.close()

    @staticmethod
    def _make_role(cursor: psycopg2.extensions.cursor, name: str, attributes: str) -> None:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        verb = "CREATE" if cursor.fetchone() is None else "ALTER"
        cursor.execute(f"{verb} ROLE {name} {attributes}")

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host=str(self._place.sockets), user=USER, dbname=database, connect_timeout=5
        )


def one_role_alone(url: str, owner: str) -> bool:
    """Whether who serves is the owner of the tables too, as far as the two addresses tell.

    Then the application may do to the tables what their owner may.
    """
    user = unquote(urlsplit(url).username or "")
    return unquote(urlsplit(owner).username or "") == user if owner else user != APPLICATION_USER


def check_answers(url: str) -> None:
    """Raises ProcessFault, with the first line of the reason, when that database does not answer."""
    if not url.startswith(("postgres://", "postgresql://")):
        return  # a way of writing it that only Django's side reads; the migrations will tell
    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.Error as fault:
        reason = (str(fault).strip().splitlines() or ["no reason was given"])[0]
        raise ProcessFault(f"the database of DATABASE_URL does not answer: {reason}") from fault


def _plain_environment() -> dict[str, str]:
    """No variable of the caller's (PGDATA, LC_ALL, ...) steers the server."""
    return {"PATH": os.defpath, "LC_ALL": "C"}
