"""Secrets that the application must be able to use again, encrypted at rest: a copy of the database shows none.

What can be kept as a sum (passwords, secrets of clients) is; these sign messages, so the text itself is needed.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """It was encrypted with a key that is none of ours any more."""


def encrypted(secret: str, *, purpose: str) -> str:
    """With the installation's key. What was encrypted for one purpose is not read for another."""
    return MultiFernet(list(_keys(purpose))).encrypt(secret.encode()).decode()


def decrypted(kept: str, *, purpose: str) -> str:
    """With the installation's key, or one of those before it.

    Raises:
        Unreadable: none of them fits.
    """
    try:
        return MultiFernet(list(_keys(purpose))).decrypt(kept.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def _keys(purpose: str) -> Iterator[Fernet]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = hashlib.sha256(f"{purpose}:".encode() + secret.encode()).digest()
        yield Fernet(urlsafe_b64encode(key))
