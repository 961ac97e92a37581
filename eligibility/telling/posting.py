"""One POST to a receiver: to a checked address, within a time, without following anybody anywhere."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Final, NamedTuple

from eligibility.telling.addresses import Address, NotAnAddress, Rules, Target, checked_addresses

PATIENCE: Final = 10.0
"""Seconds for everything after the name was looked up: connection, TLS, sending, and the head of the answer."""
MOST_READ: Final = 4096
"""Bytes of an answer that are read, so that the receiver sees its answer taken. None is kept."""
_AWAY: Final = frozenset({408, 425, 429, 502, 503, 504})
"""Answers that say: not now. They are given by proxies in the place of who is away."""
_GONE: Final = 410


class Outcome(StrEnum):
    """What came of an attempt."""

    TAKEN = "taken"
    REFUSED = "refused"
    """Somebody answered, and did not take it."""
    GONE = "gone"
    """The receiver says that it wants nothing more (410)."""
    AWAY = "away"
    """Somebody answered that it is not the time."""
    NO_ANSWER = "no-answer"
    TIMED_OUT = "timed-out"
    NO_TLS = "no-tls"
    """The certificate is not trusted, or TLS failed otherwise."""
    NOT_ALLOWED = "not-allowed"
    """The host stands where nothing may be sent: nothing was."""
    BROKEN_OFF = "broken-off"
    """The worker that had it ended before it could say what came of it."""


ANSWERED: Final = frozenset({Outcome.TAKEN, Outcome.REFUSED, Outcome.GONE})
"""Outcomes that say something of the message; the others say something of the endpoint alone."""


class Told(NamedTuple):
    outcome: Outcome
    status: int | None
    milliseconds: int


def post(target: Target, body: bytes, headers: Mapping[str, str], *, rules: Rules) -> Told:
    """Send it once. Never raises for anything that the other side does or leaves undone."""
    begun = time.monotonic()

    def told(outcome: Outcome, status: int | None = None) -> Told:
        return Told(outcome, status, int((time.monotonic() - begun) * 1000))

    try:
        addresses = checked_addresses(target, rules)
        status = _exchange(target, addresses, body, headers)
    except NotAnAddress:
        return told(Outcome.NOT_ALLOWED)
    except TimeoutError:
        return told(Outcome.TIMED_OUT)
    except ssl.SSLError:
        return told(Outcome.NO_TLS)
    except (OSError, UnicodeError, http.client.HTTPException, ValueError):
        return told(Outcome.NO_ANSWER)
    return told(_outcome(status), status)


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.TAKEN
    if status == _GONE:
        return Outcome.GONE
    return Outcome.AWAY if status in _AWAY else Outcome.REFUSED


def _exchange(
    target: Target, addresses: list[Address], body: bytes, headers: Mapping[str, str]
) -> int:
    end = time.monotonic() + PATIENCE
    with _connected(target, addresses, end) as (line, over):
        connection = http.client.HTTPConnection(target.host, target.port)
        # Connected already, to the address that was judged: by itself it would look the name up once more.
        connection.sock = line
        connection.request("POST", target.path, body, {"Host": target.authority, **headers})
        with connection.getresponse() as answer:
            if over.is_set():
                raise TimeoutError  # the head of the answer was cut off, and reads like a short one
            with suppress(OSError, http.client.HTTPException, ValueError):
                answer.read(MOST_READ)
            return answer.status


@contextmanager
def _connected(
    target: Target, addresses: list[Address], end: float
) -> Iterator[tuple[socket.socket, threading.Event]]:
    """A socket that is shut when the time is over, whatever drips out of it until then; and whether it was."""
    with _first_that_answers(target, addresses, end) as plain:
        over, lines = threading.Event(), [plain]

        def shut() -> None:
            over.set()
            with suppress(OSError):
                lines[-1].shutdown(socket.SHUT_RDWR)

        clock = threading.Timer(max(0.0, end - time.monotonic()), shut)
        clock.daemon = True
        clock.start()
        try:
            if not target.secure:
                yield plain, over
                return
            trusted = ssl.create_default_context()
            with trusted.wrap_socket(plain, server_hostname=target.host) as sealed:
                # Wrapping has taken the socket over: it is this one that has to be shut now.
                lines.append(sealed)
                yield sealed, over
        except (OSError, http.client.HTTPException, ValueError):
            if over.is_set():
                raise TimeoutError from None
            raise
        finally:
            clock.cancel()


def _first_that_answers(target: Target, addresses: list[Address], end: float) -> socket.socket:
    fault: OSError = OSError("the host has no address")
    for address in addresses:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            line = socket.create_connection((str(address), target.port), timeout=left)
        except OSError as refused:
            fault = refused
        else:
            line.settimeout(PATIENCE)
            return line
    raise fault
