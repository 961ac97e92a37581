"""What a screening is found by: one folded text of names, initials, birth date and identifiers, and its reading.

Lists search it without looking at any other table. Plain Python; `eligibility.actions` keeps it with the screening.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

LONGEST = 1000
_DAY_FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y")
_INITIALS = re.compile(r"\W*\w\W*\w\W*")


def folded(text: str) -> str:
    """Small letters without accents: who types ``levesque`` means Lévesque too."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def day_typed(text: str) -> date | None:
    """The day that was typed, ``1984-05-17`` or ``17 May 1984``; None where it is no day."""
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, at no place
        except ValueError:
            continue
    return None


def sought_by(
    *,
    given: str,
    family: str,
    birth: tuple[date | None, date | None],
    identifiers: Iterable[str],
) -> str:
    """The text that a search goes through, each part between bars: ``|ag|amelie gagnon|1984-05-17|mrn-1|``."""
    parts = [given[:1] + family[:1], f"{given} {family}", *_days(birth), *identifiers]
    written = "|".join(" ".join(folded(part).split()) for part in parts)
    return f"|{written}|"[:LONGEST]


def _days(birth: tuple[date | None, date | None]) -> list[str]:
    """The day of birth; the month or the year where only that is known, and nothing where it is known otherwise."""
    first, last = birth
    if first is None or last is None:
        return []
    if first == last:
        return [first.isoformat()]
    if (first.year, first.month) == (last.year, last.month):
        return [first.isoformat()[:7]]
    return [first.isoformat()[:4]] if first.year == last.year else []


def parts_of(typed: str) -> tuple[tuple[str, ...], ...]:
    """What to look for: in one of the alternatives, every part has to be contained in the text.

    ``17 May 1984`` finds that day, and who was born in that month or year and no more is known. Two letters are
    initials as well as part of a name.
    """
    text = " ".join(folded(typed.replace("|", " ").replace("\x00", "")).split())
    if not text:
        return ()
    day = day_typed(text)
    if day is not None:
        return tuple((f"|{day.isoformat()[:length]}|",) for length in (10, 7, 4))
    words = tuple(text.split())
    if not _INITIALS.fullmatch(text):
        return (words,)
    letters = "".join(letter for letter in text if letter.isalnum())
    return (words, (f"|{letters}|",))
