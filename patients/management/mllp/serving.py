"""Connections over which messages come: so many at once, each a thread, all of them ended in good order."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

import structlog
from django.db import connections

from patients.management.mllp.framing import Frames, TooLarge, framed

_TICK: Final = 0.5
"""Seconds after which a waiting connection looks whether it is to end."""
_PACKET: Final = 65_536
_FAREWELL: Final = 2.0
"""Seconds for the other side to hang up as well."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a listener bears, times in seconds."""

    connections: int = 50
    idle: float = 600
    """Without a message under way."""
    frame: float = 60
    """From the first byte of a message to its last; also for the handshake of TLS and for taking the answer."""


class Doors(NamedTuple):
    """Who is let in, and what becomes of a message."""

    lets_in: Callable[[str], bool]
    """By the address."""
    hand_over: Callable[[bytes, str, str], bytes | None]
    """Message, address, SHA-256 of the certificate; gives the answer, or None to send none and hang up."""


class Listener:
    """Accepts connections until it is told to stop; then each ends after the message in hand."""

    def __init__(
        self,
        host: str,
        port: int,
        doors: Doors,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._doors, self._tls = doors, tls
        self.limits = limits or Limits()
        self._stopping = threading.Event()
        self._free = threading.BoundedSemaphore(self.limits.connections)
        self._threads: set[threading.Thread] = set()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=64)
        self._socket.settimeout(_TICK)

    @property
    def port(self) -> int:
        """On which it listens: the one that was asked for, or one that was free where that was 0."""
        return int(self._socket.getsockname()[1])

    def stop(self) -> None:
        self._stopping.set()

    def serve(self) -> None:
        """Accept until :meth:`stop`; returns when every connection has ended."""
        with self._socket:
            while not self._stopping.is_set():
                try:
                    held, address = self._socket.accept()
                except TimeoutError:
                    continue
                except OSError as fault:
                    log.warning("mllp_not_accepted", reason=str(fault))
                    time.sleep(_TICK)
                    continue
                self._begin(held, str(address[0]))
        for one in list(self._threads):
            one.join(self.limits.frame)

    def _begin(self, held: socket.socket, peer: str) -> None:
        if not self._free.acquire(blocking=False):
            log.warning("mllp_full", peer=peer, connections=self.limits.connections)
            held.close()
            return
        thread = threading.Thread(target=self._converse, args=(held, peer), name=f"mllp {peer}")
        self._threads.add(thread)
        thread.start()

    def _converse(self, held: socket.socket, peer: str) -> None:
        try:
            if not self._doors.lets_in(peer):
                log.warning("mllp_not_let_in", peer=peer)
                return
            held.settimeout(self.limits.frame)
            certificate = ""
            if self._tls is not None:
                held = self._tls.wrap_socket(held, server_side=True)
                shown = held.getpeercert(binary_form=True)
                certificate = sha256(shown).hexdigest() if shown else ""
            self._read(held, peer, certificate)
            _hang_up(held)
        except (OSError, TooLarge) as fault:
            log.info("mllp_ended", peer=peer, reason=type(fault).__name__)
        except Exception:
            log.exception("mllp_failed", peer=peer)
        finally:
            held.close()
            connections.close_all()
            self._threads.discard(threading.current_thread())
            self._free.release()

    def _read(self, held: socket.socket, peer: str, certificate: str) -> None:
        frames, since = Frames(), time.monotonic()
        while not self._stopping.is_set():
            held.settimeout(_TICK)
            was_open = frames.is_open
            try:
                received = held.recv(_PACKET)
            except TimeoutError:
                limit = self.limits.frame if was_open else self.limits.idle
                if time.monotonic() - since > limit:
                    log.info("mllp_timed_out", peer=peer, within_a_message=was_open)
                    return
                continue
            if not received:
                return
            if not was_open:
                since = time.monotonic()
            elif time.monotonic() - since > self.limits.frame:
                return
            held.settimeout(self.limits.frame)
            for frame in frames.feed(received):
                answer = self._doors.hand_over(frame, peer, certificate)
                if answer is None:
                    return
                held.sendall(framed(answer))
                since = time.monotonic()
                if self._stopping.is_set():
                    return


def _hang_up(held: socket.socket) -> None:
    """End it so that the last answer arrives: closed over bytes that nobody read, a line is reset, and what was
    sent may be lost with it. What comes is let go by; its sender has no answer and sends it again."""
    held.settimeout(_FAREWELL)
    end = time.monotonic() + _FAREWELL
    held.shutdown(socket.SHUT_WR)
    while time.monotonic() < end and held.recv(_PACKET):
        pass
