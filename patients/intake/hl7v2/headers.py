"""MSH: who sends what, to be answered how."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from patients.intake.hl7v2.faults import Fault, NotReadable, refuse
from patients.intake.hl7v2.syntax import Message, Segment, delimiters

VERSIONS: Final = ("2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6")
READ: Final = {"ORU": ("R01",), "ADT": ("A08", "A40")}
"""Types of messages, and for which events they are read."""
_LONGEST: Final = 199
"""Of a control id, in characters: HL7 2.7 has the longest."""


class Header(NamedTuple):
    """What MSH says, as far as it can be read: parts of it are empty where it cannot."""

    application: str
    """MSH-3, with its universal id where it has one."""
    facility: str
    """MSH-4."""
    type: str
    event: str
    control_id: str
    processing: str
    version: str
    accept: str
    """MSH-15."""
    apply: str
    """MSH-16."""
    charset: str = ""
    """MSH-18."""

    @property
    def kind(self) -> str:
        return f"{self.type}^{self.event}" if self.event else self.type

    @property
    def enhanced(self) -> bool:
        """Only whether the message was taken is to be answered: CA, CE, CR."""
        return self.accept in ("AL", "ER", "SU") and self.apply in ("", "NE")


def read_header(message: Message) -> Header:
    """MSH of a message; nothing in it is refused here."""
    return _header(message.msh)


def peek(raw: bytes) -> Header:
    """MSH of a message that is not read yet, for finding out whose it is.

    Raises:
        NotReadable: it does not begin with a readable MSH.
    """
    bare = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\x0b")
    signs = delimiters(bare)
    line = re.split(rb"[\r\n]", bare, maxsplit=1)[0][:4000]
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    if not text.startswith("MSH"):
        refuse("not-hl7", "line 1", "The data does not begin with MSH.")
    return _header(Segment("MSH", 1, tuple(text.split(signs.field)), signs, 1))


def _header(msh: Segment) -> Header:
    parts = msh.parts(9)
    return Header(
        application=msh.text(3),
        facility=msh.text(4),
        type=parts.text(1),
        event=parts.text(2),
        control_id=msh.text(10),
        processing=msh.text(11),
        version=msh.text(12),
        accept=msh.text(15),
        apply=msh.text(16),
        charset=msh.text(18),
    )


def check_header(header: Header) -> None:
    """Raises `NotReadable` with each reason for which messages like this one are not read."""
    faults = []
    if header.type not in READ:
        faults.append(Fault("message-type", "MSH[1]-9", _not_read(header)))
    elif header.event not in READ[header.type]:
        faults.append(Fault("event", "MSH[1]-9", _not_read(header)))
    if header.version not in VERSIONS:
        said = f"Version “{header.version[:20]}” is not read; read are {', '.join(VERSIONS)}."
        faults.append(Fault("version", "MSH[1]-12", said))
    if header.processing != "P":
        said = f"MSH-11 is “{header.processing[:10]}”: only messages of production (P) are applied."
        faults.append(Fault("processing", "MSH[1]-11", said))
    if not header.control_id:
        faults.append(Fault("missing-field", "MSH[1]-10", "The message has no control id."))
    elif len(header.control_id) > _LONGEST:
        said = f"The control id has more than {_LONGEST} characters."
        faults.append(Fault("data-type", "MSH[1]-10", said))
    if faults:
        raise NotReadable(*faults)


def _not_read(header: Header) -> str:
    known = ", ".join(f"{kind}^{event}" for kind, events in READ.items() for event in events)
    return f"“{header.kind[:20]}” is not read; read are {known}."
