"""Signing with a passkey: a challenge for this one signing, kept with the session, used once and soon.

The device must have asked for a finger, a face or a PIN: it stands in the place of the password, so having it is not
enough. The challenge is for one person, one thing to be signed, and the sum over what the page showed of that.
"""

from __future__ import annotations

import json
import time
from collections.abc import MutableMapping
from typing import Any, Final, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from fido2.webauthn import UserVerificationRequirement

from trialscreen.institution.models import Account
from trialscreen.institution.sign_in.signing import How, Signing

LASTS: Final = 10 * 60
"""Seconds from the opening of the page to the signing: as long as somebody reads what they sign."""
LONGEST: Final = 20_000
_KEPT: Final = "signing-passkey"


class WithPasskey(NamedTuple):
    """What the browser sent for a challenge that `kept`, the session, holds."""

    kept: MutableMapping[str, Any]
    credential: str
    how: How = How.PASSKEY

    def is_good(self, account: Account, signing: Signing) -> bool:
        """The challenge is used up by this, whatever comes of it."""
        asked = self.kept.pop(_KEPT, None)
        if not isinstance(asked, dict) or not 0 <= time.time() - asked["at"] < LASTS:
            return False
        if [account.pk, *signing] != asked["for"]:
            return False
        try:
            told = auth.parse_authentication_response(json.loads(self.credential))
            known = auth.get_credentials(account)
            auth.get_server().authenticate_complete(asked["state"], known, told)
        except Exception:  # noqa: BLE001 - whatever a browser sends that is no answer to the challenge
            return False
        return True


def has_passkey(account: Account) -> bool:
    return Authenticator.objects.filter(
        user_id=account.pk, type=Authenticator.Type.WEBAUTHN
    ).exists()


def options(
    kept: MutableMapping[str, Any], account: Account, signing: Signing
) -> dict[str, Any] | None:
    """What the page asks the browser for; None where the person has no passkey."""
    if not has_passkey(account):
        return None
    asked, state = auth.get_server().authenticate_begin(
        credentials=auth.get_credentials(account),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    kept[_KEPT] = {"state": state, "for": [account.pk, *signing], "at": time.time()}
    return {"request_options": dict(asked)}
