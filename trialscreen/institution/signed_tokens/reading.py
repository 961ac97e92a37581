"""A signed token (RFC 7519, JWS compact) is read, and checked against one registered key.

What is not accepted is so for one word, which is for the trail alone: whoever sent it learns no reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

from trialscreen.institution.signed_tokens.jwks import ALGORITHMS, PublicKey
from trialscreen.institution.signed_tokens.strict import NotPlain, bytes_of, plain_object

LONGEST: Final = 8192
"""Characters of a token."""
LASTS: Final = timedelta(minutes=5)
"""So far ahead a token may end."""
AHEAD: Final = timedelta(seconds=10)
"""So much the clock of who signs may be ahead of ours, or what it has just made would not hold yet."""
_SAID: Final = frozenset({"alg", "kid", "typ"})
"""What a header may say. An address of keys, a key of its own or an extension that must be understood is refused."""
_LONGEST_NAME: Final = 500
_SIGNATURE: Final = 96


class NotAccepted(ValueError):
    """The token shows nothing; `why` is one word for the trail."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Unproven:
    """A token that could be read. Nothing it says has been shown yet."""

    algorithm: str
    kid: str
    issuer: str
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def prove(self, key: PublicKey, *, audience: str, at: datetime) -> Proven:
        """What it shows, at the moment `at`, to who is called `audience`.

        Raises:
            NotAccepted: the signature is another's, or it is for others, not yet or no longer good.
        """
        if self.algorithm != key.algorithm or self.kid != key.kid:
            raise NotAccepted("algorithm")
        if not _is_signed(key.usable, self.signature, self.signed):
            raise NotAccepted("signature")
        said = self.claims.get("aud")
        # For several audiences it could be shown to each of them by any other.
        if said not in (audience, [audience]):
            raise NotAccepted("audience")
        ends = _moment(self.claims, "exp")
        if ends is None or ends <= at:
            raise NotAccepted("expired")
        if ends > at + LASTS:
            raise NotAccepted("lasts-too-long")
        for name in ("nbf", "iat"):
            begins = _moment(self.claims, name)
            if begins is not None and begins > at + AHEAD:
                raise NotAccepted("not-yet")
        return Proven(self.issuer, _name(self.claims, "jti"), ends, self.claims)


@dataclass(frozen=True, slots=True)
class Proven:
    """A token that its issuer signed for us, now. Whether it was shown before is not asked here."""

    issuer: str
    jti: str
    ends: datetime
    claims: Mapping[str, Any]


def read(token: str) -> Unproven:
    """A token as it came.

    Raises:
        NotAccepted: it cannot be read, or only in more than one way.
    """
    if len(token) > LONGEST or not token.isascii():
        raise NotAccepted("size")
    parts = token.split(".")
    if len(parts) != 3:
        raise NotAccepted("form")
    try:
        head, body, signature = (bytes_of(each) for each in parts)
        header, claims = plain_object(head), plain_object(body)
    except NotPlain:
        raise NotAccepted("form") from None
    if header.get("alg") not in ALGORITHMS:
        raise NotAccepted("algorithm")
    if header.keys() - _SAID or str(header.get("typ", "JWT")).upper() != "JWT":
        raise NotAccepted("header")
    signed = f"{parts[0]}.{parts[1]}".encode()
    kid, issuer = _name(header, "kid"), _name(claims, "iss")
    return Unproven(header["alg"], kid, issuer, claims, signed, signature)


def _name(said: Mapping[str, Any], name: str) -> str:
    held = said.get(name)
    if not isinstance(held, str) or not 0 < len(held) <= _LONGEST_NAME:
        raise NotAccepted(name)
    return held


def _moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    """Seconds since 1970 as a moment; None where nothing is said."""
    if name not in claims:
        return None
    held = claims[name]
    if not isinstance(held, Decimal) or not 0 <= held < 10**11:
        raise NotAccepted(name)
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(held * 1_000_000))


def _is_signed(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, given: bytes, of: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(given, of, padding.PKCS1v15(), SHA384())
        elif len(given) != _SIGNATURE:
            return False
        else:
            halves = (int.from_bytes(half) for half in (given[:48], given[48:]))
            key.verify(encode_dss_signature(*halves), of, ec.ECDSA(SHA384()))
    except (InvalidSignature, ValueError):
        return False
    return True
