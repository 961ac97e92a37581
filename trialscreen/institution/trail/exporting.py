"""The trail as a file that can be verified without the database: every entry as it was sealed, and every seal.

JSON, an object a line. First what the file is (``trail``), then of each link its entries (``sealed``, the text of which
the seal is the sum) and after them the link itself (``link``), at last how many there were (``end``). Where a filter
has left out entries of a link, its digest cannot be worked out again; its place in the chain can.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q

from trialscreen.institution.models.trail import TrailEntry
from trialscreen.institution.trail.functions import CANONICAL, SEALED_AT
from trialscreen.institution.trail.verifying import AT_A_TIME, Fault, Head, Link, Summed

FORMAT: Final = 1
FIELDS: Final = (
    *("id", "site", "transaction", "at", "kind", "subject", "key", "patient", "old", "new"),
    *("account", "by", "client", "why", "origin", "address", "request", "database_user"),
)
"""What stands in the text that is sealed, a JSON array, in this order."""
_CHOSEN = """
SELECT l.id, e.id FROM ({}) AS e (id, transaction, site_id)
JOIN institution_traillink l ON l.transaction = e.transaction AND l.chain = coalesce(e.site_id, 0)
    AND e.id BETWEEN l.first_entry AND l.last_entry
WHERE l.sequence IS NOT NULL ORDER BY l.chain, l.sequence, e.id
"""
_LINKS = f"""
SELECT l.id, l.chain, l.sequence, l.transaction, l.first_entry, l.last_entry, l.entries,
    {SEALED_AT.format("l.sealed_at")}, l.digest, l.hash, coalesce(b.hash, '')
FROM institution_traillink l
LEFT JOIN institution_traillink b ON b.chain = l.chain AND b.sequence = l.sequence - 1 WHERE l.id = ANY(%s)
"""  # noqa: S608
_TEXTS = f"SELECT e.id, {CANONICAL} FROM institution_trailentry e WHERE e.id = ANY(%s)"  # noqa: S608


class Sealed(NamedTuple):
    """One entry as it was sealed, with its seal."""

    link: Link
    before: str
    """Hash of the link before."""
    text: str

    @property
    def fields(self) -> dict[str, Any]:
        return dict(zip(FIELDS, json.loads(self.text), strict=True))


def sealed(where: Q) -> Iterator[Sealed]:
    """Every sealed entry of these in the order of the chains; needs an open transaction.

    Numbers alone are put in order, which is quick however long the entries are; these are then fetched a few thousand
    at a time.
    """
    chosen = TrailEntry.objects.filter(where).order_by()
    query, parameters = chosen.values("pk", "transaction", "site_id").query.sql_with_params()
    with connection.connection.cursor("trail_exported") as cursor:
        cursor.itersize = AT_A_TIME
        cursor.execute(_CHOSEN.format(query), parameters)
        while numbers := cursor.fetchmany(AT_A_TIME):
            yield from _fetched(numbers)


def _fetched(numbers: list[tuple[int, int]]) -> Iterator[Sealed]:
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, [list({link for link, _ in numbers})])
        links = {row[0]: (Link(*row[1:10]), row[10]) for row in cursor.fetchall()}
        cursor.execute(_TEXTS, [[entry for _, entry in numbers]])
        texts = dict(cursor.fetchall())
    for link, entry in numbers:
        yield Sealed(*links[link], texts[entry])


def write_lines(file: IO[bytes], found: Iterable[Sealed], about: Mapping[str, Any]) -> int:
    """Write these entries with their links. Returns how many entries. `about` says whose file it is, and of what."""
    entries = links = 0
    _line(file, {"trail": {"format": FORMAT, "fields": FIELDS, **about}})
    for (link, before), of_it in groupby(found, key=lambda each: (each.link, each.before)):
        shown = 0
        for each in of_it:
            _line(file, {"sealed": each.text})
            shown += 1
        _line(file, {"link": link._asdict() | {"before": before, "shown": shown}})
        entries, links = entries + shown, links + 1
    _line(file, {"end": {"entries": entries, "links": links}})
    return entries


def _line(file: IO[bytes], told: Mapping[str, Any]) -> None:
    file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")


@dataclass(slots=True)
class Reread:
    """What an exported file held, and what of it is not as it was sealed."""

    entries: int = 0
    links: int = 0
    whole: int = 0
    """Links of which every entry is in the file."""
    compared: int = 0
    """Links of which a copy was kept elsewhere."""
    faults: list[Fault] = field(default_factory=list)


def verify_export(path: Path, kept: Iterable[Head] = ()) -> Reread:
    """Work out every seal of an exported file again, without any database.

    Raises:
        ValueError: with the number of the line that is none of such a file.
    """
    done = Reread()
    elsewhere = {(head.chain, head.sequence): head.hash for head in kept}
    before: Link | None = None
    digest, count, ended = sha256(), 0, False
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            what, told = _read(line, path, number, first=number == 1)
            if what == "sealed":
                digest.update(("\n" + told if count else told).encode())
                count += 1
            elif what == "link":
                link, hash_before = Link(*(told[name] for name in Link._fields)), told["before"]
                found = Summed(count, digest.hexdigest())
                faults = _judge(link, hash_before, found, before, elsewhere)
                done.faults.extend(Fault(link.chain, link.sequence, fault) for fault in faults)
                _count(done, link, found, elsewhere)
                before, digest, count = link, sha256(), 0
            elif what == "end":
                ended = (told["entries"], told["links"]) == (done.entries, done.links) and not count
    if not ended:
        done.faults.append(Fault(-1, None, "the file is not complete"))
    return done


def _count(
    done: Reread, link: Link, found: Summed, elsewhere: Mapping[tuple[int, int], str]
) -> None:
    done.links += 1
    done.entries += found.entries
    done.whole += found.entries == link.entries
    done.compared += (link.chain, link.sequence or 0) in elsewhere


def _read(line: bytes, path: Path, number: int, *, first: bool) -> tuple[str, Any]:
    try:
        ((what, told),) = json.loads(line).items()
    except (ValueError, AttributeError):
        what, told = "", None
    if what not in ("sealed", "link", "end", "trail") or first is not (what == "trail"):
        raise ValueError(f"{path}, line {number}: not a line of an exported trail")
    return what, told


def _judge(
    link: Link,
    hash_before: str,
    found: Summed,
    before: Link | None,
    elsewhere: Mapping[tuple[int, int], str],
) -> Iterator[str]:
    if found.entries > (link.entries or 0):
        yield f"{link.entries} entries were sealed, {found.entries} are in the file"
    elif found.entries == link.entries and found.digest != link.digest:
        yield f"an entry from {link.first} to {link.last} is not as it was sealed"
    if link.hash_after(hash_before) != link.hash:
        yield "the seal does not fit the link and the one before"
    if before is not None and before.chain == link.chain:
        sequence, last = link.sequence or 0, before.sequence or 0
        if sequence <= last:
            yield "it does not come after the one before it in the file"
        elif sequence == last + 1 and hash_before != before.hash:
            yield "the link before is another one than was sealed"
    if elsewhere.get((link.chain, link.sequence or 0), link.hash) != link.hash:
        yield "another link than was kept"
