"""A superuser at the trail: what the tests of tampering share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from trialscreen.institution.models import TrailLink
from trialscreen.wiring.owner import as_owner


def emptied() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE institution_trailentry, institution_traillink, institution_trailhead"
        )


@contextmanager
def superuser() -> Iterator[Any]:
    """Somebody who may do anything, triggers off."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


def forge_from(cursor: Any, chain: int, sequence: int) -> None:
    """Work out every seal of a chain again from a link on, as somebody would who knows how."""
    links = list(TrailLink.objects.filter(chain=chain).order_by("sequence"))
    before = "".join(link.hash for link in links if link.sequence == sequence - 1)
    end = links[-1].sequence
    for link in links:
        if (link.sequence or 0) < sequence:
            continue
        assert link.sealed_at is not None
        told = (
            *(link.chain, link.sequence, link.transaction, link.first_entry, link.last_entry),
            *(link.entries, f"{link.sealed_at:%Y-%m-%dT%H:%M:%S.%f}Z", link.digest, before),
        )
        before = sha256("|".join(map(str, told)).encode()).hexdigest()
        cursor.execute(
            "UPDATE institution_traillink SET hash = %s WHERE id = %s", [before, link.pk]
        )
    cursor.execute(
        "UPDATE institution_trailhead SET hash = %s, sequence = %s WHERE chain = %s",
        [before, end, chain],
    )
