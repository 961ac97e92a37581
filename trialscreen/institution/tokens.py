"""Bearer tokens that act for a person."""

from __future__ import annotations

import secrets
from datetime import datetime

from oauth2_provider.models import AccessToken, set_token_value

from trialscreen.institution.models import Account


def issue_token(account: Account, *, expires: datetime) -> str:
    """A new token with which the API takes whoever holds it for `account`, until `expires`.

    It is told here once; only its SHA-256 sum is kept.
    """
    text = secrets.token_urlsafe(32)
    token = AccessToken(user=account, expires=expires)
    set_token_value(token, text)
    token.save()
    return text
