"""People's acts in the trail: what was looked at, searched, taken out, signed or refused, beside what was changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection


class Word(StrEnum):
    """The closed list of acts."""

    VIEWED = "viewed"
    SEARCHED = "searched"
    EXPORTED = "exported"
    PRINTED = "printed"
    EVALUATED = "evaluated"
    CONFIRMED = "confirmed"
    SIGNED = "signed"
    DECLINED = "declined"
    REGISTERED = "registered"
    REFUSED = "refused"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNING_FAILED = "signing-failed"


def note(
    word: Word,
    *,
    about: str,
    key: str = "",
    site: int | None = None,
    patient: UUID | None = None,
    circumstances: Mapping[str, Any] | None = None,
) -> None:
    """Leave an entry of an act, in the transaction that is open, or in one of its own.

    `about` names what it was about, `key` which one; `site` is whose chain it belongs to, none: the institution's.
    Circumstances are counts, codes and names of filters: never what was typed, which may name a patient.
    """
    told = json.dumps(dict(circumstances or {}), ensure_ascii=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trail_note(%s, %s, %s, %s, %s, %s)",
            [site, word.value, about, key, None if patient is None else str(patient), told],
        )


def say_of(request: Any, **circumstances: Any) -> None:
    """What else is to be told of this request's act, where it is told when the answer is ready: counts and filters."""
    request.__dict__.setdefault("_circumstances", {}).update(circumstances)


def say_whom(request: Any, site: int | None, patient: UUID | None) -> None:
    """Whom this request concerned, where its address does not say it: for the act that is told when it is answered."""
    asked = getattr(request, "_request", request)  # what a view of the API is given wraps it
    asked.__dict__["_whom"] = (site, patient)


def said_whom(request: Any) -> tuple[int | None, UUID | None]:
    found: tuple[int | None, UUID | None] = request.__dict__.get("_whom", (None, None))
    return found


def said_of(request: Any) -> dict[str, Any]:
    return dict(request.__dict__.get("_circumstances", {}))


_later: ContextVar[list[dict[str, Any]] | None] = ContextVar("trail_later", default=None)


def note_whatever_happens(word: Word, **told: Any) -> None:
    """As :func:`note`, but also where the transaction of this request is undone: it is written when it has ended."""
    waiting = _later.get()
    if waiting is None:
        note(word, **told)
    else:
        waiting.append({"word": word, **told})


@contextmanager
def noting_later() -> Iterator[list[dict[str, Any]]]:
    """Within, what is noted whatever happens waits; whoever opened this writes it afterwards."""
    waiting: list[dict[str, Any]] = []
    before = _later.set(waiting)
    try:
        yield waiting
    finally:
        _later.reset(before)
