"""What every page may show of who has signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from trialscreen.institution.conduct import manages
from trialscreen.institution.rights import May
from trialscreen.institution.scope import Scope, scope_of
from trialscreen.institution.sessions import seconds_left
from trialscreen.institution.sign_in.required import to_be_done


def person(request: HttpRequest) -> dict[str, Any]:
    """``person`` (an account or None), the person's ``posts`` in words, and ``demonstration``.

    ``session_ends`` says in how many seconds it does, and how long it lasts.
    ``sees_patients``, ``reads_logs`` and ``manages`` say which of the stored pages are theirs, so that no link leads to
    a refusal.
    """
    user = getattr(request, "user", None)
    known = {"demonstration": settings.DEMONSTRATION, "person": None}
    if user is None or not user.is_authenticated:
        return known
    # Who has something to do first is shown no way to anything else.
    scope = scope_of(request) if to_be_done(request) is None else Scope()
    return known | {
        "person": user,
        "session_ends": {
            "seconds": seconds_left(request),
            "whole": settings.SESSION_IDLE_MINUTES * 60,
        },
        "posts": scope.posts,
        "sees_patients": bool(scope.site_ids),
        "reads_logs": bool(scope.sites_where(May.READ_LOGS)),
        "manages": manages(scope),
    }
