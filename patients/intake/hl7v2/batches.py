"""A batch (FHS, BHS … BTS, FTS), or several messages in a row, taken apart."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from patients.intake.hl7v2.faults import NotReadable, refuse
from patients.intake.hl7v2.syntax import LARGEST, delimiters

_LINES: Final = re.compile(rb"\r\n|\r|\n")
_AROUND: Final = (b"FHS", b"BHS", b"BTS", b"FTS")
_MOST: Final = 2_000


class Batch(NamedTuple):
    """The messages of one transmission, each as its bytes."""

    messages: tuple[bytes, ...]
    is_batch: bool
    """It was enclosed as a batch, and is answered as one."""


def unpack(raw: bytes) -> Batch:
    """The messages in `raw`; one that is no batch is itself, byte for byte.

    Raises:
        NotReadable: the batch is not whole, or holds something between its messages.
    """
    if len(raw) > LARGEST:
        refuse("too-large", "", f"The data is larger than {LARGEST:,} bytes.")
    bare = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\x0b")
    lines = [one for one in _LINES.split(bare.rstrip(b"\x1c\r\n")) if one]
    heads = sum(1 for one in lines if one[:3] == b"MSH")
    if not any(one[:3] in _AROUND for one in lines) and heads < 2:
        return Batch((raw,), is_batch=False)
    return Batch(_apart(lines), is_batch=True)


def _apart(lines: list[bytes]) -> tuple[bytes, ...]:
    messages: list[list[bytes]] = []
    open_batch = False
    for number, line in enumerate(lines, start=1):
        name = line[:3]
        if name == b"MSH":
            messages.append([])
            if len(messages) > _MOST:
                refuse("too-large", f"line {number}", f"A batch has more than {_MOST:,} messages.")
        if name == b"BHS":
            open_batch = True
        if name == b"BTS":
            open_batch = False
            _check_count(line, len(messages), number)
        if name in _AROUND:
            continue
        if not messages:
            refuse("segment", f"line {number}", "Something stands before the first message.")
        messages[-1].append(line)
    if open_batch:
        refuse(
            "incomplete",
            f"line {len(lines)}",
            "The batch begins with BHS and does not end with BTS.",
        )
    if not messages:
        refuse("incomplete", f"line {len(lines)}", "The batch holds no message.")
    return tuple(b"\r".join(one) + b"\r" for one in messages)


def _check_count(line: bytes, found: int, number: int) -> None:
    """BTS-1, where it says how many messages there should have been."""
    said = line.split(line[3:4])[1].strip() if len(line) > 4 else b""
    if said and (not said.isdigit() or int(said[:9]) != found):
        told = (
            f"BTS-1 says “{said[:20].decode('ascii', 'replace')}” messages, and there are {found}."
        )
        refuse("incomplete", f"line {number} (BTS-1)", told)


def is_hl7(raw: bytes) -> bool:
    """Whether the data begins like HL7 v2 at all."""
    try:
        delimiters(raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\x0b"))
    except NotReadable:
        return False
    return True
