"""The doors to stored data: every page and API view of it goes through one of these.

Each lets in only who may, and opens the transaction in which the rows of that person's or
client's sites exist, and no others. So a row of another site is as absent as one that never was.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trialscreen.institution.permissions import MayHere, allowed_sites, needed_for
from trialscreen.institution.rights import May
from trialscreen.institution.scope import (
    Scope,
    scope_of,
    tell_logs,
    tell_sites,
    use_logs,
    use_sites,
)
from trialscreen.institution.trail.acting import identify

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class StoredDataView(APIView):
    """An API view of stored data.

    The whole of a request is one transaction, with the rows of `site_ids` alone in it; every
    answer of 400 or more undoes it. Say `reading` and `writing` where the usual rights are not
    the ones needed; a method ``allowed_sites(request)`` where a right alone does not decide, as at
    ``/fhir`` (:mod:`trialscreen.institution.smart_scopes`).
    """

    permission_classes = [MayHere]
    reading = May.READ_PATIENTS
    writing = May.WRITE_PATIENTS

    scope: Scope
    site_ids: frozenset[int]
    """Sites at which this method is allowed to who asks."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            response: Response = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.scope = scope_of(request)
        identify(self.scope)
        needed = needed_for(request, self)
        self.site_ids = allowed_sites(request, self)
        tell = tell_logs if needed is May.READ_LOGS else tell_sites
        tell(self.site_ids)


def for_staff(may: May = May.READ_PATIENTS) -> Callable[[Page[P]], Callable[..., HttpResponseBase]]:
    """A page of stored data: ``@for_staff()`` above the view function.

    Leads who has not signed in to the sign-in page, refuses (403) who may not, and runs the view
    in a transaction that holds the rows of ``request.sites`` alone. With the right to read logs
    it holds screening logs and no patient.
    """
    use = use_logs if may is May.READ_LOGS else use_sites

    def wrap(view: Page[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            scope = scope_of(request)
            identify(scope)
            site_ids = scope.sites_where(may)
            if not site_ids:
                raise PermissionDenied
            with use(site_ids):
                return view(request, *args, **kwargs)

        return page

    return wrap


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page, and afterwards back; a part of a page takes the whole window there."""
    if "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    there = shown._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return HttpResponseClientRedirect(redirect_to_login(there)["Location"])
