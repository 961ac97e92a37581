"""Tokens that nobody may get in with: each by its name, and what the trail says of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable

import jwt
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.smart.keys import AUDIENCE, claims, ec_pair, jwk, part, rsa_pair, signed


def hs256(client: str) -> str:
    """What a verifier that lets the header choose would take: the public key as a shared secret."""
    told = f"{part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{part(claims(client))}"
    known = rsa_pair().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = hmac.new(known, told.encode(), hashlib.sha256).digest()
    return f"{told}.{part(made)}"


def raw_signed(header: str, body: str) -> str:
    told = f"{part(header)}.{part(body)}"
    return f"{told}.{part(rsa_pair().sign(told.encode(), padding.PKCS1v15(), SHA384()))}"


def twice(body: str) -> str:
    return raw_signed('{"alg":"RS384","kid":"one"}', body)


FORGED: dict[str, tuple[Callable[[str], str], str]] = {
    "none": (
        lambda c: jwt.encode(claims(c), "", algorithm="none", headers={"kid": "one"}),
        "form",
    ),
    "none-in-capitals": (
        lambda c: f"{part({'alg': 'NONE', 'kid': 'one'})}.{part(claims(c))}.{part('x')}",
        "algorithm",
    ),
    "no-signature": (
        lambda c: signed(claims(c), rsa_pair()).rpartition(".")[0] + ".",
        "form",
    ),
    "hs256-with-the-public-key": (hs256, "algorithm"),
    "rs384-header-for-the-ec-key": (lambda c: signed(claims(c), rsa_pair(), "two"), "algorithm"),
    "es384-header-for-the-rsa-key": (lambda c: signed(claims(c), ec_pair(), "one"), "algorithm"),
    "rs256": (lambda c: signed(claims(c), rsa_pair(), alg="RS256"), "algorithm"),
    "ps384": (lambda c: signed(claims(c), rsa_pair(), alg="PS384"), "algorithm"),
    "someone-elses-key": (lambda c: signed(claims(c), rsa_pair(1)), "signature"),
    "someone-elses-ec-key": (lambda c: signed(claims(c), ec_pair(1), "two"), "signature"),
    "key-in-the-header": (
        lambda c: signed(claims(c), rsa_pair(1), jwk=jwk(rsa_pair(1), "one")),
        "header",
    ),
    "address-of-keys": (
        lambda c: signed(claims(c), rsa_pair(), jku="https://evil.example/keys"),
        "header",
    ),
    "certificate": (lambda c: signed(claims(c), rsa_pair(), x5u="https://evil.example/"), "header"),
    "unknown-crit": (lambda c: signed(claims(c), rsa_pair(), crit=["exp"]), "header"),
    "unencoded-payload": (lambda c: signed(claims(c), rsa_pair(), zip="DEF"), "header"),
    "another-type": (lambda c: signed(claims(c), rsa_pair(), typ="at+jwt"), "header"),
    "no-kid": (lambda c: signed(claims(c), rsa_pair(), None), "kid"),
    "unknown-kid": (lambda c: signed(claims(c), rsa_pair(), "three"), "unknown-key"),
    "kid-with-nul": (lambda c: signed(claims(c), rsa_pair(), "o\0ne"), "form"),
    "kid-that-is-sql": (lambda c: signed(claims(c), rsa_pair(), "' OR 1=1 --"), "unknown-key"),
    "wrong-audience": (
        lambda c: signed(claims(c, aud="https://other.example/token"), rsa_pair()),
        "audience",
    ),
    "two-audiences": (
        lambda c: signed(claims(c, aud=[AUDIENCE, "https://other.example"]), rsa_pair()),
        "audience",
    ),
    "no-audience": (lambda c: signed(claims(c, aud=None), rsa_pair()), "audience"),
    "audience-and-a-slash": (
        lambda c: signed(claims(c, aud=AUDIENCE + "/"), rsa_pair()),
        "audience",
    ),
    "expired": (lambda c: signed(claims(c, exp=int(time.time()) - 1), rsa_pair()), "expired"),
    "no-end": (lambda c: signed(claims(c, exp=None), rsa_pair()), "expired"),
    "end-as-text": (lambda c: signed(claims(c, exp="2030"), rsa_pair(), "one"), "exp"),
    "end-too-far": (
        lambda c: signed(claims(c, exp=int(time.time()) + 330), rsa_pair()),
        "lasts-too-long",
    ),
    "end-absurd": (lambda c: signed(claims(c, exp=10**30), rsa_pair()), "form"),
    "not-yet": (lambda c: signed(claims(c, nbf=int(time.time()) + 60), rsa_pair()), "not-yet"),
    "made-tomorrow": (
        lambda c: signed(claims(c, iat=int(time.time()) + 9999), rsa_pair()),
        "not-yet",
    ),
    "no-jti": (lambda c: signed(claims(c, jti=None), rsa_pair()), "jti"),
    "empty-jti": (lambda c: signed(claims(c, jti=""), rsa_pair()), "jti"),
    "sub-of-another": (lambda c: signed(claims(c, sub="somebody"), rsa_pair()), "subject"),
    "no-sub": (lambda c: signed(claims(c, sub=None), rsa_pair()), "subject"),
    "no-iss": (lambda c: signed(claims(c, iss=None, sub=None), rsa_pair()), "iss"),
    "unknown-client": (lambda c: signed(claims("nobody"), rsa_pair()), "unknown-client"),
    "doubled-keys": (
        lambda c: twice(f'{{"iss":"{c}","sub":"{c}","iss":"{c}"}}'),
        "form",
    ),
    "doubled-header": (
        lambda c: raw_signed('{"alg":"RS384","kid":"one","alg":"none"}', json.dumps(claims(c))),
        "form",
    ),
    "huge": (lambda c: signed(claims(c, padding="x" * 9000), rsa_pair()), "size"),
    "deep": (lambda c: f"{part('[' * 3000)}.{part(claims(c))}.{part('x')}", "form"),
    "nan": (lambda c: twice('{"exp":NaN}'), "form"),
    "not-utf-8": (lambda c: f"{part(bytes([255, 254]))}.{part('{}')}.{part('x')}", "form"),
    "surrogate": (lambda c: twice('{"iss":"\\ud800"}'), "form"),
    "padded": (lambda c: signed(claims(c), rsa_pair()) + "=", "form"),
    "five-parts": (lambda c: "a.b.c.d.e", "form"),
    "empty": (lambda c: "", "form"),
    "nothing-but-dots": (lambda c: "..", "form"),
    "umlaut": (lambda c: "ü.b.c", "size"),
}
