"""Is the trail what PostgreSQL wrote? Every seal is worked out again, here, from the rows as they are.

Nothing of what the database says of itself is used: it is asked for the rows, and the sums are made in this program.
A changed, missing, moved or smuggled entry breaks the seal of its transaction; a seal forged again breaks the next one;
and a chain that was forged or cut off to its end is found by its heads, of which copies lie outside of the database.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from trialscreen.institution.scope import SETTING
from trialscreen.institution.trail.functions import CANONICAL, INSTITUTION_SETTING, SEALED_AT

AT_A_TIME = 5_000
LINKS_AT_A_TIME = 1_000
_LINKS = f"""
SELECT l.id, l.chain, l.sequence, l.transaction, l.first_entry, l.last_entry, l.entries,
    {SEALED_AT.format("l.sealed_at")}, l.digest, l.hash
FROM institution_traillink l ORDER BY l.chain, l.sequence NULLS LAST, l.id
"""
_ENTRIES = f"""
SELECT l.id, {CANONICAL}
FROM institution_traillink l
JOIN institution_trailentry e ON e.transaction = l.transaction AND coalesce(e.site_id, 0) = l.chain
    AND e.id BETWEEN l.first_entry AND l.last_entry
WHERE l.id = ANY(%s) ORDER BY l.chain, l.sequence NULLS LAST, l.id, e.id
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
        if self.chain < 0:
            return self.what.capitalize()
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


class Link(NamedTuple):
    """One seal, as it is stored or was exported."""

    chain: int
    sequence: int | None
    transaction: int
    first: int | None
    last: int | None
    entries: int | None
    sealed_at: str | None
    digest: str
    hash: str

    def hash_after(self, before: str) -> str:
        """The hash that this link has, if `before` is that of the link before it."""
        told = (*self[:7], self.digest, before)
        return sha256("|".join(map(str, told)).encode()).hexdigest()


class Summed(NamedTuple):
    """What the entries of one link come to."""

    entries: int
    digest: str


def verify(kept: Iterable[Head] = (), *, within: bool = False) -> Verified:
    """Work out every seal again and hold the ends of the chains against the `kept` heads.

    Everything is read in one snapshot, so it may run while others write. It needs no more rights than the application
    has, and no transaction may be open; `within` one, what that has done is seen too, and the snapshot is its own.
    """
    kept = list(kept)
    done = Verified()
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not within:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute(_EVERY_CHAIN, [SETTING, INSTITUTION_SETTING])
        seen = _walk(done, {(head.chain, head.sequence) for head in kept})
        _ends(done, seen)
        _smuggled(done)
    for head in kept:
        found = seen.get((head.chain, head.sequence))
        if found is None:
            done.faults.append(Fault(head.chain, head.sequence, "a link that was kept is gone"))
        elif found != head.hash:
            done.faults.append(Fault(head.chain, head.sequence, "another link than was kept"))
    return done


def _walk(done: Verified, asked: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Every link with its entries, in order. Returns the hashes of those that are `asked` for, and of each end."""
    seen: dict[tuple[int, int], str] = {}
    chain, before, expected = -1, "", 1
    for link, found in _linked():
        if link.chain != chain:
            chain, before, expected = link.chain, "", 1
        done.links += 1
        done.entries += found.entries
        faults = list(_judge(link, found, before, expected))
        done.faults.extend(Fault(link.chain, link.sequence, what) for what in faults)
        if link.sequence is not None:
            if (link.chain, expected - 1) not in asked:
                seen.pop((link.chain, expected - 1), None)
            seen[link.chain, link.sequence] = link.hash
            before, expected = link.hash, link.sequence + 1
    return seen


def _judge(link: Link, found: Summed, before: str, expected: int) -> Iterator[str]:
    if link.sequence is None:
        yield f"a link without a seal, of transaction {link.transaction}"
        return
    if link.sequence != expected:
        yield f"links {expected} to {link.sequence - 1} are missing"
    if found.entries != link.entries:
        yield f"{link.entries} entries were sealed ({link.first} to {link.last}), {found.entries} are there"
    elif found.digest != link.digest:
        yield f"an entry from {link.first} to {link.last} is not as it was sealed"
    if link.hash_after(before) != link.hash:
        yield "the seal does not fit the link and the one before"


def _linked() -> Iterator[tuple[Link, Summed]]:
    """Some links at a time, each with the sum of its entries: nothing long is held, by us or by the database."""
    links = _rows("trail_links", _LINKS)
    while some := list(islice(links, LINKS_AT_A_TIME)):
        numbers = [row[0] for row in some]
        sums = _summed(_rows("trail_entries", _ENTRIES, [numbers]))
        number, found = next(sums, (None, NOTHING))
        for row in some:
            if row[0] == number:
                yield Link(*row[1:]), found
                number, found = next(sums, (None, NOTHING))
            else:
                yield Link(*row[1:]), NOTHING


def _summed(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Summed]]:
    for link, of_it in groupby(rows, key=itemgetter(0)):
        yield link, summed(text for _number, text in of_it)


def summed(texts: Iterable[str]) -> Summed:
    """The digest of a link: SHA-256 over the texts of its entries in their order, a line feed between two."""
    digest, count = sha256(), 0
    for text in texts:
        digest.update(("\n" + text if count else text).encode())
        count += 1
    return Summed(count, digest.hexdigest())


NOTHING: Final = summed(())


def _rows(name: str, query: str, parameters: Sequence[Any] = ()) -> Iterator[tuple]:
    """A few thousand at a time, so that a long trail needs no long memory."""
    with connection.connection.cursor(name) as cursor:
        cursor.itersize = AT_A_TIME
        cursor.execute(query, parameters or None)
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
    for entry, chain, kind, subject in _rows("trail_unsealed", _UNSEALED):
        done.faults.append(Fault(chain, None, f"entry {entry} ({kind} {subject}) is in no seal"))


def read_heads(path: Path) -> list[Head]:
    """The heads that were written to a file outside of the database, a JSON object a line; none if there is none.

    Raises:
        ValueError: with the number of the line that cannot be read.
    """
    if not path.exists():
        return []
    heads = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                heads.append(head_of(line))
            except ValueError as fault:
                raise ValueError(f"{path}, line {number}: not a head of the trail") from fault
    return heads


def head_of(line: bytes) -> Head:
    """The head that a line of such a file tells. Raises ValueError where it tells none."""
    try:
        told = json.loads(line)
        return Head(int(told["chain"]), int(told["sequence"]), str(told["hash"]))
    except (KeyError, TypeError) as fault:
        raise ValueError("not a head of the trail") from fault
