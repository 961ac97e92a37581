"""How an API request shows who it comes from: a bearer token, or the session of a person's pages.

A token is looked up by its SHA-256 sum; the token itself is nowhere kept. It is taken from the
``Authorization`` header alone, never from an address, which ends up in logs and histories.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from trialscreen.institution.models import Account, StaffRole
from trialscreen.institution.sign_in.factors import has_second_factor

ACTING_FOR = "X-Acting-For"


class BearerToken(BaseAuthentication):
    """OAuth 2.0 bearer tokens (RFC 6750) of clients, and short-lived ones of people.

    A client may say by ``X-Acting-For: username`` for whom it acts: somebody of one of its sites.
    That adds to whom the request is attributed, and to nobody's rights.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        checksum = hashlib.sha256(given.strip().encode()).hexdigest()
        token = (
            AccessToken.objects.select_related("application", "user")
            .filter(token_checksum=checksum)
            .first()
        )
        if token is None or token.is_expired():
            raise AuthenticationFailed
        if token.application is None:
            if token.user is None or not token.user.is_active or _is_too_weak(token.user):
                raise AuthenticationFailed
            return token.user, token
        if token.user is not None:  # clients of ours have tokens of their own alone
            raise AuthenticationFailed
        token.acting_for = _acting_for(request, token.application)
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _is_too_weak(account: Account) -> bool:
    """A token lets nobody in who could not go further after signing in."""
    if account.password_set_by_other:
        return True
    return settings.SECOND_FACTOR_REQUIRED and not has_second_factor(account)


def _acting_for(request: Request, client: Any) -> Account | None:
    name = request.headers.get(ACTING_FOR, "").strip().lower()
    if not name:
        return None
    held = StaffRole.objects.filter(
        account__username=name, account__is_active=True, site__api_grants__application=client
    ).select_related("account", "site")
    for role in held:
        if role.site and role.is_in_force(on=timezone.localdate(timezone=role.site.zone)):
            return role.account
    raise PermissionDenied
