"""What is sent: a body that would be taken, spoiled in one way."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

MARK: Final = "MARKED"
"""Where a text stands in the body of a way in."""
NUMBER: Final = "190.25"
"""A number of the body, where it has one."""
_ENTITY: Final = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "http://elsewhere.invalid/">]><a>&e;</a>'
)


class Sent(NamedTuple):
    """The bytes, and the headers that differ from those of the way in."""

    body: bytes
    kind: str = ""
    encoding: str = ""


Spoil = Callable[[str], Sent]


def _text(instead: str) -> Spoil:
    return lambda body: Sent(body.replace(MARK, instead).encode())


def _bytes(instead: bytes) -> Spoil:
    return lambda body: Sent(body.encode().replace(MARK.encode(), instead))


def _number(instead: str) -> Spoil:
    return lambda body: Sent(body.replace(NUMBER, instead).encode())


def _first(added: str) -> Spoil:
    return lambda body: Sent(body.replace("{", "{" + added, 1).encode())


BODIES: Final[Mapping[str, Spoil]] = {
    "nothing wrong": lambda body: Sent(body.encode()),
    "nothing at all": lambda _body: Sent(b""),
    "NUL as an escape": _text("a\\u0000b"),
    "NUL as a byte": _bytes(b"a\0b"),
    "half of a surrogate pair": _text("a\\ud800b"),
    "bytes that are no UTF-8": _bytes(b"\xff\xfe"),
    "NUL in overlong UTF-8": _bytes(b"\xc0\x80"),
    "UTF-16": lambda body: Sent(body.encode("utf-16")),
    "a byte order mark before it": lambda body: Sent(b"\xef\xbb\xbf" + body.encode()),
    "cut off in the middle": lambda body: Sent(body.encode()[: len(body) // 2]),
    "NaN": _number("NaN"),
    "Infinity": _number("-Infinity"),
    "1e999999": _number("1e999999"),
    "a number of 100,000 digits": _number("9" * 100_000),
    "a key twice": _first('"twice": 1, "twice": 2, '),
    "100,000 brackets": _first('"deep": ' + "[" * 100_000),
    "XML with an entity from elsewhere": lambda _body: Sent(_ENTITY.encode()),
    "the same, called XML": lambda _body: Sent(_ENTITY.encode(), "application/xml"),
    "the same, called FHIR XML": lambda _body: Sent(_ENTITY.encode(), "application/fhir+xml"),
    "YAML that makes an object": lambda _body: Sent(
        b"!!python/object/apply:os.system ['true']", "application/yaml"
    ),
    "20 MB of blanks, gzip": lambda _body: Sent(gzip.compress(b" " * 20_000_000), "", "gzip"),
    "a boundary that never comes": lambda body: Sent(
        body.encode(), "multipart/form-data; boundary=x"
    ),
}
"""Every way to spoil a body, by its name in the table."""
