"""A small TCP proxy between clients and the server, which cuts connections: before, while and after the server acts."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from enum import StrEnum

PATIENCE = 60
MOST = 65_536


class Fate(StrEnum):
    """What becomes of one connection, which carries one request."""

    THROUGH = "through"
    BEFORE = "cut before the request has arrived"
    WHILE = "cut while the server works"
    AFTER = "cut after the server has answered, before the answer arrives"


class Proxy:
    """Listens on a port of its own. `shares` gives the chance of each fate but the first; may be changed any time."""

    def __init__(self, upstream: int, seed: int) -> None:
        self.upstream = upstream
        self.shares: dict[Fate, float] = {}
        self.happened: Counter[Fate] = Counter()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client, self._fate()), daemon=True).start()

    def _fate(self) -> Fate:
        with self._lock:
            (fate,) = self._chance.choices(
                [Fate.THROUGH, *self.shares], [1 - sum(self.shares.values()), *self.shares.values()]
            )
            self.happened[fate] += 1
            return fate

    def _carry(self, client: socket.socket, fate: Fate) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.upstream), timeout=PATIENCE)
        except OSError:
            _cut(client)
            return
        client.settimeout(PATIENCE)
        with suppress(OSError):
            asked = _request(client)
            if fate is Fate.BEFORE:
                server.sendall(asked[: len(asked) // 2])
            else:
                server.sendall(asked)
                if fate is Fate.WHILE:
                    with self._lock:
                        moment = self._chance.random() * 0.15
                    threading.Event().wait(moment)
                else:
                    _answer(server, client if fate is Fate.THROUGH else None)
        _cut(server) if fate is not Fate.THROUGH else server.close()
        _cut(client) if fate is not Fate.THROUGH else client.close()


def _request(client: socket.socket) -> bytes:
    """One whole request, by its Content-Length."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += _some(client)
    head, _, body = asked.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        more = _some(client)
        asked, body = asked + more, body + more
    return asked


def _some(client: socket.socket) -> bytes:
    more = client.recv(MOST)
    if not more:
        raise ConnectionResetError
    return more


def _answer(server: socket.socket, client: socket.socket | None) -> None:
    """Hand the answer on; to nobody: wait for its first bytes, when everything is committed."""
    while more := server.recv(MOST):
        if client is None:
            return
        client.sendall(more)


def _cut(one: socket.socket) -> None:
    """Closed with a reset, as by a machine that has gone."""
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()
