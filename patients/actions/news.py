"""What of a Bundle is new: each resource by the record it is a version of, and by its digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from patients.intake import strict_json
from patients.intake.fhir.envelope import digest_of


class Piece(NamedTuple):
    """One resource of a delivery, ready to be kept."""

    position: int
    type: str
    key: str
    full_url: str
    raw: str
    digest: str


def pieces_of(tree: Mapping[str, Any]) -> Iterator[Piece]:
    for position, member in enumerate(tree.get("entry", ())):
        resource = member.get("resource") if isinstance(member, Mapping) else None
        if not isinstance(resource, Mapping):
            continue
        kind, ident = str(resource.get("resourceType", "")), resource.get("id")
        full_url = member.get("fullUrl")
        url = full_url if isinstance(full_url, str) else ""
        text = strict_json.write(resource)
        digest = digest_of(text)
        key = f"{kind}/{ident}" if isinstance(ident, str) and ident else url or f"{kind}#{digest}"
        yield Piece(position, kind[:100], key[:600], url[:2000], text, digest)


def keys_of(tree: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Under which key each entry of a Bundle is held, by its position."""
    for piece in pieces_of(tree):
        yield piece.position, piece.key


def news_among(pieces: Iterable[Piece], held: Iterable[tuple[str, str, bool]]) -> list[Piece]:
    """The resources that are not held yet. `held` is the key, the digest and whether it is a correction made here, of
    what is held under the keys of the pieces, in the order of arrival.

    One version is no news where it is what is held last of its record; of several versions of one record, those that
    were the last to arrive are none. Where the last is a correction, nothing is that the source had sent before.
    """
    told: dict[str, list[str]] = {}
    corrected: dict[str, bool] = {}
    for key, digest, correction in held:
        told.setdefault(key, []).append(digest)
        corrected[key] = correction
    settled = {key: set(told[key]) for key in told if corrected[key]}
    coming: dict[str, list[Piece]] = {}
    for piece in pieces:
        versions = coming.setdefault(piece.key, [])
        repeated = versions and versions[-1].digest == piece.digest
        if not repeated and piece.digest not in settled.get(piece.key, ()):
            versions.append(piece)
    fresh = (
        piece
        for key, versions in coming.items()
        for piece in versions[_held_already(versions, told.get(key, ())) :]
    )
    return sorted(fresh, key=lambda piece: piece.position)


def _held_already(versions: Sequence[Piece], told: Sequence[str]) -> int:
    """How many of the first versions are those that arrived last: the longest beginning of the one that ends the other.

    Found as Knuth, Morris and Pratt do, in one pass over each: a Bundle may hold one record as often as it has room.
    """
    coming = [one.digest for one in versions]
    if not coming:
        return 0
    shorter = [0] * len(coming)
    for at in range(1, len(coming)):
        shorter[at] = _longer(coming, shorter, shorter[at - 1], coming[at])
    many = 0
    for digest in told[-len(coming) :]:
        many = _longer(coming, shorter, many, digest)
    return many


def _longer(coming: list[str], shorter: list[int], many: int, digest: str) -> int:
    """How long a beginning ends in `digest`, where one of `many` ended before it."""
    while many and (many == len(coming) or coming[many] != digest):
        many = shorter[many - 1]
    return many + 1 if coming[many] == digest else 0
