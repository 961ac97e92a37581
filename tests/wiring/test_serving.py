"""``make run`` as a person meets it: it comes up, says where, keeps its data, and goes without trace.

The checkout is a copy, so that a running one is not disturbed.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from trialscreen.wiring.embedded.places import PlaceFault, forget

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("trialscreen", "eligibility", "patients", "templates")
PATIENCE = 90
PASSWORD = "known to this test alone"

pytestmark = [
    pytest.mark.xdist_group("serving"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "checkout"
    copy.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", copy)
    # As under a home folder that is closed to others.
    tmp_path.chmod(0o700)
    yield copy
    for process in still_running(copy):
        os.kill(process, signal.SIGKILL)
    forget(copy)


class Serving:
    """``manage.py serve`` in a copy, with no variable of this test run."""

    def __init__(self, checkout: Path, port: int) -> None:
        # Each child inherits the mark, by which it is found whatever it calls itself.
        variables = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "STARTED_IN": str(checkout),
            "DEMO_PASSWORD": PASSWORD,
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=checkout,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []

    def until(self, pattern: str) -> re.Match[str]:
        """Read on until a line matches; fails with all that was said."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(pattern, line):
                return found
        pytest.fail(f"it ended without saying {pattern!r}:\n{''.join(self.said)}")

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def still_running(checkout: Path) -> list[int]:
    """Processes that carry the mark of this checkout, or lie in its folders."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        marks = (os.fsencode(checkout), os.fsencode(places_name(checkout)))
        if int(process.name) != os.getpid() and any(mark in told for mark in marks):
            found.append(int(process.name))
    return found


def places_name(checkout: Path) -> str:
    from trialscreen.wiring.embedded.places import _name_for

    return _name_for(checkout)


def await_none(checkout: Path) -> None:
    end = time.monotonic() + 20
    while still_running(checkout):
        assert time.monotonic() < end, still_running(checkout)
        time.sleep(0.1)


def permissions(folder: Path) -> dict[Path, tuple[int, int, int]]:
    known = {}
    for each in (folder, *folder.parents, Path(sys.prefix), *Path(sys.prefix).parents):
        at = each.stat()
        known[each] = (stat.S_IMODE(at.st_mode), at.st_uid, at.st_gid)
    return known


def get(address: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_it_comes_up_on_a_free_port_and_goes_without_trace(checkout: Path) -> None:
    before = permissions(checkout)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        serving = Serving(checkout, port)
        address = serving.until(r"trialscreen is at (http://localhost:\d+)")[1]
        assert f"Port {port} is taken" in "".join(serving.said)
        assert f"Sign in as coordinator.edmonton with the password {PASSWORD}" in "".join(
            serving.said
        )
        assert "Demonstration" in get(f"{address}/")[1]
        assert get(f"{address}/healthz/live") == (200, '{"status": "ok"}')
        ready = get(f"{address}/healthz/ready")[1]
        assert all(
            f'"{one}": "ok"' in ready for one in ("database", "migrations", "broker", "cache")
        )
        assert_refuses_to_run_twice(checkout, address)
        serving.end(signal.SIGTERM)
    await_none(checkout)
    assert permissions(checkout) == before
    assert {each.name for each in (checkout / ".run").iterdir()} >= {"log", "secret-key", "static"}
    assert_second_start_is_quick_and_dies_with_a_child(checkout)


def assert_refuses_to_run_twice(checkout: Path, address: str) -> None:
    second = Serving(checkout, 0)
    second.until("it is already running for this checkout")
    assert second.until("at http")[0]
    assert second.process.wait(PATIENCE) == 1
    with pytest.raises(PlaceFault, match="it is running"):
        forget(checkout)
    assert get(f"{address}/healthz/live")[0] == 200


def assert_second_start_is_quick_and_dies_with_a_child(checkout: Path) -> None:
    started = time.monotonic()
    serving = Serving(checkout, 0)
    serving.until("trialscreen is at")
    # Alone on the machine it is half of this; the other half is for what runs beside it here.
    assert time.monotonic() - started < 20
    broker = next(each for each in still_running(checkout) if name_of(each) == "valkey-server")
    os.kill(broker, signal.SIGKILL)
    serving.until("Valkey ended")
    assert serving.process.wait(PATIENCE) == 1
    await_none(checkout)


def name_of(process: int) -> str:
    try:
        return (Path("/proc") / str(process) / "comm").read_text().strip()
    except OSError:
        return ""


def test_nothing_outlives_a_launcher_that_was_killed(checkout: Path) -> None:
    serving = Serving(checkout, 0)
    serving.until("trialscreen is at")
    serving.end(signal.SIGKILL)
    await_none(checkout)
