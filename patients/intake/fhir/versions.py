"""Which of several deliveries of the same record is the current one.

A record is the same by its type and id; without an id by an identifier; without one by its full URL. Observations with
the same identifier and code are versions of one result whatever their ids. Only the last version speaks: when it is
entered in error, cancelled, preliminary or cannot be read, the earlier ones do not speak instead.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from patients.intake.fhir.dates import read_moment
from patients.intake.fhir.envelope import Entry
from patients.intake.fhir.references import identifiers


def survivors(entries: list[Entry], zone: ZoneInfo) -> dict[int, Entry]:
    """The current version of every entry, by the entry's index in the Bundle."""
    groups = _groups(entries)
    if len(groups) == len(entries):
        return {entry.index: entry for entry in entries}
    current: dict[int, Entry] = {}
    for group in groups:
        last = group[0] if len(group) == 1 else _last(group, zone)
        for entry in group:
            current[entry.index] = last
    return current


def _groups(entries: list[Entry]) -> list[list[Entry]]:
    """The entries by identity; a chain of shared keys is one group."""
    parent = list(range(len(entries)))

    def root(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    first: dict[Hashable, int] = {}
    for position, entry in enumerate(entries):
        for key in _keys(entry):
            earlier = root(first.setdefault(key, position))
            mine = root(position)
            parent[max(earlier, mine)] = min(earlier, mine)
    groups: dict[int, list[Entry]] = {}
    for position, entry in enumerate(entries):
        groups.setdefault(root(position), []).append(entry)
    return list(groups.values())


def _keys(entry: Entry) -> Iterator[Hashable]:
    data = entry.node.data
    keyed = False
    if entry.id:
        keyed = True
        yield "id", entry.type, entry.id
    if entry.type == "Observation":
        for pair in _results(data):
            keyed = True
            yield pair
    elif not keyed:
        for identifier in identifiers(data):
            keyed = True
            yield "identifier", entry.type, identifier
    if not keyed and entry.full_url:
        keyed = True
        yield "url", entry.type, entry.full_url
    if not keyed:
        yield "alone", entry.index


def _results(data: Any) -> Iterator[Hashable]:
    """Every identifier of an observation with every code of it; of absurdly many, the first dozen of each."""
    codes = list(islice(_codes(data.get("code")), 12))
    for identifier in islice(identifiers(data), 12):
        for code in codes:
            yield "result", identifier, code


def _codes(concept: object) -> Iterator[tuple[str, str]]:
    if type(concept) is not dict:
        return
    codings = concept.get("coding")
    found = False
    for coding in codings if type(codings) is list else ():
        if type(coding) is dict and type(coding.get("code")) is str:
            found = True
            yield str(coding.get("system", "")), coding["code"]
    if not found and type(concept.get("text")) is str:
        yield "text", concept["text"]


_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def _last(group: list[Entry], zone: ZoneInfo) -> Entry:
    """The last version: by issue when they are versions of one result, then by last update, then by arrival."""
    candidates = group
    if _share_a_result(group):
        issued = [_moment(entry.node.data.get("issued"), zone) or _NEVER for entry in group]
        candidates = [e for e, at in zip(group, issued, strict=True) if at == max(issued)]
    last = candidates[0]
    for entry in candidates[1:]:
        before, after = _moment(last.changed, zone), _moment(entry.changed, zone)
        if before is None or after is None or before <= after:
            last = entry
    return last


def _share_a_result(group: list[Entry]) -> bool:
    seen: set[Hashable] = set()
    for entry in group:
        keys = set(_results(entry.node.data)) if entry.type == "Observation" else set()
        if keys & seen:
            return True
        seen |= keys
    return False


def _moment(text: object, zone: ZoneInfo) -> datetime | None:
    """For order only: a date without time, or a time without its offset, counts from the first moment of its day."""
    if type(text) is not str:
        return None
    try:
        days = read_moment(text, zone).days
        if days.instant is not None:
            return days.instant
        assert days.first is not None
        return datetime(days.first.year, days.first.month, days.first.day, tzinfo=zone).astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        return None
