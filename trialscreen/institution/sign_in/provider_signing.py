"""Signing by who has no password here: they sign in anew at the hospital's identity provider, and come back.

The provider is asked to ask for the password again (`prompt=login`, `max_age=0`) and has to say when it did
(`auth_time`): a session that was open there is not enough. What comes of it is good for one signing, for five minutes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, NamedTuple

from django.conf import settings

from trialscreen.institution.models import Account
from trialscreen.institution.sign_in.signing import How, Signing

LASTS: Final = 5 * 60
"""Seconds from the sign-in at the provider to the signing."""
LEEWAY: Final = 60
"""Seconds by which the provider's clock may be behind ours."""
AUTH_PARAMS: Final = {"prompt": "login", "max_age": "0"}
_OFFERED, _ASKED, _SHOWN = "signing-offered", "signing-asked", "signing-shown"


class AtProvider(NamedTuple):
    """That the session holds the provider's word for it."""

    kept: MutableMapping[str, Any]
    how: How = How.PROVIDER

    def is_good(self, account: Account, signing: Signing) -> bool:
        """It is used up by this, whatever comes of it."""
        good = has_come_back(self.kept, account, signing)
        self.kept.pop(_SHOWN, None)
        return good


def signs_there(account: Account) -> bool:
    """Whether the provider is where this person shows who they are."""
    return bool(settings.HOSPITAL.name) and not account.has_usable_password()


def offer(kept: MutableMapping[str, Any], account: Account, signing: Signing, *, page: str) -> None:
    """The page of a signing is open: what it leads to the provider for, and back from there."""
    kept[_OFFERED] = {"for": [account.pk, *signing], "page": page}


def ask(kept: MutableMapping[str, Any]) -> bool:
    """Whether who leaves for the provider does so to sign what was offered; from now on it is asked."""
    if (offered := kept.pop(_OFFERED, None)) is None:
        return False
    kept[_ASKED] = offered | {"at": time.time()}
    return True


def come_back(
    kept: MutableMapping[str, Any], account: Account | None, claims: Mapping[str, Any]
) -> str | None:
    """Where somebody goes who has left to sign; None: nobody has. Only who has just been asked there has shown it."""
    if (asked := kept.pop(_ASKED, None)) is None:
        return None
    when = claims.get("auth_time")
    fresh = isinstance(when, int) and when >= asked["at"] - LEEWAY
    if fresh and account is not None and account.pk == asked["for"][0]:
        kept[_SHOWN] = {"for": asked["for"], "at": time.time()}
    return str(asked["page"])


def has_come_back(kept: MutableMapping[str, Any], account: Account, signing: Signing) -> bool:
    shown = kept.get(_SHOWN)
    return (
        isinstance(shown, dict)
        and 0 <= time.time() - shown["at"] < LASTS
        and [account.pk, *signing] == shown["for"]
    )
