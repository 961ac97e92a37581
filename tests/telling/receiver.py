"""A receiver on this machine's loopback: it keeps what it is sent and answers as a test says.

It checks signatures by itself, from the words of the Standard Webhooks specification, with nothing of the application.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        key = base64.b64decode(secret.split("_", 1)[1])
        content = b".".join(
            [self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body]
        )
        wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = (one.split(",", 1) for one in self.headers["webhook-signature"].split(" "))
        return any(version == "v1" and hmac.compare_digest(one, wanted) for version, one in given)


class Receiver:
    """`answers` decides about each request: a status, or None to close the line without one."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: Callable[[Received], int | None] = lambda _one: 204
        self.url = ""

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.received]

    @property
    def bodies(self) -> list[Any]:
        return [one.json for one in self.received]


@contextmanager
def receiving() -> Iterator[Receiver]:
    held = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = {name.lower(): value for name, value in self.headers.items()}
            one = Received(self.path, names, body)
            held.received.append(one)
            status = held.answers(one)
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", f"{held.url}/elsewhere")
            self.send_header("Content-Length", "2" if status != 204 else "0")
            self.end_headers()
            if status != 204:
                self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
