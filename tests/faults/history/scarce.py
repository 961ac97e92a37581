"""What runs out: connections of the database, and its disk. Held for some seconds, and given back."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

import psycopg2

from tests.operations.drill import Drill
from trialscreen.wiring.embedded.places import Place
from trialscreen.wiring.embedded.postgres import APPLICATION_USER, DATABASE

DISK: Final = "1g"
AT_A_TIME: Final = (1 << 24, 1 << 20, 1 << 14, 1 << 12)
_END_THOSE_OF_THE_APPLICATION: Final = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    f" WHERE usename = '{APPLICATION_USER}' AND application_name <> 'other'"
)


@contextmanager
def small_disk(place: Place) -> Iterator[Place]:
    """The place on a disk that can be filled: a tmpfs, where whoever runs this may mount one; else as it is."""
    disk = place.home / "disk"
    disk.mkdir(mode=0o711)
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    if mounted:
        told = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0711", "tmpfs", str(disk)],
            check=False,
        )
        mounted = told.returncode == 0
    if not mounted:
        yield place
        return
    try:
        if place.account is not None:
            place.account.own(disk)
        yield replace(place, home=disk, fleeting=())
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def can_be_filled(place: Place) -> bool:
    return place.home.name == "disk" and os.path.ismount(place.home)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing more can be written to it."""
    filler, at = disk / "filler", 0
    try:
        with filler.open("wb") as file:
            for size in AT_A_TIME:
                while True:
                    try:
                        os.posix_fallocate(file.fileno(), at, size)
                    except OSError as fault:
                        if fault.errno != errno.ENOSPC:
                            raise
                        break
                    at += size
            yield
    finally:
        filler.unlink()


@contextmanager
def no_connections(drill: Drill) -> Iterator[None]:
    """Every connection that the application may have is somebody else's, and none of its own is left."""
    others: list[Any] = []
    try:
        # What the application still had is ended, and taken by others before it comes back, until it has none.
        while True:
            with suppress(psycopg2.OperationalError):
                while True:
                    others.append(
                        psycopg2.connect(
                            host=str(drill.place.sockets), user=APPLICATION_USER, dbname=DATABASE,
                            application_name="other",
                        )
                    )  # fmt: skip
            if not drill.sql(_END_THOSE_OF_THE_APPLICATION):
                break
            time.sleep(0.05)
        yield
    finally:
        for one in others:
            one.close()


def answers(port: int, seconds: float) -> dict[tuple[int, str | None], int]:
    """How often what was answered, by status and ``Retry-After``, to who asks for a page with a session's cookie."""
    told: dict[tuple[int, str | None], int] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        asked = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            asked.request("GET", "/worklist/", headers={"Cookie": "session=" + "a" * 32})
            answer = asked.getresponse()
            answer.read()
            key = (answer.status, answer.headers.get("Retry-After"))
        except (HTTPException, OSError):
            key = (0, None)
        finally:
            asked.close()
        told[key] = told.get(key, 0) + 1
        time.sleep(0.1)
    return told
