"""JSON and base64url with one reading alone: what two readers could take for two things is refused."""

from __future__ import annotations

import base64
import binascii
import json
import re
from decimal import Decimal
from typing import Any, NoReturn

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_NUMBER = 20
_LONGEST = 100_000


class NotPlain(ValueError):
    """It has no reading, or more than one."""


def bytes_of(text: str) -> bytes:
    """What base64url without padding says.

    Raises:
        NotPlain: it is not that, or another text says the same bytes.
    """
    if len(text) > _LONGEST or not _BASE64URL.fullmatch(text):
        raise NotPlain("it is not base64url")
    try:
        said = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise NotPlain("it is not base64url") from None
    if base64.urlsafe_b64encode(said).rstrip(b"=").decode() != text:
        raise NotPlain("it is not base64url")
    return said


def plain_object(raw: bytes | str) -> dict[str, Any]:
    """A JSON object: each key once, numbers exact and short, every text printable in UTF-8.

    Raises:
        NotPlain: with what is wrong.
    """
    try:
        text = raw if isinstance(raw, str) else raw.decode()
        text.encode()
        tree = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse,
        )
    except NotPlain:
        raise
    except (ValueError, RecursionError):
        raise NotPlain("it is not JSON") from None
    if not isinstance(tree, dict):
        raise NotPlain("it is not a JSON object")
    return tree


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise NotPlain("a key stands in it twice")
    for text in (*members, *(each for each in members.values() if isinstance(each, str))):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise NotPlain("a text holds what is no character")
    return members


def _number(digits: str) -> Decimal:
    if len(digits) > _LONGEST_NUMBER or "e" in digits.lower():
        raise NotPlain("a number is absurd")
    return Decimal(digits)


def _refuse(name: str) -> NoReturn:
    raise NotPlain(f"{name} is no number")
