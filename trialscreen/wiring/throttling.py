"""How much one person or one source may ask for, so that nobody takes the service from others.

API clients are counted when they are known, by :class:`trialscreen.wiring.limits.ClientThrottle`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from patients.api import outcomes
from trialscreen.wiring.away import is_away
from trialscreen.wiring.limits import EVALUATIONS, Limit, limit
from trialscreen.wiring.problems import is_api, refuse_request
from trialscreen.wiring.refusals import unavailable

NOT_COUNTED: Final = frozenset({"health-live", "health-ready", "metrics"})
"""Asked by machines that must have an answer when nobody else gets one."""
TOO_MANY: Final = "Too many requests; try again in {wait} s."
NOTHING_COUNTED: Final = "Requests cannot be counted at the moment; try again in a little while."

log = structlog.get_logger(__name__)


def source_of(request: HttpRequest) -> str:
    """The address that a request comes from, past proxies of ours alone; of IPv6 the network of one customer (/64)."""
    hops = [
        each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if each
    ]
    proxies = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    given = hops[-proxies] if proxies and len(hops) >= proxies else request.META.get("REMOTE_ADDR")
    try:
        address = ipaddress.ip_address(given or "127.0.0.1")
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Throttled:
    """Middleware: counts people by account and everybody else by source, once it is known which view is meant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if response.status_code == 401 and has_token(request):
            _count_refusal(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        name = (match.url_name or "") if match else ""
        if name in NOT_COUNTED:
            return None
        if has_token(request) and looks_at_tokens(
            view
        ):  # the client is counted when it is known: ClientThrottle
            return ask(request, limit("refused"), source_of(request), look_only=True)
        person = request.user.pk if request.user.is_authenticated else None
        key = f"person:{person}" if person is not None else f"source:{source_of(request)}"
        refusal = ask(request, limit("source" if person is None else "person"), key)
        if refusal is None and name in EVALUATIONS and request.method == "POST":
            refusal = ask(request, limit("evaluation"), key)
        return refusal


def ask(
    request: HttpRequest, of: Limit, key: str, *, look_only: bool = False
) -> HttpResponseBase | None:
    """None where the request may go on, else what is answered: 429, or 503 where nothing can be counted."""
    try:
        wait = of.is_spent(key) if look_only else of.spend(key)
    except Exception as fault:
        if not is_away(fault):
            raise
        log.warning("not_counted", limit=of.name, let_through=of.open_without_cache)
        return None if of.open_without_cache else unavailable(request, NOTHING_COUNTED)
    if not wait:
        return None
    log.info("throttled", limit=of.name, wait=wait)
    response = refuse_request(request, 429, TOO_MANY.format(wait=wait))
    response["Retry-After"] = str(wait)
    return response


def has_token(request: HttpRequest) -> bool:
    if not (is_api(request.path) or outcomes.is_fhir(request.path)):
        return False
    return request.headers.get("Authorization", "")[:7].lower() == "bearer "


def looks_at_tokens(view: Any) -> bool:
    """Not every view of the API does; at one that asks nobody who they are a token is no way past the limits."""
    return bool(getattr(getattr(view, "cls", None), "authentication_classes", ()))


def _count_refusal(request: HttpRequest) -> None:
    try:
        limit("refused").spend(source_of(request))
    except Exception as fault:  # it was refused all the same
        if not is_away(fault):
            raise
