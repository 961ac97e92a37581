"""The key pair of the sandbox, made anew each time: the private half in a file that nobody else here reads."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def make_key(path: Path) -> str:
    """Write a P-384 key to `path`, and its name beside it (`.kid`). Gives the public half as a JSON Web Key Set."""
    key = ec.generate_private_key(ec.SECP384R1())
    numbers = key.public_key().public_numbers()
    x, y = (_written(one.to_bytes(48, "big")) for one in (numbers.x, numbers.y))
    name = Hash(SHA256())
    name.update(f"{x}.{y}".encode())
    kid = f"sandbox-{name.finalize().hex()[:8]}"
    _keep(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _keep(path.with_suffix(".kid"), kid.encode())
    return json.dumps({"keys": [{"kty": "EC", "crv": "P-384", "kid": kid, "x": x, "y": y}]})


def _keep(path: Path, said: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as new:
        new.write(said)


def _written(number: bytes) -> str:
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()
