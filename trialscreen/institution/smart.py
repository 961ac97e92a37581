"""SMART Backend Services: what this server can do, and the address at which clients ask for tokens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from oauth2_provider.views import RevokeTokenView, TokenView

from trialscreen.institution.client_secrets import TOKEN_URL
from trialscreen.institution.oauth import supported_scopes
from trialscreen.institution.signed_tokens.jwks import ALGORITHMS


def token_url(request: HttpRequest) -> str:
    """By what address a signed token calls us: the one that it is sent to, with scheme and host."""
    return request.build_absolute_uri(reverse("oauth2_provider:token"))


# A client has no cookie: who replaces `dispatch` has to say again that none is asked for.
@method_decorator(csrf_exempt, name="dispatch")
class Tokens(TokenView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # No header of a request can have this name: those begin with HTTP_.
        request.META[TOKEN_URL] = token_url(request)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer


@method_decorator(csrf_exempt, name="dispatch")
class Revocations(RevokeTokenView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.META[TOKEN_URL] = token_url(request)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    """``/fhir/.well-known/smart-configuration``: only what works. Nobody signs in here on a client's behalf."""
    document = {
        "token_endpoint": token_url(request),
        "revocation_endpoint": request.build_absolute_uri(reverse("oauth2_provider:revoke-token")),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": [
            "private_key_jwt",
            "client_secret_basic",
            "client_secret_post",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": supported_scopes(),
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }
    # Public knowledge, and asked for by programs of other origins.
    return JsonResponse(document, headers={"Access-Control-Allow-Origin": "*"})
