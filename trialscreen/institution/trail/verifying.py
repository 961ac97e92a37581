"""Is the trail what PostgreSQL wrote? Every seal is worked out again, here, from the rows as they are.

Nothing of what the database says of itself is used: it is asked for the rows, and the sums are made in this program.
A changed, missing, moved or smuggled entry breaks the seal of its transaction; a seal forged again breaks the next one;
and a chain that was forged or cut off to its end is found by its heads, of which copies lie outside of the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from trialscreen.institution.scope import SETTING
from trialscreen.institution.trail.functions import CANONICAL, INSTITUTION_SETTING, SEALED_AT

AT_A_TIME = 5_000
_LINKS = f"""
SELECT l.chain, l.sequence, l.transaction, l.first_entry, l.last_entry, l.entries, {SEALED_AT.format("l.sealed_at")},
    l.digest, l.hash, e.id, {CANONICAL}
FROM institution_traillink l
LEFT JOIN institution_trailentry e ON e.transaction = l.transaction AND coalesce(e.site_id, 0) = l.chain
    AND e.id BETWEEN l.first_entry AND l.last_entry
ORDER BY l.chain, l.sequence NULLS LAST, l.id, e.id
"""
_UNSEALED = """
SELECT e.id, coalesce(e.site_id, 0), e.kind, e.subject FROM institution_trailentry e
WHERE NOT EXISTS (
    SELECT FROM institution_traillink l WHERE l.transaction = e.transaction AND l.chain = coalesce(e.site_id, 0)
        AND e.id BETWEEN l.first_entry AND l.last_entry
) ORDER BY e.id
"""
_EVERY_CHAIN = """
SELECT set_config(%s, coalesce((SELECT string_agg(DISTINCT chain::text, ',') FROM institution_traillink), ''), true),
    set_config(%s, 'on', true)
"""
_HEADS = "SELECT chain, sequence, hash FROM institution_trailhead ORDER BY chain"


class Head(NamedTuple):
    """Where a chain ended when it was looked at."""

    chain: int
    sequence: int
    hash: str


class Fault(NamedTuple):
    """Something that is not as it was written, and where."""

    chain: int
    sequence: int | None
    what: str

    def __str__(self) -> str:
        name = "the institution" if self.chain == 0 else f"site {self.chain}"
        link = "" if self.sequence is None else f", link {self.sequence}"
        return f"Chain of {name}{link}: {self.what}"


@dataclass(slots=True)
class Verified:
    """What was looked at, and what was found."""

    entries: int = 0
    links: int = 0
    heads: dict[int, Head] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class _Link(NamedTuple):
    chain: int
    sequence: int | None
    transaction: int
    first: int | None
    last: int | None
    entries: int | None
    sealed_at: str | None
    digest: str
    hash: str


def verify(kept: Iterable[Head] = ()) -> Verified:
    """Work out every seal again and hold the ends of the chains against the `kept` heads.

    Everything is read in one snapshot, so it may run while others write. It needs no more rights than the application
    has, and no transaction may be open.
    """
    done = Verified()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(_EVERY_CHAIN, [SETTING, INSTITUTION_SETTING])
        seen = _walk(done)
        _ends(done, seen)
        _smuggled(done)
    for head in kept:
        found = seen.get((head.chain, head.sequence))
        if found is None:
            done.faults.append(Fault(head.chain, head.sequence, "a link that was kept is gone"))
        elif found != head.hash:
            done.faults.append(Fault(head.chain, head.sequence, "another link than was kept"))
    return done


def _walk(done: Verified) -> dict[tuple[int, int], str]:
    """Every link with its entries, in order. Returns the hash of each."""
    seen: dict[tuple[int, int], str] = {}
    chain, before, expected = -1, "", 1
    for link, texts in _linked():
        if link.chain != chain:
            chain, before, expected = link.chain, "", 1
        done.links += 1
        done.entries += len(texts)
        faults = list(_judge(link, texts, before, expected))
        done.faults.extend(Fault(link.chain, link.sequence, what) for what in faults)
        if link.sequence is not None:
            seen[link.chain, link.sequence] = link.hash
            before, expected = link.hash, link.sequence + 1
    return seen


def _judge(link: _Link, texts: list[str], before: str, expected: int) -> Iterator[str]:
    if link.sequence is None:
        yield f"a link without a seal, of transaction {link.transaction}"
        return
    if link.sequence != expected:
        yield f"links {expected} to {link.sequence - 1} are missing"
    if len(texts) != link.entries:
        yield f"{link.entries} entries were sealed ({link.first} to {link.last}), {len(texts)} are there"
    elif sha256("\n".join(texts).encode()).hexdigest() != link.digest:
        yield f"an entry from {link.first} to {link.last} is not as it was sealed"
    told = (*link[:7], link.digest, before)
    if sha256("|".join(map(str, told)).encode()).hexdigest() != link.hash:
        yield "the seal does not fit the link and the one before"


def _linked() -> Iterator[tuple[_Link, list[str]]]:
    held: _Link | None = None
    texts: list[str] = []
    for row in _rows(_LINKS):
        link = _Link(*row[:9])
        if link != held:
            if held is not None:
                yield held, texts
            held, texts = link, []
        if row[9] is not None:
            texts.append(row[10])
    if held is not None:
        yield held, texts


def _rows(query: str) -> Iterator[tuple]:
    """A few thousand at a time, so that a long trail needs no long memory."""
    with connection.connection.cursor("trail_verified") as cursor:
        cursor.itersize = AT_A_TIME
        cursor.execute(query)
        yield from cursor


def _ends(done: Verified, seen: Mapping[tuple[int, int], str]) -> None:
    last: dict[int, int] = {}
    for chain, sequence in seen:
        last[chain] = max(sequence, last.get(chain, 0))
    with connection.cursor() as cursor:
        cursor.execute(_HEADS)
        done.heads = {row[0]: Head(*row) for row in cursor.fetchall()}
    for chain in sorted(last.keys() | done.heads.keys()):
        head, end = done.heads.get(chain), last.get(chain, 0)
        if head is None or head.sequence != end or (end and head.hash != seen[chain, end]):
            done.faults.append(Fault(chain, end, "the chain does not end where its head says"))


def _smuggled(done: Verified) -> None:
    for entry, chain, kind, subject in _rows(_UNSEALED):
        done.faults.append(Fault(chain, None, f"entry {entry} ({kind} {subject}) is in no seal"))


def read_heads(path: Path) -> list[Head]:
    """The heads that were written to a file outside of the database, a JSON object a line; none if there is none.

    Raises:
        ValueError: with the number of the line that cannot be read.
    """
    if not path.exists():
        return []
    heads = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        try:
            told = json.loads(line)
            heads.append(Head(int(told["chain"]), int(told["sequence"]), str(told["hash"])))
        except (ValueError, KeyError, TypeError) as fault:
            raise ValueError(f"{path}, line {number}: not a head of the trail") from fault
    return heads
