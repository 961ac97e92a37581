"""JSON of exact numbers: a Decimal is written digit for digit, a float is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal


def to_json(document: object) -> str:
    """Return `document` as indented JSON text ending in a line break.

    Keys keep their order, so equal documents give equal bytes. Raises TypeError for a float or for
    any value JSON has no exact form for.
    """
    pieces: list[str] = []
    _write(document, 0, pieces)
    return "".join(pieces) + "\n"


def _write(value: object, depth: int, pieces: list[str]) -> None:
    if isinstance(value, str) or value is None or isinstance(value, bool):
        pieces.append(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, int):
        pieces.append(str(value))
    elif isinstance(value, Decimal):
        pieces.append(_number(value))
    elif isinstance(value, Mapping):
        members = [(f"{json.dumps(_name(key), ensure_ascii=False)}: ", value[key]) for key in value]
        _enclose("{}", members, depth, pieces)
    elif isinstance(value, Sequence):
        _enclose("[]", [("", item) for item in value], depth, pieces)
    else:
        raise TypeError(f"{type(value).__name__} has no exact form in JSON")


def _enclose(
    brackets: str, members: list[tuple[str, object]], depth: int, pieces: list[str]
) -> None:
    if not members:
        pieces.append(brackets)
        return
    margin = "\n" + " " * (depth + 1)
    before = brackets[0]
    for name, item in members:
        pieces.append(f"{before}{margin}{name}")
        _write(item, depth + 1, pieces)
        before = ","
    pieces.append("\n" + " " * depth + brackets[1])


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError(f"{value} is no number")
    return format(value, "f")


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a name in JSON is text, not {type(key).__name__}")
    return key
