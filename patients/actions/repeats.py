"""A request that arrives twice is done once, and answered twice alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from patients.models import IdempotencyKey
from trialscreen.institution.models import Site


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    body: str
    headers: dict[str, str]


class KeyReused(Exception):
    """The key stands for a request that said something else."""


def answer_once(
    *, site: Site, asker: str, key: str, request: str, act: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """The answer to a request, and whether it is a repeated one.

    Call it in the transaction of the request, and undo that where the request is refused: then a
    key is kept exactly where something was done. Of two at the same moment the second waits here
    until the first is through. `request` is a digest of everything the request says.

    Raises:
        KeyReused: the same asker gave the key at the same site with another request.
    """
    held, first = IdempotencyKey.objects.get_or_create(
        site=site, asker=asker, key=key, defaults={"request": request}
    )
    if not first:
        if held.request != request:
            raise KeyReused
        return Answer(held.status, held.body, held.headers), True
    done = act()
    held.status, held.body, held.headers = done
    held.save(update_fields=["status", "body", "headers"])
    return done, False
