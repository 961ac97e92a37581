"""The product as it is run, for a history: web server, worker with its schedule, broker, and a proxy before them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import redis

from tests.faults.history.asking import Line
from tests.faults.history.checker import Report, check
from tests.faults.history.clients import Clerk, Ward
from tests.faults.history.proxy import Fate, Proxy
from tests.faults.history.told import Chain, Effect, Fault, Held, Operation, Signature, Step
from tests.wiring.test_worker_end_to_end import ROOT
from trialscreen.wiring.embedded.places import Place
from trialscreen.wiring.embedded.processes import Process
from trialscreen.wiring.embedded.valkey import Valkey

CLIENTS = 8
SHARES = {Fate.BEFORE: 0.01, Fate.WHILE: 0.02, Fate.AFTER: 0.02}
READY_SECONDS = 30
DRAINED_SECONDS = 300


class Installation:
    """Processes of its own on the database that `environment` names."""

    def __init__(
        self,
        environment: Mapping[str, str],
        place: Place,
        folder: Path,
        *,
        seed: int,
        clients: int,
        application: str = "trialscreen.wiring.wsgi",
    ) -> None:
        self.valkey = Valkey(place, place.home, durable=False)
        self.application = application
        self.seed, self.clients, self.folder = seed, clients, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.environment = dict(environment) | {
            "BROKER_URL": self.valkey.url,
            "CACHE_URL": "",
            "LOG_LEVEL": "WARNING",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DJANGO_SETTINGS_MODULE": "tests.faults.history.served",
        }
        self.proxy = Proxy(self.port, seed)
        self.web = self._web()
        self.worker = self._worker()

    def start(self) -> None:
        self.valkey.start()
        self.web.start()
        self.worker.start()
        self.await_ready()

    def stop(self) -> None:
        self.proxy.close()
        self.web.end(patience=5)
        self.worker.end(patience=5)
        self.valkey.stop()

    def _web(self) -> Process:
        command = [sys.executable, "-m", "gunicorn", self.application, "--preload"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--no-control-socket"]
        command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        command += ["--timeout", "60", "--graceful-timeout", "5"]
        log = self.folder / "web.log"
        return Process("web", command, log, environment=self.environment, folder=ROOT)

    def _worker(self) -> Process:
        command = [sys.executable, "-m", "celery", "--app", "trialscreen.wiring.celery", "worker"]
        command += ["--beat", "--schedule", str(self.folder / "beat"), "--concurrency", "1"]
        command += ["--without-gossip", "--without-mingle"]
        log = self.folder / "worker.log"
        return Process("worker", command, log, environment=self.environment, folder=ROOT)

    def look_after(self) -> None:
        """As whoever keeps the processes does: what has ended is started again."""
        if not self.worker.is_running:
            self.worker.end(patience=1)
            self.worker = self._worker()
            self.worker.start()
        if not self.web.is_running:
            self.web.end(patience=1)
            self.web = self._web()
            self.web.start()

    def forget(self) -> None:
        """The broker loses every message that waits."""
        path = self.valkey.url.removeprefix("redis+socket://")
        with redis.Redis(unix_socket_path=path) as broker:
            broker.flushall()

    # -- asking it ---------------------------------------------------------------------------

    def is_ready(self) -> bool:
        opener = build_opener(ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self.port}/healthz/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except HTTPError:
            return False
        except OSError:
            return False

    def await_ready(self) -> float:
        """Seconds until it is; no step by hand."""
        began = time.monotonic()
        while not self.is_ready():
            assert time.monotonic() - began < READY_SECONDS * 2, self.web.last_lines()
            self.look_after()
            time.sleep(0.1)
        return time.monotonic() - began

    def inside(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.history.inside", *words],
            cwd=ROOT,
            env=os.environ | self.environment | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def await_drained(self) -> float:
        """Seconds until no assessment is left to be renewed: by messages and the schedule alone."""
        began = time.monotonic()
        while self.inside("left"):
            assert time.monotonic() - began < DRAINED_SECONDS, self.worker.last_lines()
            self.look_after()
            time.sleep(1)
        return time.monotonic() - began


class History:
    """Clients who work at once, until there are enough operations."""

    def __init__(self, installation: Installation, *, operations: int, candidates: int) -> None:
        told = installation.inside("load", str(installation.clients), str(candidates))
        ward = Ward(told["system"], told["today"], told["screenings"])
        self.installation, self.operations = installation, operations
        self.over = threading.Event()
        self.broken: list[BaseException] = []
        self.clerks = [
            Clerk(
                number,
                ward,
                Line(f"client {number}", installation.proxy.port),
                desk,
                installation.seed,
            )
            for number, desk in enumerate(told["desks"])
        ]

    @property
    def done(self) -> int:
        return sum(len(clerk.line.history) for clerk in self.clerks)

    def go_on(self, meanwhile: Callable[[], None] = lambda: None) -> float:
        """Work, while something else happens. Returns for how many seconds."""
        began = time.monotonic()
        threads = [threading.Thread(target=self._work, args=(clerk,)) for clerk in self.clerks]
        for each in threads:
            each.start()
        try:
            meanwhile()
        except BaseException:
            self.over.set()
            raise
        finally:
            for each in threads:
                each.join()
        assert not self.broken, self.broken
        return time.monotonic() - began

    def _work(self, clerk: Clerk) -> None:
        try:
            while not self.over.is_set():
                clerk.step()
                if self.done >= self.operations:
                    self.over.set()
        except BaseException as fault:  # told by the thread that started it
            self.broken.append(fault)
            self.over.set()
            raise

    def check(self) -> tuple[Report, dict[str, Any]]:
        told = self.installation.inside("held")
        history: list[Operation] = []
        for clerk in self.clerks:
            history += clerk.line.history
        report = check(
            history, [_held(one) for one in told["held"]], [_chain(one) for one in told["chains"]]
        )
        report.faults += [Fault("trail", "the audit trail", said) for said in told["trail"]]
        for clerk in self.clerks:
            report.faults += [
                Fault("unexpected", clerk.line.session, said) for said in clerk.line.unexpected
            ]
        return report, {
            "entries": told["entries"],
            "done": sum((c.done for c in self.clerks), Counter()),
        }


def _held(told: dict[str, Any]) -> Held:
    effects = tuple(Effect(**each) for each in told["effects"])
    return Held(told["subject"], told["version"], effects, tuple(told["versions"]))


def _chain(told: dict[str, Any]) -> Chain:
    steps = tuple(Step(**each) for each in told["steps"])
    return Chain(told["subject"], steps, tuple(Signature(**each) for each in told["signatures"]))
