"""Facts as JSON and back, without loss: the form in which a derived row holds its fact.

Decimals are strings, dates ISO, spans and values tagged lists. Reading back gives an equal fact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from patients.facts import (
    Condition,
    Course,
    Histology,
    Lesion,
    Notice,
    Operation,
    Participation,
    Person,
    ReferenceRange,
    Result,
    Specimen,
)
from patients.values import Amount, Days, Score, Sign, Unreadable

Json = Any
KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Person,
        Condition,
        Result,
        Lesion,
        Histology,
        Course,
        Operation,
        Specimen,
        Participation,
        Notice,
        ReferenceRange,
    )
}


def encode(fact: Any) -> dict[str, Json]:
    """A fact as JSON data; fields that have their default value are left out."""
    kind = type(fact)
    if kind is Notice:
        return {"fact": "Notice", "of": list(fact)}
    held = {
        name: _out(value)
        for name, default in _fields(kind)  # type: ignore[arg-type]
        if (value := getattr(fact, name)) != default or value is not default
    }
    return {"fact": kind.__name__, **held}


def decode(data: dict[str, Json]) -> Any:
    """The fact of JSON data."""
    kind = KINDS[data["fact"]]
    if kind is Notice:
        return Notice(*data["of"])
    return kind(**{name: _in(value) for name, value in data.items() if name != "fact"})


def digest(data: dict[str, Json]) -> str:
    """SHA-256 of a fact's JSON, in hexadecimal."""
    return sha256(_SORTED.encode(data).encode()).hexdigest()


_SORTED = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_MISSING = object()


@cache
def _fields(kind: Hashable) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (part.name, part.default if isinstance(part.default, str | bool | None) else _MISSING)
        for part in fields(kind)  # type: ignore[arg-type]
        if part.init
    )


def _out(value: Any) -> Json:
    if value is None or isinstance(value, str | bool | int):
        return value
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise TypeError(f"{type(value).__name__} is not part of a fact")
    return writer(value)


def _in(value: Json) -> Any:
    if isinstance(value, list):
        return _READERS[value[0]](value)
    return value


def _iso(day: date | datetime | None) -> str | None:
    return day.isoformat() if day is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


_WRITERS: dict[type, Callable[[Any], list[Json]]] = {
    Days: lambda v: ["days", _iso(v.first), _iso(v.last), v.text, _iso(v.instant)],
    Amount: lambda v: [
        "amount",
        str(v.value),
        v.comparator,
        v.unit,
        v.dimension,
        None if v.canonical is None else str(v.canonical),
        v.fault,
    ],
    Sign: lambda v: ["sign", v.positive, v.text],
    Score: lambda v: ["score", v.value],
    Unreadable: lambda v: ["unreadable", v.text],
    Decimal: lambda v: ["decimal", str(v)],
    datetime: lambda v: ["moment", v.isoformat()],
    date: lambda v: ["day", v.isoformat()],
    frozenset: lambda v: ["set", *sorted(v)],
    tuple: lambda v: ["tuple", *(_out(item) for item in v)],
    ReferenceRange: lambda v: ["range", encode(v)],
}
_READERS: dict[str, Callable[[list[Json]], Any]] = {
    "days": lambda v: Days(_day(v[1]), _day(v[2]), v[3], _moment(v[4])),
    "amount": lambda v: Amount(
        Decimal(v[1]), v[2], v[3], v[4], None if v[5] is None else Decimal(v[5]), v[6]
    ),
    "sign": lambda v: Sign(v[1], v[2]),
    "score": lambda v: Score(v[1]),
    "unreadable": lambda v: Unreadable(v[1]),
    "decimal": lambda v: Decimal(v[1]),
    "moment": lambda v: datetime.fromisoformat(v[1]),
    "day": lambda v: date.fromisoformat(v[1]),
    "set": lambda v: frozenset(v[1:]),
    "tuple": lambda v: tuple(_in(item) for item in v[1:]),
    "range": lambda v: decode(v[1]),
}
