"""PostgreSQL for a test run, started when the first test asks: ``python -m ...``.

The test runner starts this process at once, which costs next to nothing, and holds its standard
input open. One line says ``ready`` and the path of a socket, in a folder made for it. Each of the
runner's workers may connect to it and is told the address of one and the same server, which is
started for the first of them. When the runner ends, however it ends, standard input closes, and
the server with its data is gone; so is the folder of the socket, and nothing else.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import tempfile
from pathlib import Path

from trialscreen.wiring.embedded.places import Place, PlaceFault, passing_place
from trialscreen.wiring.embedded.postgres import Postgres
from trialscreen.wiring.embedded.processes import ProcessFault
from trialscreen.wiring.embedded.programs import ProgramFault

FAULT = "fault: "
READY = "ready"


class OnDemand:
    """The one server of a test run, if it was ever asked for."""

    def __init__(self) -> None:
        self._place: Place | None = None
        self._postgres: Postgres | None = None
        self._fault = ""

    def address(self) -> str:
        """The server's URL, or ``fault: ...``."""
        if self._postgres is None and not self._fault:
            try:
                self._start()
            except (PlaceFault, ProcessFault, ProgramFault, OSError) as fault:
                self._fault = f"{FAULT}{fault}"
        return self._fault or (self._postgres.url if self._postgres else FAULT)

    def _start(self) -> None:
        self._place = passing_place()
        postgres = Postgres(self._place, self._place.home, durable=False)
        try:
            postgres.start()
        except BaseException:
            postgres.stop()
            raise
        self._postgres = postgres

    def end(self) -> None:
        if self._postgres is not None:
            self._postgres.stop()
        if self._place is not None:
            self._place.leave()


def ask(path: str) -> str:
    """The URL of the test run's server. Raises RuntimeError with the reason if there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as question:
        question.settimeout(180)
        question.connect(path)
        with question.makefile("r", encoding="utf-8") as reply:
            answer = reply.read()
    if answer.startswith(FAULT) or not answer:
        raise RuntimeError(f"PostgreSQL could not be started: {answer.removeprefix(FAULT)}")
    return answer


def serve() -> None:
    """Answer until standard input closes."""
    server = OnDemand()
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda *_: sys.exit(0))
    # The folder is made here: one that somebody names could be the folder of everybody's files.
    with (
        tempfile.TemporaryDirectory(prefix="trialscreen-tests-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door,
    ):
        path = Path(folder) / "s"
        door.bind(str(path))
        door.listen()
        try:
            print(READY, path, flush=True)  # noqa: T201
            _answer_until_closed(door, server)
        finally:
            server.end()


def _answer_until_closed(door: socket.socket, server: OnDemand) -> None:
    with selectors.DefaultSelector() as events:
        events.register(door, selectors.EVENT_READ)
        events.register(sys.stdin.fileno(), selectors.EVENT_READ)
        while True:
            for key, _ in events.select():
                if key.fileobj is not door:
                    if not os.read(sys.stdin.fileno(), 1):
                        return
                    continue
                caller, _address = door.accept()
                with caller:
                    caller.sendall(server.address().encode())


if __name__ == "__main__":
    serve()
