"""What can be wrong with an HL7 v2 message: the closed list of codes, each with HL7's own number for it."""

from __future__ import annotations

from typing import Final, NamedTuple, NoReturn

CODES: Final[dict[str, tuple[str, str]]] = {
    # our code: (HL7 table 0357, what it means)
    "not-hl7": ("100", "The data does not begin with a readable MSH segment."),
    "too-large": ("207", "The data is larger than is taken."),
    "charset": (
        "102",
        "A byte is not of the character set that MSH-18 names, or that set is not read.",
    ),
    "bad-character": ("102", "A text holds a NUL or another control character."),
    "segment": ("100", "A line is not a segment, or stands where it cannot be understood."),
    "missing-segment": ("100", "A segment without which the message says nothing is missing."),
    "incomplete": ("100", "The message or batch is not whole."),
    "missing-field": ("101", "A required field is empty."),
    "data-type": ("102", "A field does not have the form that HL7 gives it."),
    "table-value": ("103", "A field holds a word that its table does not know."),
    "message-type": ("200", "Messages of this type are not read."),
    "event": ("201", "Messages of this type are not read for this event."),
    "processing": ("202", "The message is not marked as one of production."),
    "version": ("203", "Messages of this version of HL7 are not read."),
    "unknown-sender": ("207", "Nobody has registered this sender for this connection."),
    "control-id-reused": ("205", "Another message of this sender had this control id."),
    "two-results": ("205", "Two results of the message cannot be told apart."),
    "no-order": ("101", "A correction or withdrawal does not say of which result."),
    "birth-date": ("204", "The date of birth is another than the one on record."),
    "two-patients": ("204", "The identifiers are those of two patients."),
    "nobody": ("204", "Nobody is known here by these identifiers."),
    "not-merged": ("207", "The two records may not be recorded as one person."),
    "overtaken": ("207", "A later message has said since who the person is."),
    "not-stored": ("207", "The record could not be kept as the message says."),
    "fault": ("207", "A fault of ours; the message is kept and can be processed again."),
}
"""Why a message, or a part of it, is not applied."""

NOTICES: Final[dict[str, str]] = {
    "set-aside": "A field says something that is kept in the message and used for nothing.",
    "not-applied": "What the message says of the person changes nobody.",
    "not-interpretable": "A value is kept as text; no number or answer is read from it.",
    "not-identified": "A result without an order number stands alone: it cannot be corrected by a later message.",
    "nobody": "The message concerns nobody who is known here.",
    "unchanged": "Nothing in the message is new.",
    "name": "The family name is another than the one on record.",
}
"""What is said beside a message that was applied."""

REJECTED: Final = frozenset({"message-type", "event", "processing", "version"})
"""Faults with which a message is rejected (AR, CR) and not in error (AE, CE): sending it again would not help."""


class Fault(NamedTuple):
    """One thing that is wrong, and where: ``OBX[2]-5.1`` is component 1 of field 5 of the second OBX."""

    code: str
    place: str
    detail: str

    @property
    def number(self) -> str:
        """HL7's number of the error (table 0357)."""
        return CODES[self.code][0]


class NotReadable(Exception):
    """A message is not applied, with every reason that was found."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{one.place}: {one.detail}" for one in faults))
        self.faults = faults


class Remark(NamedTuple):
    """What was kept and is not used; listed, never silently dropped."""

    code: str
    place: str
    detail: str


def refuse(code: str, place: str, detail: str = "") -> NoReturn:
    """Raises `NotReadable`."""
    raise NotReadable(Fault(code, place, detail or CODES[code][1]))
