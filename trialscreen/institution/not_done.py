"""How the institution says no."""

from __future__ import annotations


class NotDone(Exception):
    """Why something is not done, in one sentence, with a code for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
