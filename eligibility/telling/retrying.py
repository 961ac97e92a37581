"""When a message is tried again, when it is parked, and when an endpoint rests. Moments are passed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

WAITS: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
"""After the first, second ... failed try of a message."""
MOST_TRIES: Final = len(WAITS) + 1
"""After so many a message is parked: the next of its patient goes on, and it is listed for an administrator."""
_UNANSWERED: Final = 3
"""So many attempts in a row without an answer are no accident: the endpoint rests as a whole."""
_SHORTEST_REST: Final = timedelta(seconds=5)
_LONGEST_REST: Final = timedelta(minutes=5)
PAUSED_AFTER: Final = timedelta(hours=24)
"""Without any message taken for so long an endpoint is paused, until an administrator resumes it."""


def wait_after(tries: int) -> timedelta:
    """How long a message waits after so many failed tries (1 or more); the longest wait where there were more."""
    return WAITS[min(tries, len(WAITS)) - 1]


def is_parked(tries: int, *, answered: bool, others_taken: bool) -> bool:
    """Whether a message has failed for good after so many tries.

    It has where the endpoint refused it, or took others meanwhile. While nobody answers anybody it is the endpoint that
    fails, not the message: then it waits for as long as that takes.
    """
    return tries >= MOST_TRIES and (answered or others_taken)


def rest_after(away: int) -> timedelta | None:
    """How long an endpoint is left alone after so many attempts in a row that nobody answered; None: not at all."""
    if away < _UNANSWERED:
        return None
    return min(_LONGEST_REST, _SHORTEST_REST * 2 ** min(away - _UNANSWERED, 16))


def is_given_up(failing_since: datetime | None, *, at: datetime) -> bool:
    """Whether nothing has been taken for so long that the endpoint is paused."""
    return failing_since is not None and at - failing_since >= PAUSED_AFTER
