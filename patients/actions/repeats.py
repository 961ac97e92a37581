"""A request that arrives twice is done once, and answered twice alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.db import connection

from patients.models import IdempotencyKey
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

KEPT = timedelta(days=7)
"""For how long a request may be sent again with its key; the answer goes with the key."""
BATCH = 1_000
ROUNDS = 50
"""Batches of one run at one site; what is left is for the next run."""


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    body: str
    headers: dict[str, str]


class KeyReused(Exception):
    """The key stands for a request that said something else."""


class KeyInUse(Exception):
    """The first request with the key has not been answered yet."""


def answer_once(
    *, site: Site, asker: str, key: str, request: str, act: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """The answer to a request, and whether it is a repeated one.

    Call it in the transaction of the request, and undo that where the request is refused: then a
    key is kept exactly where something was done. `request` is a digest of everything the request
    says.

    Raises:
        KeyInUse: the first request is under way at this moment.
        KeyReused: the same asker gave the key at the same site with another request.
    """
    if not _ours_alone(f"{site.pk} {asker} {key}"):
        raise KeyInUse
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


def _ours_alone(name: str) -> bool:
    """Whether nobody else is at it; until the end of the transaction nobody else will be."""
    number = int.from_bytes(sha256(f"idempotency {name}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def purge_keys(site: Site, *, before: datetime, most: int = BATCH) -> int:
    """Forget keys of a site given before that moment, the oldest first; never one younger than a day.

    Gives how many were forgotten: fewer than `most` means that none is left.
    """
    with use_sites([site.pk]), connection.cursor() as cursor:
        cursor.execute(
            "SELECT patients_purge_idempotency_keys(%s, %s, %s)", [site.pk, before, most]
        )
        return int(cursor.fetchone()[0])


def purge_old_keys(*, now: datetime) -> int:
    """Forget, at every site, the keys that have been kept long enough. Gives how many."""
    return sum(_purge_site(site, before=now - KEPT) for site in Site.objects.all())


def _purge_site(site: Site, *, before: datetime) -> int:
    gone = 0
    for _ in range(ROUNDS):
        batch = purge_keys(site, before=before)
        gone += batch
        if batch < BATCH:
            break
    return gone
