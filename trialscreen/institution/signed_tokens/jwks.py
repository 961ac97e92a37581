"""Public keys as administrators register them: a JWK set, given by value.

Nothing is ever fetched from an address: why is in ``docs/decisions/smart-and-cds-hooks.md``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from trialscreen.institution.signed_tokens.strict import NotPlain, bytes_of, plain_object

RS384, ES384 = "RS384", "ES384"
ALGORITHMS: Final = (RS384, ES384)
LONGEST_SET: Final = 64 * 1024
"""Characters of a JWK set."""
MOST_KEYS: Final = 10
LEAST_BITS, MOST_BITS = 2048, 8192
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_COORDINATE: Final = 48
_KID: Final = re.compile(r"[\x21-\x7e]{1,200}")


class NotAKey(ValueError):
    """A JWK set that cannot be registered; the sentence says which key and why, and quotes no key."""


class PublicKey(NamedTuple):
    """One key: by which name a token calls it, the one algorithm it is for, and its public members alone."""

    kid: str
    algorithm: str
    members: dict[str, str]
    thumbprint: str
    """RFC 7638 with SHA-256, in hexadecimal digits: the same key has the same under whatever name."""

    @property
    def usable(self) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
        """As the library verifies with it."""
        if self.algorithm == RS384:
            return _rsa(self.members)
        return _ec(self.members)


def read_jwks(text: str) -> tuple[PublicKey, ...]:
    """The keys of a JWK set, or the one of a bare JWK, in their order.

    Raises:
        NotAKey: anything is private, weak, unknown, ambiguous or not readable; then none of them is taken.
    """
    if len(text) > LONGEST_SET:
        raise NotAKey(f"A key set has at most {LONGEST_SET} characters.")
    try:
        tree = plain_object(text)
    except NotPlain as fault:
        raise NotAKey(f"This is not a JSON Web Key Set: {fault}.") from None
    listed = tree.get("keys") if "keys" in tree else [tree]
    if not isinstance(listed, list) or not listed:
        raise NotAKey("This is not a JSON Web Key Set: “keys” is a list with at least one key.")
    if len(listed) > MOST_KEYS:
        raise NotAKey(f"At most {MOST_KEYS} keys are registered at once.")
    # Before anything else is said of it: whoever sent a private key has to hear of that.
    for at, one in enumerate(listed, start=1):
        if isinstance(one, Mapping) and one.keys() & _PRIVATE:
            raise NotAKey(
                f"Key {at} is a private or secret key. It has left its owner's hands by being sent here: "
                "nothing was kept, but make another pair, and register the public key of that."
            )
    keys = tuple(_key(one, at) for at, one in enumerate(listed, start=1))
    for name, told in (("kid", "name (kid)"), ("thumbprint", "key")):
        if len({getattr(one, name) for one in keys}) < len(keys):
            raise NotAKey(f"The same {told} stands in the set twice.")
    return keys


def _key(one: object, at: int) -> PublicKey:
    def refuse(why: str) -> NotAKey:
        return NotAKey(f"Key {at}: {why}")

    if not isinstance(one, Mapping):
        raise refuse("it is not a JSON object.")
    kid = one.get("kid")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise refuse("its name (kid) is needed, 1 to 200 printable characters without spaces.")
    if one.get("use", "sig") != "sig":
        raise refuse("it is not for signing (use).")
    if one.get("key_ops", ["verify"]) != ["verify"]:
        raise refuse("a public key verifies, and nothing else (key_ops).")
    kinds: dict[str, tuple[str, tuple[str, ...], Callable[[Mapping[str, str]], Any]]] = {
        "RSA": (RS384, ("e", "kty", "n"), _rsa),
        "EC": (ES384, ("crv", "kty", "x", "y"), _ec),
    }
    kind = one.get("kty")
    if not isinstance(kind, str) or kind not in kinds:
        raise refuse("its kind (kty) is RSA or EC.")
    algorithm, names, made = kinds[kind]
    if one.get("alg", algorithm) != algorithm:
        raise refuse(f"a key of this kind is for {algorithm} (alg).")
    members = {name: one[name] for name in names if isinstance(one.get(name), str)}
    if len(members) < len(names):
        raise refuse(f"it has to have {', '.join(names)}.")
    try:
        made(members)
    except ValueError as fault:
        raise refuse(str(fault) if isinstance(fault, NotAKey) else "it is not a key.") from None
    return PublicKey(kid, algorithm, members, _thumbprint(members))


def _rsa(members: Mapping[str, str]) -> rsa.RSAPublicKey:
    modulus, exponent = (int.from_bytes(bytes_of(members[each])) for each in ("n", "e"))
    if not LEAST_BITS <= modulus.bit_length() <= MOST_BITS:
        raise NotAKey(f"an RSA key has {LEAST_BITS} to {MOST_BITS} bits.")
    if not 65537 <= exponent < 2**32:
        raise NotAKey("the exponent of an RSA key is 65537 or a little more.")
    if modulus % 2 == 0:
        raise NotAKey("it is not an RSA key.")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _ec(members: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    if members["crv"] != "P-384":
        raise NotAKey("the curve of an EC key is P-384 (crv).")
    x, y = (bytes_of(members[each]) for each in ("x", "y"))
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        raise NotAKey("a point of P-384 is written in 48 bytes each way.")
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP384R1())
    return numbers.public_key()


def _thumbprint(members: Mapping[str, object]) -> str:
    """Of the numbers, not of how they are written: leading zeros make no other key of it."""
    plain = {
        name: said
        if name in ("kty", "crv")
        else base64.urlsafe_b64encode(bytes_of(str(said)).lstrip(b"\0")).decode()
        for name, said in members.items()
    }
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
