"""A file as its lines, however it comes in pieces: never more than one line and one piece in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from patients.intake.problems import Refused, refuse

LONGEST: Final = 1024 * 1024
"""Bytes of one line. A longer one is refused with its number, and is never held."""
SHOWN: Final = 500
"""Bytes of a line that is too long which are kept, to show which one it is."""
UNPACKED: Final = 4 * 1024**3
RATIO: Final = 200
"""How many times its size a packed file may unpack to; records of patients pack to a tenth or a thirtieth."""
RATIO_FROM: Final = 16 * 1024 * 1024
"""Bytes unpacked before the ratio says anything."""
_STEP: Final = 256 * 1024
GZIP: Final = b"\x1f\x8b"


class Line(NamedTuple):
    """One line without its end, counted from 1; of one that is `too_long` only the beginning."""

    number: int
    data: bytes
    too_long: bool = False


def lines(pieces: Iterable[bytes], *, longest: int = LONGEST) -> Iterator[Line]:
    """The lines of a file; each ends in LF or CR LF, the last one may have no end."""
    number, held, skipping = 0, b"", False
    for piece in pieces:
        parts = (held + piece).split(b"\n")
        held = parts.pop()
        for part in parts:
            if skipping:
                skipping = False
                continue
            number += 1
            yield _line(number, part, longest)
        if len(held) > longest + 1:
            if not skipping:
                number += 1
                yield Line(number, held[:SHOWN], too_long=True)
            held, skipping = b"", True
    if held and not skipping:
        yield _line(number + 1, held, longest)


def _line(number: int, part: bytes, longest: int) -> Line:
    part = part.removesuffix(b"\r")
    return Line(number, part) if len(part) <= longest else Line(number, part[:SHOWN], too_long=True)


def unpacked(
    pieces: Iterable[bytes], *, most: int = UNPACKED, ratio: int = RATIO, from_: int = RATIO_FROM
) -> Iterator[bytes]:
    """The content of a file that may be packed with gzip, in pieces of bounded size.

    Raises:
        Refused: ``not-gzip``, ``too-large`` (more than `most` bytes), ``unpacks-too-far``. What was given before counts
            for nothing then.
    """
    packed: zlib._Decompress | None = None
    seen = given = 0
    for count, piece in enumerate(pieces):
        if count == 0 and not piece.startswith(GZIP):
            yield from _plain(piece, pieces, most)
            return
        seen += len(piece)
        rest = piece
        while rest:
            if packed is None or packed.eof:
                packed = zlib.decompressobj(wbits=31)
            out = _unpack(packed, rest)
            given += len(out)
            if given > most:
                raise refuse("", "too-large", f"The file unpacks to more than {most} bytes.")
            if given > from_ and given > ratio * seen:
                raise refuse("", "unpacks-too-far", _TOO_FAR.format(ratio))
            yield out
            rest = packed.unused_data if packed.eof else packed.unconsumed_tail
    if packed is not None and not packed.eof:
        raise refuse("", "not-gzip", "The packed file ends before its content does.")


_TOO_FAR = "The file unpacks to more than {} times its size, as no file of records does."


def _plain(first: bytes, rest: Iterable[bytes], most: int) -> Iterator[bytes]:
    given = len(first)
    yield first
    for piece in rest:
        given += len(piece)
        if given > most:
            raise refuse("", "too-large", f"The file holds more than {most} bytes.")
        yield piece


def _unpack(packed: zlib._Decompress, data: bytes) -> bytes:
    try:
        return packed.decompress(data, _STEP)
    except zlib.error:
        raise refuse("", "not-gzip", "The file is damaged: it cannot be unpacked.") from None


__all__ = ["LONGEST", "Line", "Refused", "lines", "unpacked"]
