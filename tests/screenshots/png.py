"""Makes a picture of a page small: no more than 256 colours, by which the eye tells no difference on a page of text.

Written with nothing but the standard library, so that ``make screenshots`` needs no other program.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256
Colour = tuple[int, int, int]


def smaller(png: bytes) -> bytes:
    """The picture (8 bits a channel, RGB or RGBA without transparency, as browsers write it) with a palette."""
    width, height, depth = _size(png)
    pixels = list(_pixels(png, width, height, depth))
    counted = Counter(colour for row in pixels for colour in row)
    palette = _palette(counted)
    place = {colour: index for index, colour in enumerate(palette)}
    for colour in counted:
        if colour not in place:
            place[colour] = _nearest(colour, palette)
    raw = b"".join(b"\0" + bytes(map(place.__getitem__, row)) for row in pixels)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(part for colour in palette for part in colour)),
            _chunk(b"IDAT", zlib.compress(raw, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _size(png: bytes) -> tuple[int, int, int]:
    """Width, height, and bytes of a pixel."""
    header = dict(_chunks(png))[b"IHDR"]
    width, height, bits, kind, *rest = struct.unpack(">IIBBBBB", header)
    if bits != 8 or kind not in (2, 6) or rest != [0, 0, 0]:
        raise ValueError(f"not a picture of a browser: {bits} bits, kind {kind}")
    return width, height, {2: 3, 6: 4}[kind]


def _pixels(png: bytes, width: int, height: int, depth: int) -> Iterator[list[Colour]]:
    raw = zlib.decompress(b"".join(data for kind, data in _chunks(png) if kind == b"IDAT"))
    stride = width * depth
    above = bytearray(stride)
    for number in range(height):
        start = number * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        _undo(raw[start], line, above, depth)
        above = line
        yield list(zip(line[0::depth], line[1::depth], line[2::depth], strict=True))


def _undo(kind: int, line: bytearray, above: bytearray, depth: int) -> None:
    """Take a filter of the format back, in place."""
    if kind == 1:
        for at in range(depth, len(line)):
            line[at] = (line[at] + line[at - depth]) & 255
    elif kind == 2:
        for at, up in enumerate(above):
            line[at] = (line[at] + up) & 255
    elif kind == 3:
        for at, up in enumerate(above):
            left = line[at - depth] if at >= depth else 0
            line[at] = (line[at] + (left + up) // 2) & 255
    elif kind == 4:
        for at, up in enumerate(above):
            left, corner = (line[at - depth], above[at - depth]) if at >= depth else (0, 0)
            line[at] = (line[at] + _paeth(left, up, corner)) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    by_left, by_up = abs(up - corner), abs(left - corner)
    by_corner = abs(left + up - 2 * corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner


def _palette(counted: Counter[Colour]) -> list[Colour]:
    """The commonest half as they are, the rest of the places by cutting what remains in boxes."""
    commonest = [colour for colour, _ in counted.most_common(_COLOURS // 2)]
    rest = [colour for colour in counted if colour not in set(commonest)]
    boxes = [rest] if rest else []
    while boxes and len(commonest) + len(boxes) < _COLOURS:
        widest = max(boxes, key=_spread)
        if _spread(widest) == 0:
            break
        boxes.remove(widest)
        channel = max(range(3), key=lambda of: _range(widest, of))
        widest.sort(key=lambda colour: colour[channel])
        boxes += [widest[: len(widest) // 2], widest[len(widest) // 2 :]]
    return commonest + [_middle(box, counted) for box in boxes]


def _range(box: list[Colour], channel: int) -> int:
    values = [colour[channel] for colour in box]
    return max(values) - min(values)


def _spread(box: list[Colour]) -> int:
    return max(_range(box, channel) for channel in range(3))


def _middle(box: list[Colour], counted: Counter[Colour]) -> Colour:
    weight = sum(counted[colour] for colour in box)
    red, green, blue = (
        sum(colour[channel] * counted[colour] for colour in box) // weight for channel in range(3)
    )
    return red, green, blue


def _nearest(colour: Colour, palette: Iterable[Colour]) -> int:
    def far(other: tuple[int, Colour]) -> int:
        return sum((a - b) ** 2 for a, b in zip(colour, other[1], strict=True))

    return min(enumerate(palette), key=far)[0]
