"""MLLP: messages between 0x0B and 0x1C 0x0D in a stream of bytes. Plain Python, no socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patients.intake.hl7v2 import LARGEST

BEGIN: Final = b"\x0b"
END: Final = b"\x1c\r"


class TooLarge(Exception):
    """A frame is longer than any message may be: what follows cannot be told from it."""


def framed(message: bytes) -> bytes:
    return BEGIN + message + END


class Frames:
    """The whole frames of a stream, however it is cut into packets.

    What stands between frames is passed over and counted. A frame that begins within another ends that one: it was
    never whole, so it is neither kept nor answered, and its sender sends it again.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._held = bytearray()
        self._open = False
        self.passed_over = 0
        """Bytes that belonged to no whole frame."""

    @property
    def is_open(self) -> bool:
        """A frame has begun and not ended."""
        return self._open

    def feed(self, received: bytes) -> Iterator[bytes]:
        """The frames that these bytes complete.

        Raises:
            TooLarge: a frame has grown beyond the limit.
        """
        self._held += received
        while True:
            if not self._open:
                begin = self._held.find(BEGIN)
                self._drop(len(self._held) if begin < 0 else begin)
                if begin < 0:
                    return
                del self._held[:1]
                self._open = True
            end, anew = self._held.find(END), self._held.find(BEGIN)
            if anew >= 0 and (end < 0 or anew < end):
                self._drop(anew)
                self._open = False
                continue
            if end < 0:
                if len(self._held) > self._largest:
                    raise TooLarge
                return
            frame = bytes(self._held[:end])
            del self._held[: end + len(END)]
            self._open = False
            yield frame

    def _drop(self, count: int) -> None:
        self.passed_over += count
        del self._held[:count]
