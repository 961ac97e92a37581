"""Who may use an API view; what Django REST framework asks before a view runs."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of


def needed_for(request: Request, view: Any) -> May:
    """What the view's ``reading`` or ``writing`` says, by the method."""
    if request.method in SAFE_METHODS:
        return getattr(view, "reading", May.READ_PATIENTS)
    return getattr(view, "writing", May.WRITE_PATIENTS)


def allowed_sites(request: Request, view: Any) -> frozenset[int]:
    """Where this request is allowed: as the view says itself by ``allowed_sites``, else where its right is held."""
    own = getattr(view, "allowed_sites", None)
    if own is not None:
        return own(request)
    return scope_of(request).sites_where(needed_for(request, view))


class MayHere(BasePermission):
    """Lets in who has the needed right at one site at least; the default for every API view."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(allowed_sites(request, view))
