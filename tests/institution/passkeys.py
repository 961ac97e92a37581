"""A passkey without a browser: what a device would answer, made here, so that each part of it can be wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from trialscreen.institution.models import Account

HOST = "testserver"
_PRESENT, _VERIFIED, _KEY = 1, 4, 64
_FLAG = AuthenticatorData.FLAG


class Passkey:
    """One device of one person."""

    def __init__(self, host: str = HOST) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.host = host
        self.origin = f"https://{host}"

    def belongs_to(self, account: Account, name: str = "Passkey") -> Authenticator:
        """Registered, as the page for it would."""
        public = ES256.from_cryptography_key(self.key.public_key())
        known = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        shown = AuthenticatorData.create(
            self._host_sum(), _FLAG(_PRESENT | _VERIFIED | _KEY), 0, known
        )
        attested = AttestationObject.create("none", shown, {})
        said = CollectedClientData.create("webauthn.create", b"at set-up", self.origin)
        return Authenticator.objects.create(
            user=account,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": name, "credential": self._told(said, attestationObject=attested)},
        )

    def answers(self, options: Any, *, verified: bool = True) -> str:
        """What the browser sends for the options of a page."""
        challenge = options["publicKey"]["challenge"]
        said = CollectedClientData.create("webauthn.get", challenge, self.origin)
        flags = _FLAG(_PRESENT | (_VERIFIED if verified else 0))
        shown = AuthenticatorData.create(self._host_sum(), flags, 1)
        over = shown + hashlib.sha256(said).digest()
        signature = self.key.sign(over, ec.ECDSA(hashes.SHA256()))
        return json.dumps(self._told(said, authenticatorData=shown, signature=signature))

    def _host_sum(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def _told(self, said: bytes, **parts: bytes) -> dict[str, Any]:
        return {
            "type": "public-key",
            "id": _text(self.id),
            "rawId": _text(self.id),
            "response": {
                "clientDataJSON": _text(said),
                **{name: _text(one) for name, one in parts.items()},
            },
            "clientExtensionResults": {"credProps": {"rk": True}},
        }


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
