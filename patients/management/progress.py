"""How far a long command is, on one line that is written over; silent where nobody watches."""

from __future__ import annotations

import time
from typing import Any

WIDTH = 30
_EVERY = 0.1


class Progress:
    """A bar over so many bytes, on a terminal alone: a log is not filled with it."""

    def __init__(self, stream: Any, *, total: int) -> None:
        self._stream = stream
        self._total = total
        self._done = 0
        self._shown = 0.0
        self._length = 0
        self._watched = bool(getattr(stream, "isatty", lambda: False)())

    def add(self, amount: int, words: str) -> None:
        """So much more is done. Written at most ten times a second."""
        self._done += amount
        now = time.monotonic()
        if self._watched and now - self._shown >= _EVERY:
            self._shown = now
            self._write(words)

    def close(self) -> None:
        """Take the line away."""
        if self._length:
            self._stream.write("\r" + " " * self._length + "\r", ending="")
            self._stream.flush()
            self._length = 0

    def _write(self, words: str) -> None:
        share = min(1.0, self._done / self._total) if self._total else 1.0
        full = int(share * WIDTH)
        line = f"[{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%}  {words}"
        self._stream.write("\r" + line.ljust(self._length), ending="")
        self._stream.flush()
        self._length = max(self._length, len(line))
