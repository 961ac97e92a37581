"""What somebody searched for, sealed: an address that is kept or passed on does not say whom it is about.

The same words give the same address, so that a page can be kept, gone back to and shared within the installation;
without the installation's key nobody reads them. What cannot be opened, also because the key was changed and the old
one is no fallback any more, was never said.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

_FOR = b"trialscreen: what was searched for"


def sealed(words: str, *, within: str = "") -> str:
    """The words as a value of an address; nothing stays nothing.

    What is sealed `within` something is opened there alone: whoever can have any words sealed, by searching for them,
    has them sealed for a search.
    """
    if not words:
        return ""
    key = next(_keys())
    return (
        urlsafe_b64encode(AESSIV(key).encrypt(words.encode(), _about(within))).decode().rstrip("=")
    )


def unsealed(value: str, *, within: str = "") -> str:
    """The words of such a value; empty where it is none, or none of that."""
    try:
        raw = urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (ValueError, binascii.Error):
        return ""
    for key in _keys():
        try:
            return AESSIV(key).decrypt(raw, _about(within)).decode()
        except (InvalidTag, ValueError):
            continue
    return ""


def _about(within: str) -> list[bytes]:
    return [_FOR, within.encode()] if within else [_FOR]


def _keys() -> Iterator[bytes]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield sha256(_FOR + secret.encode()).digest()
