"""What every page may show of who has signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from trialscreen.institution.scope import scope_of


def person(request: HttpRequest) -> dict[str, Any]:
    """``person`` (an account or None), the person's ``posts`` in words, and ``demonstration``."""
    user = getattr(request, "user", None)
    known = {"demonstration": settings.DEMONSTRATION, "person": None}
    if user is None or not user.is_authenticated:
        return known
    return known | {"person": user, "posts": scope_of(request).posts}
