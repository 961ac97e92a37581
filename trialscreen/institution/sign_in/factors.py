"""Second factors: what somebody has, beside the password that they know."""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from trialscreen.institution.models import Account

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes stand in for one of these, and are none themselves."""


def has_second_factor(account: Account) -> bool:
    if account._state.adding:
        return False
    return Authenticator.objects.filter(user_id=account.pk, type__in=SECOND).exists()


def shown_in(request: HttpRequest, account: Account) -> bool:
    """Whether a second factor was shown in this session, whichever way it began."""
    return any(each.get("method") == "mfa" for each in get_authentication_records(request, account))


def note_shown(request: HttpRequest, authenticator: Authenticator) -> None:
    """Who has just set one up has shown it."""
    record_authentication(
        request, authenticator.user, "mfa", id=authenticator.pk, type=str(authenticator.type)
    )
