"""Typesetting of what is filed: a Typst template and data, the same bytes for both and the same moment.

Data reaches the template as JSON alone, so no name and no finding is ever read as markup. PDF/A forbids a character
that no font of the file can draw; such a character is written as its number, so that nothing is lost unseen.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import typst

STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]
"""For archives, tagged; and accessible."""
_DRAWN: Final = (
    range(0x20, 0x300),  # Latin
    range(0x370, 0x500),  # Greek, Cyrillic
    range(0x1E00, 0x2000),  # Latin and Greek with more marks
    range(0x2010, 0x2028),
    range(0x2030, 0x2040),
    range(0x2070, 0x20A0),
    range(0x20A0, 0x20C0),
    range(0x2190, 0x2400),
    range(0x2500, 0x2600),
    range(0x2713, 0x2719),  # ticks and crosses
)
"""What the fonts that come with Typst draw, of what is assigned and stands by itself."""


def pdf(template: Path, document: Mapping[str, Any], *, made: datetime) -> bytes:
    """The template filled with the document, as PDF/A; `made` is the moment it says it was made."""
    compiled = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(shown(document), ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        timestamp=made.astimezone(UTC).replace(microsecond=0),
    )
    assert isinstance(compiled, bytes)
    return compiled


def shown(value: Any) -> Any:
    """The value with every text in it written in characters that are drawn."""
    if isinstance(value, str):
        return "".join(map(_drawn, unicodedata.normalize("NFC", value)))
    if isinstance(value, Mapping):
        return {str(name): shown(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [shown(each) for each in value]
    return value


def is_drawn(character: str) -> bool:
    number = ord(character)
    by_itself = unicodedata.category(character)[0] not in "CM"
    return by_itself and any(number in each for each in _DRAWN)


def _drawn(character: str) -> str:
    if is_drawn(character):
        return character
    return " " if character in "\t\r\n" else f"[U+{ord(character):04X}]"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
