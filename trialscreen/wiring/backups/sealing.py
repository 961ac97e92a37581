"""Files sealed with a passphrase: AES-256-GCM in pieces, so that a file of any length takes little memory.

Every piece is numbered and the last one marked (the STREAM construction), so a piece that was changed, moved, left
out or cut off is found before anything of it is used. The key is made from the passphrase by scrypt.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MARK: Final = b"trialscreen-sealed-1\n"
PIECE: Final = 1024 * 1024
_SALT, _PREFIX, _TAG = 16, 7, 16
SHORTEST_KEY: Final = 20


class NotSealed(Exception):
    """The file is not what was sealed with this key; the message says what is known."""


def seal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write what `source` holds to `target`, sealed. Raises ValueError for a passphrase that is too short."""
    salt, prefix = os.urandom(_SALT), os.urandom(_PREFIX)
    cipher = _cipher(passphrase, salt)
    target.write(MARK + salt + prefix)
    for number, piece, last in _pieces(source, PIECE):
        target.write(cipher.encrypt(_nonce(prefix, number, last), piece, MARK))


def unseal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write what was sealed to `target`.

    Raises NotSealed where it is another file, another key, or not all of it; what was written until then is no backup.
    """
    head = source.read(len(MARK) + _SALT + _PREFIX)
    if len(head) < len(MARK) + _SALT + _PREFIX or not head.startswith(MARK):
        raise NotSealed("this is no sealed backup")
    salt, prefix = head[len(MARK) : -_PREFIX], head[-_PREFIX:]
    cipher = _cipher(passphrase, salt)
    for number, piece, last in _pieces(source, PIECE + _TAG):
        try:
            target.write(cipher.decrypt(_nonce(prefix, number, last), piece, MARK))
        except InvalidTag:
            where = f"piece {number + 1}" + (", the last one there" if last else "")
            raise NotSealed(f"another key, or changed or cut off: {where}") from None


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    if len(passphrase) < SHORTEST_KEY:
        raise ValueError(f"BACKUP_KEY must have at least {SHORTEST_KEY} characters")
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, content and whether it is the last; there is always one."""
    number, piece = 0, _read(source, size)
    while True:
        following = _read(source, size) if len(piece) == size else b""
        yield number, piece, not following
        if not following:
            return
        number, piece = number + 1, following


def _read(source: BinaryIO, size: int) -> bytes:
    """As many bytes as asked for, unless there are no more: a pipe gives fewer at a time."""
    parts, left = [], size
    while left and (part := source.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
