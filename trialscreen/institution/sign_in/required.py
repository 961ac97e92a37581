"""What comes before everything else: a password of one's own, and a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django_htmx.http import HttpResponseClientRedirect

from trialscreen.institution.sign_in.factors import has_second_factor, shown_in

Next = Callable[[HttpRequest], HttpResponseBase]

OF_ONES_OWN: Final = frozenset(
    {
        *("sign-in", "account_login", "sign-out", "session-state"),
        *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        *("health-live", "health-ready"),
    }
)
"""Open to whoever has signed in, whatever is still to be done."""
STEPS: Final = {
    "account_change_password": frozenset({"account_change_password"}),
    "second-factor": frozenset(
        {"second-factor", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"}
    ),
}
"""What is to be done, by the name of its page, and the pages by which it is done."""


def first_things_first(get_response: Next) -> Next:
    """Middleware: lead to what is still to be done; to all but its pages such a person is nobody.

    Every way of signing in ends in a session, and it is the session that is asked here whether a second factor was
    shown in it. So a way in that forgets to ask for one leads nowhere.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return get_response(request)
        if _came_round(request):
            logout(request)
            return get_response(request)
        step = to_be_done(request)
        name = _name(request)
        if step is None or name in OF_ONES_OWN or name in STEPS[step]:
            return get_response(request)
        if request.path.startswith(("/api/", "/fhir/", "/o/")):
            request.user = AnonymousUser()
            return get_response(request)
        return _lead_to(request, step)

    return middleware


def to_be_done(request: HttpRequest) -> str | None:
    """The name of the page on which something is to be done first, if anything is."""
    account = request.user
    if account.password_set_by_other:  # type: ignore[union-attr]
        return "account_change_password"
    if settings.SECOND_FACTOR_REQUIRED and not shown_in(request, account):  # type: ignore[arg-type]
        return "second-factor"
    return None


def _came_round(request: HttpRequest) -> bool:
    """A session of somebody who has a second factor, in which none was shown, came round the page that asks for it."""
    account = request.user
    return (
        settings.SECOND_FACTOR_REQUIRED
        and not shown_in(request, account)  # type: ignore[arg-type]
        and has_second_factor(account)  # type: ignore[arg-type]
    )


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def _lead_to(request: HttpRequest, step: str) -> HttpResponseBase:
    there = reverse(step)
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(there)
    if request.method == "GET" and step == "second-factor" and request.path != "/":
        there += "?" + urlencode({"next": request.get_full_path()})
    return redirect(there)
