"""Signatures of the Standard Webhooks specification: HMAC-SHA256 over id, moment and body."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
_BYTES: Final = 32
_SHORTEST, _LONGEST = 24, 64
"""Bytes of a secret that the specification allows."""


class NoSecret(ValueError):
    """The text is no secret of this form."""


def new_secret() -> str:
    """A random secret, written as receivers keep it."""
    return PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, *, message: str, timestamp: int, body: bytes) -> str:
    """One signature, ``v1,...``. `timestamp` is the moment of the attempt in whole seconds.

    Raises:
        NoSecret: the secret is not one of this form.
    """
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()


def headers(
    secrets_in_force: Iterable[str], *, message: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers. Every secret in force signs, so that a receiver may hold either of two."""
    signed = (
        signature(one, message=message, timestamp=timestamp, body=body) for one in secrets_in_force
    )
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }


def _key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise NoSecret from None
    if not secret.startswith(PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise NoSecret
    return key
