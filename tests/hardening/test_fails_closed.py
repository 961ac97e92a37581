"""What we need goes away: nobody is let in, nobody is called eligible, and it is a 503 that ends by itself.

A PostgreSQL and a web server of their own are started here, killed and stopped in the middle of work.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import TimeoutError as CacheSilent

from tests.operations.drill import Drill, drill
from trialscreen.wiring.away import is_away
from trialscreen.wiring.embedded.processes import Process
from trialscreen.wiring.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 30
pytestmark = [pytest.mark.requirement(71), pytest.mark.xdist_group("away")]


def test_what_is_away_is_told_from_what_is_wrong() -> None:
    away = [OperationalError(), InterfaceError(), BrokerAway(), CacheSilent()]
    assert all(map(is_away, away))
    assert not any(map(is_away, [ValueError(), KeyError(), None]))
    wrapped = ValueError()
    wrapped.__cause__ = OperationalError()
    assert is_away(wrapped)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/worklist/", "text/html; charset=utf-8"),
        ("/api/v1/screenings/", "application/problem+json"),
        ("/fhir", "application/fhir+json"),
    ],
)
@pytest.mark.django_db
def test_without_the_database_every_door_says_when_to_try_again(
    address: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    def away(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("canary: the server closed the connection")

    monkeypatch.setattr(connection, "cursor", away)
    browser = Client(raise_request_exception=False)
    browser.cookies["session"] = "a" * 32
    headers = {"Authorization": "Bearer a-token"} if "html" not in kind else {}
    answer = (
        browser.post(address, "{}", content_type="application/json", headers=headers)
        if address == "/fhir"
        else browser.get(address, headers=headers)
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Content-Type"] == kind
    assert b"canary" not in answer.content
    assert b"eligible" not in answer.content.lower()


class Answer(NamedTuple):
    status: int
    retry: str | None
    seconds: float
    body: bytes


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, and followed nowhere."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Site:
    """gunicorn on the drill's database, with a cache of its own."""

    def __init__(self, one: Drill, folder: Path) -> None:
        self.drill = one
        self.valkey = Valkey(one.place, one.place.home, durable=False)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = one.environment() | {
            "BROKER_URL": self.valkey.url,
            "DJANGO_SETTINGS_MODULE": "tests.hardening.served",
            "LOG_LEVEL": "WARNING",
            "DEMONSTRATION": "1",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
        }
        command = [sys.executable, "-m", "gunicorn", "trialscreen.wiring.wsgi"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--no-control-socket", "--preload"]
        command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4"]
        self.web = Process("web", command, folder / "web.log", environment=environment, folder=ROOT)

    def ask(self, path: str, *, body: bytes | None = None, patience: float = 15) -> Answer:
        began = time.monotonic()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if not path.startswith("/healthz"):  # who watches has no session
            # So that the database is asked whose it is.
            request.add_header("Cookie", "session=" + "a" * 32)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
        try:
            with opener.open(request, timeout=patience) as found:
                told = Answer(found.status, None, 0, found.read())
        except urllib.error.HTTPError as refusal:
            told = Answer(refusal.code, refusal.headers.get("Retry-After"), 0, refusal.read())
        except OSError:
            told = Answer(0, None, 0, b"")
        return told._replace(seconds=time.monotonic() - began)

    def await_ready(self) -> float:
        began = time.monotonic()
        while self.ask("/healthz/ready").status != 200:
            assert time.monotonic() - began < READY_SECONDS * 2, self.web.last_lines()
            time.sleep(0.2)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with drill() as one:
        served = Site(one, tmp_path_factory.mktemp("web"))
        try:
            served.valkey.start()
            served.web.start()
            served.await_ready()
            yield served
        finally:
            served.web.end(patience=10)
            served.valkey.stop()


def tell(capsys: pytest.CaptureFixture[str], what: str, seconds: float) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n  ready again after {what}: {seconds:.1f} s")
    assert seconds < READY_SECONDS


def stays_closed(site: Site) -> None:
    """While the database is away: no page of a patient, no verdict; the token door refuses too."""
    for path in ("/worklist/", "/patients/", "/api/v1/screenings/"):
        answer = site.ask(path)
        assert (answer.status, answer.retry) in ((401, None), (503, "10")), (path, answer)
        assert b"MRN" not in answer.body
        assert b'"eligible"' not in answer.body
    assert site.ask("/healthz/ready").status == 503
    assert site.ask("/healthz/live").status == 200


def test_a_killed_backend(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.ask("/worklist/")
    site.drill.sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = 'trialscreen'"
    )
    assert site.ask("/patients/").status in (200, 302, 503)
    tell(capsys, "killed backends", site.await_ready())


def test_a_killed_database(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.drill.kill()
    try:
        stays_closed(site)
    finally:
        began = time.monotonic()
        site.drill.start()
    site.await_ready()
    tell(capsys, "a killed database", time.monotonic() - began)


def test_a_cache_that_is_gone(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    process = site.valkey.process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.end(patience=5)
    try:
        without_the_cache(site)
    finally:
        began = time.monotonic()
        site.valkey.start()
    site.await_ready()
    tell(capsys, "a killed cache and broker", time.monotonic() - began)


def without_the_cache(site: Site) -> None:
    refused = site.ask("/api/v1/trials/NCT00514085/evaluate/", body=b"{}")
    assert (refused.status, refused.retry) == (503, "10")
    assert site.ask("/api/v1/trials/").status == 200
    assert site.ask("/healthz/ready").status == 503


def test_a_cache_that_hangs(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    process = site.valkey.process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        refused = site.ask("/api/v1/trials/NCT00514085/evaluate/", body=b"{}", patience=30)
        assert refused.status == 503
        assert refused.seconds < 15, "a page hung with the cache"
    finally:
        os.kill(process.pid, signal.SIGCONT)
    tell(capsys, "a cache that hung", site.await_ready())


def test_a_database_that_hangs(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Every process of the server is stopped: what was asked waits, liveness answers, and all goes on by itself."""
    postmaster = site.drill.postgres.process
    assert postmaster is not None
    stopped = [postmaster.pid, *children(postmaster.pid)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert site.ask("/healthz/live").status == 200
        assert site.ask("/worklist/", patience=3).status in (0, 302, 503)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    tell(capsys, "a database that hung", site.await_ready())


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in told.read_text().split()] if told.exists() else []
