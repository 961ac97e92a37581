"""That a token is shown once: whoever has read it on the way can do nothing with it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from trialscreen.institution.models import ShownToken
from trialscreen.institution.signed_tokens.reading import NotAccepted, Proven

AFTERWARDS: Final = timedelta(minutes=10)
"""So long a token that has ended is still remembered, whatever the clocks of our machines say."""


def spend(token: Proven, *, of: str) -> None:
    """Take a token that `of` has signed. Of many at the same moment one is taken.

    It has to be called outside of a transaction that could be undone afterwards.

    Raises:
        NotAccepted: it was shown before.
    """
    digest = hashlib.sha256(token.jti.encode()).hexdigest()
    _row, fresh = ShownToken.objects.get_or_create(
        shown_by=of, digest=digest, defaults={"ends_at": token.ends}
    )
    if not fresh:
        raise NotAccepted("shown-before")


def forget_ended(*, now: datetime) -> int:
    """Forget tokens that have ended, which nobody could show any more. Returns how many."""
    gone, _ = ShownToken.objects.filter(ends_at__lt=now - AFTERWARDS).delete()
    return gone
