"""Key pairs and signed tokens for these tests, the good ones and those of an attacker."""

from __future__ import annotations

import base64
import json
import time
import uuid
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "http://testserver/o/token/"


@cache
def rsa_pair(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_pair(number: int = 0, curve: type[ec.EllipticCurve] = ec.SECP384R1) -> Any:
    return ec.generate_private_key(curve())


def jwk(key: Any, kid: str, *, private: bool = False, **more: Any) -> dict[str, Any]:
    """The public key of a pair as a JWK, or with all its members."""
    kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    held = kind.to_jwk(key if private else key.public_key(), as_dict=True)
    return {name: said for name, said in held.items() if name != "key_ops"} | {"kid": kid, **more}


def jwks(*keys: dict[str, Any]) -> str:
    return json.dumps({"keys": keys})


def claims(client: str, **other: Any) -> dict[str, Any]:
    """Good ones; None takes a claim away."""
    said = {
        "iss": client,
        "sub": client,
        "aud": AUDIENCE,
        "exp": int(time.time()) + 240,
        "jti": uuid.uuid4().hex,
    } | other
    return {name: value for name, value in said.items() if value is not None}


def signed(said: dict[str, Any], key: Any, kid: str | None = "one", **headers: Any) -> str:
    algorithm = headers.pop("alg", "RS384" if isinstance(key, rsa.RSAPrivateKey) else "ES384")
    named = {} if kid is None else {"kid": kid}
    return jwt.encode(said, key, algorithm=algorithm, headers=named | headers)


def part(of: Any) -> str:
    raw = of if isinstance(of, bytes) else of.encode() if isinstance(of, str) else None
    raw = json.dumps(of).encode() if raw is None else raw
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
