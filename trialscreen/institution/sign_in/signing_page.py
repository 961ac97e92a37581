"""What a page on which somebody signs asks for, and what was sent from it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from trialscreen.institution.models import Account
from trialscreen.institution.sign_in import passkey_signing, provider_signing
from trialscreen.institution.sign_in.passkey_signing import LONGEST, WithPasskey
from trialscreen.institution.sign_in.provider_signing import AtProvider
from trialscreen.institution.sign_in.signing import Shown, Signing


def asked_of(request: HttpRequest, signing: Signing, *, page: str) -> dict[str, Any]:
    """The ways of signing that this person has here; a challenge is made anew with every page."""
    account: Any = request.user
    there = provider_signing.signs_there(account)
    if there:
        provider_signing.offer(request.session, account, signing, page=page)
    return {
        "passkey": passkey_signing.options(request.session, account, signing),
        "provider": settings.HOSPITAL.name if there else "",
        "has_come_back": there
        and provider_signing.has_come_back(request.session, account, signing),
    }


def given_in(request: HttpRequest) -> Shown | None:
    """What was shown instead of a password; None: a password is asked for."""
    credential = request.POST.get("credential", "")
    if credential:
        return WithPasskey(request.session, credential[:LONGEST])
    account: Any = request.user
    if isinstance(account, Account) and provider_signing.signs_there(account):
        return AtProvider(request.session)
    return None
