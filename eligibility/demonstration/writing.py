"""JSON of exact numbers: a Decimal is written digit for digit, a float is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal


def to_json(document: object) -> str:
    """Return `document` as indented JSON text ending in a line break.

    Keys keep their order, so equal documents give equal bytes. Raises TypeError for a float or for
    any value JSON has no exact form for.
    """
    return "".join(_pieces(document, 0)) + "\n"


def _pieces(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str) or value is None or isinstance(value, bool):
        yield json.dumps(value, ensure_ascii=False)
    elif isinstance(value, int):
        yield str(value)
    elif isinstance(value, Decimal):
        yield _number(value)
    elif isinstance(value, Mapping):
        members = [(f"{json.dumps(_name(key), ensure_ascii=False)}: ", value[key]) for key in value]
        yield from _enclosed("{}", members, depth)
    elif isinstance(value, Sequence):
        yield from _enclosed("[]", [("", item) for item in value], depth)
    else:
        raise TypeError(f"{type(value).__name__} has no exact form in JSON")


def _enclosed(brackets: str, members: list[tuple[str, object]], depth: int) -> Iterator[str]:
    if not members:
        yield brackets
        return
    margin = "\n" + " " * (depth + 1)
    yield brackets[0]
    for position, (name, item) in enumerate(members):
        yield f"{',' if position else ''}{margin}{name}"
        yield from _pieces(item, depth + 1)
    yield "\n" + " " * depth + brackets[1]


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError(f"{value} is no number")
    return format(value, "f")


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a name in JSON is text, not {type(key).__name__}")
    return key
