"""The grammar of HL7 v2: delimiters, segments, fields, repetitions, components, subcomponents, escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from patients.intake.hl7v2.charsets import CHARSETS, decoded
from patients.intake.hl7v2.faults import refuse

LARGEST: Final = 5_000_000
"""Of one message or batch, in bytes."""
_MOST_SEGMENTS: Final = 20_000
_LINES: Final = re.compile(r"\r\n|\r|\n")
_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_HEADERS: Final = frozenset({"MSH", "BHS", "FHS"})
NULL: Final = '""'
"""What stands in a field that shall be emptied; an empty field says nothing."""


class Delimiters(NamedTuple):
    """The signs of one message, as its first segment declares them, and how bytes in escapes are text."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    codec: str = "ascii"


class Segment(NamedTuple):
    """One line: its name, which of its name it is (from 1), and its fields as they stand."""

    name: str
    number: int
    fields: tuple[str, ...]
    signs: Delimiters
    line: int

    def place(self, field: int, component: int = 0) -> str:
        return f"{self.name}[{self.number}]-{field}{f'.{component}' if component else ''}"

    def written(self, field: int) -> str:
        """A field with its delimiters; empty where the segment ends before it."""
        at = field - 1 if self.name in _HEADERS else field
        return self.fields[at] if 0 <= at < len(self.fields) else ""

    def repetitions(self, field: int) -> list[str]:
        """The repetitions of a field that say something."""
        return [one for one in self.written(field).split(self.signs.repetition) if one]

    def parts(self, field: int, repetition: int = 0) -> Parts:
        """The components of one repetition of a field."""
        held = self.written(field).split(self.signs.repetition)
        return Parts(held[repetition] if repetition < len(held) else "", self.signs)

    def text(self, field: int, component: int = 1) -> str:
        """One component of the first repetition, unescaped and without blanks around it."""
        return self.parts(field).text(component)


class Parts:
    """The components of one value."""

    __slots__ = ("_held", "_signs")

    def __init__(self, raw: str, signs: Delimiters) -> None:
        self._held = raw.split(signs.component)
        self._signs = signs

    def __len__(self) -> int:
        return len(self._held)

    def written(self, component: int) -> str:
        return self._held[component - 1] if component <= len(self._held) else ""

    def text(self, component: int, subcomponent: int = 1) -> str:
        """A subcomponent, unescaped and without blanks around it; empty where there is none, and for HL7's null."""
        parts = self.written(component).split(self._signs.subcomponent)
        text = parts[subcomponent - 1] if subcomponent <= len(parts) else ""
        return "" if text == NULL else unescaped(text, self._signs).strip()

    def whole(self, component: int) -> str:
        """A component with all its subcomponents, unescaped."""
        return unescaped(self.written(component), self._signs).strip()


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its MSH first."""

    segments: tuple[Segment, ...]
    charset: str

    @property
    def msh(self) -> Segment:
        return self.segments[0]

    def all(self, name: str) -> Iterator[Segment]:
        return (one for one in self.segments if one.name == name)

    def first(self, name: str) -> Segment | None:
        return next(self.all(name), None)


def parse(raw: bytes, *, charset: str = "ASCII") -> Message:
    """The segments of one message; `charset` is how it is written if MSH-18 is empty.

    Raises:
        NotReadable: with every place.
    """
    if len(raw) > LARGEST:
        refuse("too-large", "", f"The data is larger than {LARGEST:,} bytes.")
    raw = raw.removeprefix(b"\xef\xbb\xbf").strip(b"\r\n\x0b\x1c")
    signs = delimiters(raw)
    first = re.split(rb"[\r\n]", raw, maxsplit=1)[0].split(signs.field.encode())
    said = first[17].decode("ascii", "replace").strip() if len(first) > 17 else ""
    names = [one for one in said.split(signs.repetition) if one.strip()]
    if len(names) > 1:
        refuse("charset", "MSH[1]-18", "Messages with more than one character set are not read.")
    named = names[0].strip() if names else charset
    text = decoded(raw, named)
    signs = signs._replace(codec=CHARSETS[named])
    return Message(tuple(_segments(text, signs)), named)


def delimiters(raw: bytes) -> Delimiters:
    """The signs that the first segment of `raw` declares: MSH, BHS or FHS.

    Raises:
        NotReadable: it is none of them, or declares no signs that can be told apart.
    """
    head = raw[:12].decode("ascii", "replace")
    if head[:3] not in _HEADERS or len(head) < 8:
        refuse("not-hl7", "line 1", "The data does not begin with MSH|^~\\&|.")
    field = head[3]
    encoding = head[4:].split(field)[0]
    signs = field + encoding[:4]
    odd = [one for one in signs if one.isalnum() or not one.isprintable() or one.isspace()]
    if len(encoding) not in (4, 5) or odd or len(set(signs)) != 5 or not signs.isascii():
        refuse(
            "not-hl7", "MSH-2", "MSH-1 and MSH-2 do not name five different signs as delimiters."
        )
    return Delimiters(field, encoding[0], encoding[1], encoding[2], encoding[3])


def _segments(text: str, signs: Delimiters) -> Iterator[Segment]:
    seen: dict[str, int] = {}
    for line, content in enumerate(_LINES.split(text), start=1):
        if not content:
            continue
        name, rest = content[:3], content[3:4]
        if not _NAME.fullmatch(name) or rest not in ("", signs.field):
            refuse(
                "segment",
                f"line {line}",
                f"The line “{content[:20]}” does not begin with a segment.",
            )
        if (name == "MSH") != (line == 1):
            refuse("segment", f"line {line}", "A message begins with its one MSH segment.")
        if line > _MOST_SEGMENTS:
            refuse(
                "too-large",
                f"line {line}",
                f"The message has more than {_MOST_SEGMENTS:,} segments.",
            )
        seen[name] = seen.get(name, 0) + 1
        yield Segment(name, seen[name], tuple(content.split(signs.field)), signs, line)


def unescaped(text: str, signs: Delimiters) -> str:
    """`text` with its escapes as what they stand for. One that is not known stays as it is written."""
    if signs.escape not in text:
        return text
    pattern = re.escape(signs.escape)
    return re.sub(
        rf"{pattern}([^{pattern}\r\n]*){pattern}", lambda found: _meant(found, signs), text
    )


def _meant(found: re.Match[str], signs: Delimiters) -> str:
    said = found[1]
    known = {
        "F": signs.field,
        "S": signs.component,
        "R": signs.repetition,
        "E": signs.escape,
        "T": signs.subcomponent,
        ".br": "\n",
        ".sp": "\n",
        "H": "",
        "N": "",
    }
    if said in known:
        return known[said]
    if said[:1] == "X" and re.fullmatch(r"([0-9A-Fa-f]{2})+", said[1:]):
        try:
            meant = bytes.fromhex(said[1:]).decode(signs.codec)
        except UnicodeDecodeError:
            return found[0]
        # What JSON and PostgreSQL cannot hold stays as it is written.
        return meant if all(one.isprintable() or one in "\r\n\t" for one in meant) else found[0]
    return found[0]
