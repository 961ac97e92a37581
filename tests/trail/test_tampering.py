"""A superuser does at random what a superuser can, and is found every time; ``TAMPERINGS`` says how often.

Every tampering is undone before the next, so each is looked for in the same trail.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from tests.trail.kept import emptied, forge_from
from trialscreen.institution.models import Site, TrailEntry, TrailLink
from trialscreen.institution.trail.actions import Word, note
from trialscreen.institution.trail.verifying import Head, Verified, verify
from trialscreen.wiring.owner import as_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("trail")]
USUAL = 33
TAMPERINGS = int(os.environ.get("TAMPERINGS", USUAL))
SEED = int(os.environ.get("TAMPERING_SEED", "0")) or (
    random.SystemRandom().randrange(10**9) if TAMPERINGS > USUAL else 1
)
LINKS = 30
Tampering = Callable[[Any, random.Random], None]


def history() -> None:
    emptied()
    for number in range(LINKS):
        with transaction.atomic():
            Site.objects.create(
                code=f"s{number}", name="Né", city="C", time_zone="UTC", opened_on=date(2026, 1, 1)
            )
            for each in range(number % 3):
                note(Word.VIEWED, about="page", key=str(each), site=number % 4 or None)


def some(rng: random.Random) -> int:
    return rng.choice(list(TrailEntry.objects.values_list("pk", flat=True)))


def some_link(rng: random.Random) -> TrailLink:
    return rng.choice(list(TrailLink.objects.all()))


COLUMNS = {
    "by_name": "'Somebody else'",
    "why": "'because'",
    "kind": "kind || 'x'",
    "new": "coalesce(new, '{}') || '{\"a\": 1}'",
    "at": "at - interval '1 hour'",
    "account_id": "coalesce(account_id, 0) + 1",
    "site_id": "coalesce(site_id, 0) + 1",
    "database_user": "'nobody'",
    "origin": "origin || '/'",
}


def edits(cursor: Any, rng: random.Random) -> None:
    column = rng.choice(list(COLUMNS))
    cursor.execute(
        f"UPDATE institution_trailentry SET {column} = {COLUMNS[column]} WHERE id = %s", [some(rng)]
    )


def deletes(cursor: Any, rng: random.Random) -> None:
    cursor.execute("DELETE FROM institution_trailentry WHERE id = %s", [some(rng)])


def swaps(cursor: Any, rng: random.Random) -> None:
    """Two entries change places: everything but their numbers."""
    one, other = rng.sample(list(TrailEntry.objects.values_list("pk", flat=True)), 2)
    cursor.execute("UPDATE institution_trailentry SET id = -1 WHERE id = %s", [one])
    cursor.execute("UPDATE institution_trailentry SET id = %s WHERE id = %s", [one, other])
    cursor.execute("UPDATE institution_trailentry SET id = %s WHERE id = -1", [other])


def reorders(cursor: Any, rng: random.Random) -> None:
    """Two links of a chain change places."""
    one = some_link(rng)
    mine = TrailLink.objects.filter(chain=one.chain).exclude(pk=one.pk)
    other = rng.choice(list(mine))
    cursor.execute("UPDATE institution_traillink SET sequence = -1 WHERE id = %s", [one.pk])
    cursor.execute(
        "UPDATE institution_traillink SET sequence = %s WHERE id = %s", [one.sequence, other.pk]
    )
    cursor.execute(
        "UPDATE institution_traillink SET sequence = %s WHERE id = %s", [other.sequence, one.pk]
    )


def cuts_off(cursor: Any, rng: random.Random) -> None:
    """The end of a chain is taken away, with its entries, and its head put back."""
    link = some_link(rng)
    cursor.execute(
        "DELETE FROM institution_trailentry e USING institution_traillink l WHERE l.chain = %s"
        " AND l.sequence >= %s AND e.id BETWEEN l.first_entry AND l.last_entry"
        " AND coalesce(e.site_id, 0) = l.chain",
        [link.chain, link.sequence],
    )
    cursor.execute(
        "DELETE FROM institution_traillink WHERE chain = %s AND sequence >= %s",
        [link.chain, link.sequence],
    )
    cursor.execute(
        "UPDATE institution_trailhead h SET sequence = %s - 1, hash = coalesce((SELECT hash FROM"
        " institution_traillink l WHERE l.chain = h.chain AND l.sequence = %s - 1), '') WHERE chain = %s",
        [link.sequence, link.sequence, link.chain],
    )


def drops_a_link(cursor: Any, rng: random.Random) -> None:
    cursor.execute("DELETE FROM institution_traillink WHERE id = %s", [some_link(rng).pk])


def smuggles(cursor: Any, rng: random.Random) -> None:
    cursor.execute(
        "INSERT INTO institution_trailentry (site_id, transaction, at, kind, subject, key, by_name, client, why,"
        " origin, address, request, database_user) SELECT site_id, transaction, at, kind, subject, key, by_name,"
        " client, why, origin, address, request, database_user FROM institution_trailentry WHERE id = %s",
        [some(rng)],
    )


def forges(cursor: Any, rng: random.Random) -> None:
    """An entry is changed, its link sealed again, and the chain after it to its end and its head."""
    link = some_link(rng)
    cursor.execute(
        "UPDATE institution_traillink SET digest = %s WHERE id = %s",
        [f"{rng.getrandbits(256):064x}", link.pk],
    )
    forge_from(cursor, link.chain, link.sequence or 0)


TAMPERINGS_KNOWN: tuple[Tampering, ...] = (
    *(edits, deletes, swaps, reorders, cuts_off, drops_a_link, smuggles, forges),
)


def test_every_tampering_is_found() -> None:
    print(f"\nTAMPERING_SEED={SEED}")  # noqa: T201
    rng = random.Random(SEED)
    history()
    with as_owner():
        kept = list(verify().heads.values())
        assert verify(kept).faults == []
        missed = [
            f"{number}: {each.__name__}"
            for number in range(TAMPERINGS)
            if not tampered(
                each := TAMPERINGS_KNOWN[number % len(TAMPERINGS_KNOWN)], rng, kept
            ).faults
        ]
        assert verify(kept).faults == []
    print(f"{TAMPERINGS} tamperings, {TAMPERINGS - len(missed)} found")  # noqa: T201
    assert missed == []


def tampered(tampering: Tampering, rng: random.Random, kept: list[Head]) -> Verified:
    """What is found while it is done; afterwards it is not."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            tampering(cursor, rng)
        found = verify(kept, within=True)
        transaction.set_rollback(True)
    return found


def test_there_is_no_false_alarm_while_others_write() -> None:
    history()
    done = threading.Event()

    def writes(number: int) -> None:
        try:
            while not done.is_set():
                with transaction.atomic():
                    Site.objects.filter(code=f"s{number}").update(city=f"C{random.random()}")
                    note(Word.VIEWED, about="page", site=1 + number % 3)
        finally:
            connection.close()

    writers = [threading.Thread(target=writes, args=(number,)) for number in range(8)]
    for each in writers:
        each.start()
    try:
        kept: list[Head] = []
        for _ in range(5):
            found = verify(kept)
            assert found.faults == []
            kept += found.heads.values()
    finally:
        done.set()
        for each in writers:
            each.join(30)
    assert verify(kept).faults == []
