"""What README and docs show exists, is small, is described, and can be taken again."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import pytest

from tests.screenshots.png import smaller
from tests.screenshots.published import IMAGES, PUBLISHED
from tests.screenshots.shots import BY_NAME
from tests.screenshots.take import LARGEST

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def shown() -> dict[str, list[str]]:
    """The pictures of all documents, each with its descriptions."""
    found: dict[str, list[str]] = {}
    for page in PAGES:
        for words, where in PICTURE.findall(page.read_text(encoding="utf-8")):
            picture = (page.parent / where).resolve()
            found.setdefault(str(picture.relative_to(ROOT)), []).append(words)
    return found


def test_every_picture_that_is_shown_can_be_taken_again() -> None:
    assert set(shown()) - {f"{IMAGES}/{one.file}" for one in PUBLISHED} == set()


def test_every_picture_that_is_kept_is_shown_and_none_is_large() -> None:
    kept = {str(path.relative_to(ROOT)): path for path in (ROOT / IMAGES).iterdir()}
    assert set(kept) == set(shown())
    assert {name for name, path in kept.items() if path.stat().st_size > LARGEST} == set()


def test_every_picture_is_taken_of_a_state_that_exists() -> None:
    assert {one.shot for one in PUBLISHED} - set(BY_NAME) == set()
    assert len({one.file for one in PUBLISHED}) == len(PUBLISHED)


def test_every_picture_is_described() -> None:
    for picture, descriptions in shown().items():
        assert all(len(words.split()) >= 5 for words in descriptions), picture


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(rows: list[bytes], *, kind: int = 2) -> bytes:
    """A PNG of rows that begin with the number of their filter."""
    width = (len(rows[0]) - 1) // (3 if kind == 2 else 4)
    header = struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0)
    packed = zlib.compress(b"".join(rows))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    )


def colours(png: bytes) -> list[list[tuple[int, ...]]]:
    """The pixels of a picture with a palette."""
    found: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        found[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += length + 12
    width, height = struct.unpack_from(">II", found[b"IHDR"])
    raw = zlib.decompress(found[b"IDAT"])
    palette = [tuple(found[b"PLTE"][n : n + 3]) for n in range(0, len(found[b"PLTE"]), 3)]
    lines = [raw[n * (width + 1) + 1 : (n + 1) * (width + 1)] for n in range(height)]
    return [[palette[index] for index in line] for line in lines]


RED, GREY = (200, 10, 20), (90, 90, 90)


@pytest.mark.parametrize(
    ("kind", "second"),
    [
        (0, bytes((*RED, *GREY))),
        (1, bytes((*RED, (90 - 200) % 256, 80, 70))),
        (2, bytes(((200 - 90) % 256, (10 - 90) % 256, (20 - 90) % 256, 0, 0, 0))),
        (
            3,
            bytes(((200 - 45) % 256, (10 - 45) % 256, (20 - 45) % 256))
            + bytes(((90 - 145) % 256, (90 - 50) % 256, (90 - 55) % 256)),
        ),
        (
            4,
            bytes(((200 - 90) % 256, (10 - 90) % 256, (20 - 90) % 256))
            + bytes(((90 - 200) % 256, (90 - 10) % 256, (90 - 20) % 256)),
        ),
    ],
)
def test_a_small_picture_has_the_same_pixels(kind: int, second: bytes) -> None:
    """Two rows: grey and grey, then red and grey written through each filter of the format."""
    rows = [b"\0" + bytes((*GREY, *GREY)), bytes((kind,)) + second]
    assert colours(smaller(picture(rows))) == [[GREY, GREY], [RED, GREY]]
