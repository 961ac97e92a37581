"""``make run``: start everything in order, tell where it is, and end everything in order.

The supervisor is the only one who starts and ends the processes. Ctrl-C, SIGTERM and a closed
terminal end them all; so does the death of any one of them, because half a service misleads.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from trialscreen.wiring.embedded.beside import lent
from trialscreen.wiring.embedded.places import LOCK, Place, emptied, lasting_place, run_folder
from trialscreen.wiring.embedded.postgres import Postgres, check_answers, one_role_alone
from trialscreen.wiring.embedded.processes import Process, ProcessFault, run_to_end
from trialscreen.wiring.embedded.sandbox_key import make_key
from trialscreen.wiring.embedded.sockets import listen_on_loopback, status_of
from trialscreen.wiring.embedded.valkey import Valkey
from trialscreen.wiring.environment import YES

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WEB_PATIENCE = 60
LOOK_EVERY = 0.5
OWN_HOSTS = "localhost,127.0.0.1,[::1]"
ONE_ROLE = (
    "Warning: one database role alone is configured (DATABASE_URL without OWNER_DATABASE_URL), so "
    "the database does not keep who serves from editing what is only added to; see docs/decisions/database-roles.md"
)
SANDBOX_SECRET = "sandbox-secret"  # noqa: S105 - the name of a file
SANDBOX_KEY = "sandbox-key.pem"
Say = Callable[[str], None]


class Ended(BaseException):
    """Somebody asked us to end; not an error, and never caught on the way."""


class Supervisor:
    """Everything that runs for one checkout, from start to end."""

    def __init__(self, checkout: Path, *, say: Say, page_files: Callable[[], str]) -> None:
        self._checkout = checkout
        self._say = say
        self._page_files = page_files
        self._run = run_folder(checkout)
        self._logs = self._run / "log"
        self._logs.mkdir(exist_ok=True)
        self._environment = dict(os.environ)
        self._owner = self._environment.pop("OWNER_DATABASE_URL", "")
        self._environment.pop("DEMO_PASSWORD", None)
        self._password = ""
        self._watched: list[Process] = []
        self._users: list[Process] = []
        """Those of the watched that use the servers, and are in no order among themselves."""

    def run(self, port: int) -> None:
        """Serve until asked to end. Raises a fault, with all ended, when something fails."""
        with ExitStack() as stack:
            stack.enter_context(self._alone())
            stack.enter_context(_ending_signals())
            place = self._place_if_needed()
            if place is not None:
                stack.callback(place.leave)
            stack.callback(self._say, "Everything that was started has ended.")
            stack.callback(self._end_watched)
            self._start_database(place)
            self._start_broker(place)
            self._environment |= self._own_settings()
            self._collect_page_files()
            self._say("Bringing the database up to date")
            self._migrate()
            chosen, sockets = listen_on_loopback(port)
            if chosen != port:
                self._say(f"Port {port} is taken; using {chosen}")
            self._environment["PROMETHEUS_MULTIPROC_DIR"] = emptied(self._run / "metrics")
            self._say("Starting the worker and the web server")
            self._start_worker()
            self._start_web(sockets)
            for each in sockets:
                each.close()
            self._await_web(chosen)
            stack.enter_context(lent(self._run, self._environment))
            self._announce(chosen)
            self._watch()

    # -- one at a time ------------------------------------------------------------------------
    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._run / LOCK).open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as held:
                lock.seek(0)
                where = lock.read().strip() or "an unknown process"
                raise ProcessFault(f"it is already running for this checkout: {where}") from held
            lock.truncate(0)
            lock.write(f"process {os.getpid()}\n")
            lock.flush()
            yield

    def _place_if_needed(self) -> Place | None:
        if self._given("DATABASE_URL") and self._given("BROKER_URL"):
            return None
        place = lasting_place(self._checkout)
        if place.home != self._run:
            self._say(f"Running as root: servers and data are in {place.home}")
        return place

    def _given(self, name: str) -> bool:
        return bool(os.environ.get(name, "").strip())

    # -- the steps ----------------------------------------------------------------------------
    def _start_database(self, place: Place | None) -> None:
        if self._given("DATABASE_URL") or place is None:
            self._say("Using the database of DATABASE_URL")
            check_answers(os.environ["DATABASE_URL"])
            if one_role_alone(os.environ["DATABASE_URL"], self._owner):
                self._say(ONE_ROLE)
            return
        postgres = Postgres(place, self._logs)
        first = not (place.home / "postgres").exists()
        self._say("Starting PostgreSQL" + (", with a new, empty database" if first else ""))
        postgres.start(started=self._watched.append)
        self._environment["DATABASE_URL"] = postgres.application_url
        self._owner = postgres.owner_url

    def _start_broker(self, place: Place | None) -> None:
        if self._given("BROKER_URL") or place is None:
            self._say("Using the broker of BROKER_URL")
            return
        valkey = Valkey(place, self._logs)
        self._say("Starting Valkey")
        valkey.start(started=self._watched.append)
        self._environment["BROKER_URL"] = valkey.url

    def _own_settings(self) -> dict[str, str]:
        """What a server on one's own machine needs, where the environment does not say it."""
        wanted = {"ALLOWED_HOSTS": OWN_HOSTS, "HTTPS": "0", "SECRET_KEY": "", "DEMONSTRATION": "1"}
        wanted["METRICS_FROM"] = "127.0.0.0/8,::1"
        missing = {name: value for name, value in wanted.items() if not self._given(name)}
        if "SECRET_KEY" in missing:
            missing["SECRET_KEY"] = self._kept_secret("secret-key", 64)
        return missing

    def _kept_secret(self, name: str, length: int) -> str:
        kept = self._run / name
        if not kept.exists():
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as new:
                new.write(secrets.token_urlsafe(length))
        return kept.read_text()

    @property
    def _is_demonstration(self) -> bool:
        return self._environment["DEMONSTRATION"].strip().lower() in YES

    def _collect_page_files(self) -> None:
        """Lay the files of the pages out under names that change with them, unless none has.

        They are not compressed: nothing travels further than this machine.
        """
        self._environment |= {"COMPRESS_STATIC": "0", "STATIC_ROOT": str(self._run / "static")}
        mark = self._run / "static.made-from"
        now = self._page_files()
        if mark.is_file() and mark.read_text() == now:
            return
        self._say("Preparing the files of the pages")
        collect = self._python("static files", "manage.py", "collectstatic", "--noinput", "--clear")
        run_to_end(collect, seconds=600)
        mark.write_text(now)

    def _migrate(self) -> None:
        """As the owner of the tables, of whom no other process is told, nor of the password.

        In a demonstration its sites and accounts are looked after too; the worker receives the patients.
        """
        migrate = self._python("migrations", "manage.py", "migrate", "--noinput")
        migrate.environment = self._environment | {"OWNER_DATABASE_URL": self._owner}
        if self._is_demonstration:
            given = os.environ.get("DEMO_PASSWORD", "").strip()
            self._password = given or self._kept_secret("demo-password", 12)
            migrate.environment["DEMO_PASSWORD"] = self._password
            migrate.environment["SANDBOX_SECRET"] = self._kept_secret(SANDBOX_SECRET, 40)
            migrate.environment["SANDBOX_JWKS"] = make_key(self._run / SANDBOX_KEY)
        run_to_end(migrate, seconds=600)

    def _start_worker(self) -> None:
        schedule = self._run / "beat-schedule"
        self._start(
            self._python(
                "the worker",
                *("-m", "celery", "--app", "trialscreen.wiring.celery", "worker"),
                *("--beat", "--schedule", str(schedule), "--hostname", "worker@%h"),
                *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
            )
        )

    def _start_web(self, sockets: list[socket.socket]) -> None:
        descriptors = [each.fileno() for each in sockets]
        binds = [part for each in descriptors for part in ("--bind", f"fd://{each}")]
        web = self._python(
            "the web server",
            *("-m", "gunicorn", "trialscreen.wiring.wsgi", *binds, "--no-control-socket"),
            "--preload",
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--timeout", "60", "--graceful-timeout", "5"),
        )
        web.sockets = descriptors
        self._start(web)

    def _python(self, name: str, *arguments: str) -> Process:
        log = self._logs / f"{name.removeprefix('the ').replace(' ', '-')}.log"
        return Process(
            name,
            [sys.executable, *arguments],
            log,
            environment=self._environment,
            folder=self._checkout,
        )

    def _start(self, process: Process) -> None:
        self._watched.append(process)
        self._users.append(process)
        process.start()

    # -- running ------------------------------------------------------------------------------
    def _await_web(self, port: int) -> None:
        web = self._watched[-1]
        web.await_ready(
            lambda: (
                status_of(f"http://127.0.0.1:{port}/healthz/live") == 200 or self._someone_died()
            ),
            seconds=WEB_PATIENCE,
        )
        self._check_all_run()

    def _announce(self, port: int) -> None:
        address = f"http://localhost:{port}"
        with (self._run / LOCK).open("a") as lock:
            lock.write(f"at {address}\n")
        self._say(f"Logs are in {self._logs}")
        if self._password:
            self._say(f"Sign in as coordinator.edmonton with the password {self._password}")
            self._say(f"The API client sandbox has its secret in {self._run / SANDBOX_SECRET},")
            self._say(f"and the key with which it signs in {self._run / SANDBOX_KEY}")
        self._say("Press Ctrl-C to end it")
        self._say(f"trialscreen is at {address}")

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            self._check_all_run()

    def _someone_died(self) -> bool:
        return not all(process.is_running for process in self._watched)

    def _check_all_run(self) -> None:
        for process in self._watched:
            if not process.is_running:
                raise ProcessFault(f"{process.name} ended.\n{process.last_lines()}")

    def _end_watched(self) -> None:
        """In the reverse order of starting: who uses a server ends before it."""
        _ignore_ending_signals()
        self._say("Ending")
        for process in self._users:
            process.ask_to_end()
        for process in reversed(self._watched):
            process.end(patience=15)


@contextmanager
def _ending_signals() -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        _ignore_ending_signals()
        raise Ended(signal.Signals(number).name)

    before = {each: signal.signal(each, end) for each in ENDING_SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ignore_ending_signals() -> None:
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
