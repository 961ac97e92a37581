"""A message as what it asks for: results of a person, who a person is, or that two records are of one person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from patients.intake.hl7v2.faults import Remark, refuse
from patients.intake.hl7v2.headers import check_header, read_header
from patients.intake.hl7v2.person import Identifier, PersonSaid, read_identifiers, read_person
from patients.intake.hl7v2.results import observations
from patients.intake.hl7v2.sending import Sender
from patients.intake.hl7v2.syntax import Message, Segment


class Kind(StrEnum):
    """What a message asks for."""

    RESULTS = "ORU^R01"
    PERSON = "ADT^A08"
    MERGE = "ADT^A40"


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says."""

    kind: Kind
    person: PersonSaid
    results: tuple[dict[str, Any], ...] = ()
    """Observations without a subject."""
    prior: tuple[Identifier, ...] = ()
    """Of A40: the identifiers of the record that goes up in that of `person`."""
    remarks: tuple[Remark, ...] = ()


_USED: Final = {
    Kind.RESULTS: {"MSH", "PID", "ORC", "OBR", "OBX", "NTE", "SPM"},
    Kind.PERSON: {"MSH", "PID"},
    Kind.MERGE: {"MSH", "PID", "MRG"},
}
_SILENT: Final = frozenset({"EVN", "SFT", "DSC"})
"""Segments that say nothing of a patient."""


def read_message(message: Message, sender: Sender) -> Content:
    """What `message` says.

    Raises:
        NotReadable: with every reason; nothing of it is to be applied.
    """
    header = read_header(message)
    check_header(header)
    kind = Kind(header.kind)
    remarks: list[Remark] = []
    if (rest := message.first("DSC")) is not None and rest.text(1):
        refuse(
            "incomplete",
            rest.place(1),
            "The message goes on in another one: such messages are not read.",
        )
    person = read_person(_only(message, "PID"), sender, remarks)
    results: tuple[dict[str, Any], ...] = ()
    prior: tuple[Identifier, ...] = ()
    if kind is Kind.RESULTS:
        results = tuple(observations(message, sender, remarks))
    elif kind is Kind.MERGE:
        prior = read_identifiers(_only(message, "MRG"), 1, sender, remarks)
    remarks += _unused(message, kind)
    return Content(kind, person, results, prior, tuple(remarks))


def _only(message: Message, name: str) -> Segment:
    held = list(message.all(name))
    if not held:
        refuse("missing-segment", name, f"The message has no {name} segment.")
    if len(held) > 1:
        refuse(
            "segment",
            f"line {held[1].line}",
            f"The message has more than one {name}: send one for each person.",
        )
    return held[0]


def _unused(message: Message, kind: Kind) -> list[Remark]:
    """Segments that are kept in the message and used for nothing, each kind of them once."""
    names = {one.name: one for one in reversed(message.segments)}
    return [
        Remark("set-aside", f"line {one.line}", f"{name} is kept in the message and not used.")
        for name, one in sorted(names.items(), key=lambda pair: pair[1].line)
        if name not in _USED[kind] and name not in _SILENT
    ]
