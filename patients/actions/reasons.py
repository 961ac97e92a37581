"""Why something clinical is put right: said in words, and kept with the change in the trail."""

from __future__ import annotations

from typing import Final

FEWEST: Final = 2
SAY_WHY: Final = "Say why in words: whoever reads the correction reads the reason with it."


class NoReason(Exception):
    """Nothing that could be read as a reason was said."""

    sentence = SAY_WHY


def in_words(said: str) -> str:
    """The reason without what surrounds it.

    Raises:
        NoReason: it is empty, blank, or signs alone such as ``.`` or ``--``.
    """
    if sum(letter.isalnum() for letter in said) < FEWEST:
        raise NoReason
    return said.strip()
