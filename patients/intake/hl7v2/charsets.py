"""How the bytes of a message are text: what MSH-18 says, and nothing else."""

from __future__ import annotations

import re
from typing import Final

from patients.intake.hl7v2.faults import refuse

CHARSETS: Final = {
    "ASCII": "ascii",
    "8859/1": "iso-8859-1",
    "8859/15": "iso-8859-15",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
}
"""The names of table 0211 that are read, and one that is often written instead."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")


def decoded(raw: bytes, named: str) -> str:
    """The text of a message whose MSH-18 is `named`.

    Raises:
        NotReadable: another set is named, or a byte is none of that set; nothing is replaced.
    """
    codec = CHARSETS.get(named)
    if codec is None:
        known = ", ".join(CHARSETS)
        refuse(
            "charset", "MSH-18", f"“{named[:40]}” is not a character set that is read ({known})."
        )
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as fault:
        byte, where = raw[fault.start], _line(raw, fault.start)
        refuse("charset", where, f"The byte 0x{byte:02X} is not {named}.")
    found = _CONTROL.search(text)
    if found is not None:
        at = len(text[: found.start()].encode(codec))
        refuse(
            "bad-character", _line(raw, at), f"A text holds the character U+{ord(found[0]):04X}."
        )
    return text


def _line(raw: bytes, at: int) -> str:
    """Where a byte stands, in words that lead to it."""
    before = re.split(rb"\r\n|\r|\n", raw[:at])
    name = raw[at - len(before[-1]) :][:3]
    segment = name.decode("ascii", "replace") if name.isalnum() else "?"
    return f"line {len(before)} ({segment}), byte {len(before[-1]) + 1}"
