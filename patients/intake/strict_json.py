"""JSON as a hospital must send it: exact decimals, and every doubtful thing refused with its place.

Python's own reader takes NaN, keeps the last of two equal keys, rounds decimals to binary fractions and follows
nesting until the stack ends. Here numbers with a fraction or an exponent are exact `Decimal` (6.30 stays 6.30), and
what cannot be kept exactly or stored safely is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, NamedTuple, NoReturn

from patients.intake.problems import Refused, refuse

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 64
MAX_DIGITS = 40
MAX_EXPONENT = 40


class _Fault(NamedTuple):
    """Put by the reader in place of what it may not return; the walk over the tree finds it with its place."""

    code: str
    detail: str


class _Doubled(dict[str, object]):
    """An object in which a key stood twice."""

    key: str = ""


def parse(raw: bytes | str) -> object:
    """The tree of dicts, lists, str, int, `Decimal`, bool and None.

    Raises `Refused` with a JSON pointer or a line and column. `raw` may begin with a byte order mark.
    """
    text = _decoded(raw)
    try:
        tree = _read(text)
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise refuse(place, "not-json", f"The data is not JSON: {fault.msg}.") from None
    except RecursionError:
        raise refuse("", "too-deep") from None
    suspicious = _ESCAPED.search(text) is not None
    if suspicious or not _is_plain(tree):
        _check(tree, suspicious=suspicious)
    return tree


_ESCAPED = re.compile(r"\\u(0000|[dD][89a-fA-F])")
"""An escape that may be a NUL or half of a surrogate pair: every text is then looked at."""


def write(tree: object) -> str:
    """The JSON text of a parsed tree, every decimal with the digits it came with.

    Raises:
        TypeError: for a float, or anything else that `parse` does not give.
    """
    if isinstance(tree, str):
        return encode_basestring(tree)
    if isinstance(tree, dict):
        members = [f"{encode_basestring(key)}:{write(tree[key])}" for key in tree]
        return "{" + ",".join(members) + "}"
    if isinstance(tree, list):
        return "[" + ",".join([write(item) for item in tree]) + "]"
    if isinstance(tree, Decimal):
        return str(tree)
    if tree is None or isinstance(tree, bool | int):
        return json.dumps(tree)
    raise TypeError(f"{type(tree).__name__} has no exact form in JSON")


def _is_plain(tree: object) -> bool:
    """Whether nothing lies too deep and nothing was marked by the reader: the usual case, without places."""
    level: list[Any] = [tree]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is dict:
                below += [one for one in value.values() if type(one) in _LOOKED_AT]
            elif kind is list:
                below += [one for one in value if type(one) in _LOOKED_AT]
            elif kind is _Fault or kind is _Doubled:
                return False
        if not below:
            return True
        level = below
    return False


def _decoded(raw: bytes | str) -> str:
    if isinstance(raw, str):
        if len(raw) > MAX_BYTES:
            raise refuse("", "too-large")
        try:
            raw = raw.encode()
        except UnicodeEncodeError as fault:
            raise refuse(f"character {fault.start}", "bad-character") from None
    if len(raw) > MAX_BYTES:
        raise refuse("", "too-large")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise refuse("", "not-utf-8", f"Byte {fault.start} is not UTF-8.") from None


def _read(text: str) -> object:
    decoder = json.JSONDecoder(
        object_pairs_hook=_object,
        parse_float=_number,
        parse_int=_whole,
        parse_constant=_constant,
    )
    return decoder.decode(text)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    doubled = _Doubled(members)
    for key, _ in pairs:
        if key in seen:
            doubled.key = key
            break
        seen.add(key)
    return doubled


def _whole(digits: str) -> object:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        return _Fault("absurd-number", f"The number has more than {MAX_DIGITS} digits.")
    return int(digits)


def _number(digits: str) -> object:
    mantissa, _, exponent = digits.replace("E", "e").partition("e")
    if sum(map(str.isdigit, mantissa)) > MAX_DIGITS:
        return _Fault("absurd-number", f"The number has more than {MAX_DIGITS} digits.")
    power = exponent.lstrip("+-").lstrip("0")
    if len(power) > 2 or (power and int(power) > MAX_EXPONENT):
        return _Fault("absurd-number", f"The number has an exponent beyond {MAX_EXPONENT}.")
    return Decimal(digits)


def _constant(name: str) -> object:
    return _Fault("not-a-number", f"{name} is not a number.")


def _check(tree: object, *, suspicious: bool) -> None:
    """Refuse what the reader marked, what lies too deep, and (if `suspicious`) what texts may not hold."""
    level: list[tuple[object, _Place]] = [(tree, None)]
    depth = 0
    while level:
        depth += 1
        below: list[tuple[object, _Place]] = []
        for value, place in level:
            kind = type(value)
            if kind is dict or kind is list:
                if depth > MAX_DEPTH:
                    raise refuse(_pointer(place), "too-deep")
                below.extend(_members(value, place, suspicious=suspicious))
            elif kind is str:
                _check_text(value, place)
            elif kind is _Fault or kind is _Doubled:
                _refuse(value, place)
        level = below


_Place = tuple["_Place", "str | int"] | None
"""Where a value stands: its container's place and its key there; None is the whole."""


def _members(value: object, place: _Place, *, suspicious: bool) -> Iterator[tuple[object, _Place]]:
    """What `value` holds, without the scalars that need no look."""
    if isinstance(value, dict):
        for key, member in value.items():
            if suspicious:
                _check_text(key, place)
            if type(member) in _LOOKED_AT or (suspicious and type(member) is str):
                yield member, (place, key)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            if type(member) in _LOOKED_AT or (suspicious and type(member) is str):
                yield member, (place, index)


_LOOKED_AT = frozenset({dict, list, _Fault, _Doubled})


def _check_text(text: object, place: _Place) -> None:
    assert isinstance(text, str)
    if "\0" in text:
        raise refuse(_pointer(place), "bad-character", "A text holds a NUL.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise refuse(_pointer(place), "bad-character", "A text holds half of a surrogate pair.")


def _refuse(fault: object, place: _Place) -> NoReturn:
    if isinstance(fault, _Doubled):
        here = _pointer((place, fault.key))
        shown = _readable(fault.key)
        raise refuse(here, "duplicate-key", f"The key “{shown}” is given twice.")
    assert isinstance(fault, _Fault)
    raise refuse(_pointer(place), fault.code, fault.detail)


def _pointer(place: _Place) -> str:
    steps: list[str] = []
    while place is not None:
        place, key = place
        steps.append(_readable(str(key)).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in reversed(steps))


def _readable(text: str) -> str:
    """`text` without what could not be printed or stored: it comes back in the refusal."""
    return text.encode(errors="replace").decode().replace("\0", "?")


__all__ = ["MAX_BYTES", "MAX_DEPTH", "Refused", "parse"]
