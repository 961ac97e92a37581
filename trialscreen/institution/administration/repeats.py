"""An act of administration that is asked for twice over the programming interface is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from trialscreen.institution.models import Account, RepeatedAct

KEPT: Final = timedelta(days=7)
"""For how long a key means what it meant."""


class Done(NamedTuple):
    """What an act was answered."""

    status: int
    body: str
    headers: dict[str, str]
    kept: str = ""
    """The body without what is shown once; empty: nothing of it is."""


class KeyReused(Exception):
    """The key stands for a request that said something else."""


def one_at_a_time(account: Account) -> None:
    """Wait for other requests of the same person, and let others wait, until the end of the transaction."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)


def answer_once(
    *, account: Account, key: str, request: str, act: Callable[[], Done], at: datetime
) -> tuple[Done, bool]:
    """The answer to a request, and whether it is a repeated one; in the transaction of the act.

    Whoever calls holds the administrators' roles or is `one_at_a_time`, so that two requests with one key come one
    after the other.

    Raises:
        KeyReused: the same person gave the key with another request.
    """
    RepeatedAct.objects.filter(at__lt=at - KEPT).delete()
    held = RepeatedAct.objects.filter(account=account, key=key).first()
    if held is not None:
        if held.request != request:
            raise KeyReused
        return Done(held.status, held.body, held.headers), True
    done = act()
    RepeatedAct.objects.create(
        account=account,
        key=key,
        request=request,
        status=done.status,
        headers=done.headers,
        body=done.kept or done.body,
        at=at,
    )
    return done, False
