"""Valkey as the broker of background tasks: a socket in a closed folder, no port, no password."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from trialscreen.wiring.embedded.places import Place
from trialscreen.wiring.embedded.processes import Process
from trialscreen.wiring.embedded.programs import valkey_program


class Valkey:
    """One server in `place`; with `durable`, waiting messages survive a restart."""

    def __init__(self, place: Place, logs: Path, *, durable: bool = True) -> None:
        self._place = place
        self._logs = logs
        self._durable = durable
        self.process: Process | None = None

    @property
    def url(self) -> str:
        """For ``BROKER_URL``."""
        return f"redis+socket://{self._socket}"

    def start(self, *, started: Callable[[Process], None] = lambda process: None) -> None:
        """Return when the server answers. Raises ProcessFault, ProgramFault or PlaceFault."""
        data = self._place.folder("valkey")
        options = {
            "--port": "0",
            "--unixsocket": str(self._socket),
            "--unixsocketperm": "700",
            "--dir": str(data),
            "--daemonize": "no",
            "--databases": "1",
            "--save": "",
            "--appendonly": "yes" if self._durable else "no",
            "--maxmemory-policy": "noeviction",
            "--loglevel": "warning",
        }
        self.process = Process(
            "Valkey",
            [valkey_program(self._place), *(part for pair in options.items() for part in pair)],
            self._logs / "valkey.log",
            account=self._place.account,
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            folder=data,
        )
        started(self.process)  # known to who ends it before it runs
        self.process.start()
        self.process.await_ready(self._answers, seconds=30)

    def stop(self) -> None:
        if self.process is not None:
            self.process.end(patience=10)

    @property
    def _socket(self) -> Path:
        return self._place.sockets / "valkey.sock"

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as question:
                question.settimeout(1)
                question.connect(str(self._socket))
                question.sendall(b"PING\r\n")
                return question.recv(16).startswith(b"+PONG")
        except OSError:
            return False
