"""Canonical JSON: a protocol as data. What is stored, hashed and compared is this form, read back it is the same value.

Every named value is an object with its ``kind``; decimals are tagged, so that they are never read as floats; keys are
sorted and nothing is spaced, so that the same protocol always gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from eligibility.rules.catalogue import CATALOGUE

_KINDS = "kind"
_DECIMAL = "decimal"


class NotCanonical(ValueError):
    """Data that is not a value of the rule language."""


def _is_named(cls: type) -> bool:
    return CATALOGUE.get(getattr(cls, _KINDS, "")) is cls


def to_data(value: Any) -> Any:
    """A value of the language as plain JSON data.

    Raises:
        NotCanonical: for anything that is not in the catalogue.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    if is_dataclass(value) and _is_named(type(value)):
        parts = {
            part.name: to_data(getattr(value, part.name)) for part in fields(value) if part.init
        }
        if _KINDS in parts:
            raise NotCanonical(f"{type(value).__name__} has a field called {_KINDS}")
        return {_KINDS: getattr(type(value), _KINDS), **parts}
    raise NotCanonical(f"{type(value).__name__} is not a value of the rule language")


def from_data(data: Any) -> Any:
    """The value that plain JSON data stands for.

    Raises:
        NotCanonical: for an unknown kind, or fields that do not fit it.
    """
    if isinstance(data, list):
        return tuple(from_data(item) for item in data)
    if not isinstance(data, dict):
        return data
    if set(data) == {_DECIMAL}:
        return Decimal(data[_DECIMAL])
    kind = CATALOGUE.get(data.get(_KINDS, ""))
    if kind is None:
        raise NotCanonical(f"no statement kind is called {data.get(_KINDS)!r}")
    parts = {name: from_data(part) for name, part in data.items() if name != _KINDS}
    try:
        return kind(**parts)
    except TypeError as fault:
        raise NotCanonical(f"{data[_KINDS]}: {fault}") from None


def dumps(value: Any) -> str:
    """Canonical JSON text."""
    return json.dumps(to_data(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loads(text: str) -> Any:
    """The value of canonical JSON text."""
    return from_data(json.loads(text))


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, as ``sha256:`` and hexadecimal digits."""
    return "sha256:" + sha256(dumps(value).encode()).hexdigest()
