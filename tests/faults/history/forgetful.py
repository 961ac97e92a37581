"""A server that forgets keys and asks nobody which version was seen: what the checker has to find in a real history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trialscreen.wiring.wsgi import application

__all__ = ["application"]


def _begin() -> None:
    from patients.actions.repeats import Answer
    from patients.api import changing, doors
    from patients.api import facts as entered

    def whatever_the_key(*, act: Callable[[], Answer], **_: Any) -> tuple[Answer, bool]:
        return act(), False

    def whatever_was_seen(*_: Any, **__: Any) -> None:
        return None

    doors.answer_once = whatever_the_key  # type: ignore[attr-defined]
    for each in (changing, entered):
        each.check_unchanged = whatever_was_seen  # type: ignore[attr-defined]


_begin()
