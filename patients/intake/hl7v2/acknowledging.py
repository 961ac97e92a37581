"""The answer to a message: MSH, MSA, and an ERR for each reason, in the version and the signs of who sent it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from patients.intake.hl7v2.charsets import CHARSETS
from patients.intake.hl7v2.faults import CODES, REJECTED, Fault
from patients.intake.hl7v2.headers import VERSIONS, Header

_MOST: Final = 20
_PLACE: Final = re.compile(r"([A-Z][A-Z0-9]{2})\[(\d+)\]-(\d+)(?:\.(\d+))?")
_TEXTS: Final = {
    "100": "Segment sequence error",
    "101": "Required field missing",
    "102": "Data type error",
    "103": "Table value not found",
    "200": "Unsupported message type",
    "201": "Unsupported event code",
    "202": "Unsupported processing id",
    "203": "Unsupported version id",
    "204": "Unknown key identifier",
    "205": "Duplicate key identifier",
    "206": "Application record locked",
    "207": "Application internal error",
}
"""HL7 table 0357."""
_PLAIN: Final = str.maketrans({"“": "'", "”": "'", "’": "'", "–": "-", "…": "..."})
"""Of the signs in our sentences that many character sets do not have."""
UNNAMED: Final = Header("", "", "", "", "", "P", "2.5.1", "", "")
"""Of a message whose MSH cannot be read."""


class Answered(NamedTuple):
    """What became of a message."""

    applied: bool
    faults: Sequence[Fault] = ()

    def code(self, *, enhanced: bool) -> str:
        """MSA-1 (HL7 table 0008)."""
        rejected = any(one.code in REJECTED for one in self.faults)
        word = "A" if self.applied else "R" if rejected else "E"
        return f"{'C' if enhanced else 'A'}{word}"


def acknowledgement(
    answered: Answered,
    header: Header,
    *,
    at: datetime,
    control_id: str,
    facility: str,
    charset: str = "ASCII",
) -> bytes:
    """The ACK as bytes, one segment a line, each ended by CR; in the character set of the message.

    `at` is the moment of the answer with its time zone, `control_id` the answer's own.
    """
    version = header.version if header.version in VERSIONS else UNNAMED.version
    processing = header.processing if header.processing in ("P", "T", "D") else "P"
    kind = f"ACK^{_sent(header.event, 3)}" if header.event else "ACK"
    stamp = at.strftime("%Y%m%d%H%M%S%z")
    named = charset if charset in CHARSETS else "ASCII"
    msh = [
        *(
            "MSH",
            "^~\\&",
            "trialscreen",
            _sent(facility),
            _sent(header.application),
            _sent(header.facility),
        ),
        *(stamp, "", kind, _sent(control_id), processing, version, "", "", "", "", "", named),
    ]
    lines = ["|".join(msh)]
    text = _sent(answered.faults[0].detail) if answered.faults else ""
    code = answered.code(enhanced=header.enhanced)
    lines.append("|".join(("MSA", code, _sent(header.control_id, 199), text)).rstrip("|"))
    lines += [_error(one, version) for one in answered.faults[:_MOST]]
    return "".join(f"{line}\r" for line in lines).encode(CHARSETS[named], "replace")


def _error(fault: Fault, version: str) -> str:
    found = _PLACE.match(fault.place)
    where = [part or "" for part in found.groups()] if found else []
    number = fault.number
    if version < "2.5":
        # ERR-1 of these: segment, its number, field, code of the error.
        segment, which, field = where[:3] if where else ("", "", "")
        return f"ERR|{segment}^{which}^{field}^{number}&{_TEXTS[number]}&HL70357"
    place = "^".join((where[0], where[1], where[2], "1", where[3]) if where else ()).rstrip("^")
    told = fault.detail if found or not fault.place else f"{fault.place}: {fault.detail}"
    ours = f"{fault.code}^{_sent(CODES[fault.code][1])}^L"
    return f"ERR||{place}|{number}^{_TEXTS[number]}^HL70357|E|{ours}|||{_sent(told)}"


def _sent(text: str, most: int = 250) -> str:
    """`text` in a field: what would be read as a delimiter is escaped, what is no character of a text left out."""
    plain = text.translate(_PLAIN)
    escaped = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"}
    return "".join(escaped.get(one, one) for one in plain[:most] if one.isprintable())
