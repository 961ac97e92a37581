"""How a client shows who it is when it asks for a token: by its secret, or by one that it has signed (RFC 7523)."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator

from trialscreen.institution.models import ApiClient, ClientKey
from trialscreen.institution.oauth import given_scopes
from trialscreen.institution.signed_tokens.jwks import PublicKey
from trialscreen.institution.signed_tokens.once import spend
from trialscreen.institution.signed_tokens.reading import NotAccepted, read
from trialscreen.institution.trail.actions import Word, note_whatever_happens

BY_SIGNED_TOKEN: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # noqa: S105 - a name
TOKEN_URL: Final = "trialscreen.token_url"  # noqa: S105 - a name
"""Where the view of the token address leaves that address, by which a signed token must call us."""


class Secrets(OAuth2Validator):
    """As the package does it; besides, a deactivated client is nobody, an old secret lasts until its end, and a client
    that is registered with keys signs."""

    def _load_application(self, client_id: str, request: Any) -> Any:
        application = super()._load_application(client_id, request)
        if application is not None and _kept(application, ended=True) is not None:
            request.client = None
            return None
        return application

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        said = dict(request.decoded_body or ())
        if "client_assertion" in said or "client_assertion_type" in said:
            return self._by_signed_token(request, said)
        shown = self._by_secret(request)
        if shown and _proof(request.client) == ApiClient.KEYS:
            shown = False
            _refused(request.client, "has-no-secret")
        if not shown:
            request.client = None
        return shown

    def validate_scopes(
        self, client_id: str, scopes: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        given = given_scopes(client, scopes)
        if given is None:
            return False
        request.scopes = given
        return True

    def _by_secret(self, request: Any) -> bool:
        if super().authenticate_client(request):
            return True
        application: Any = getattr(request, "client", None)
        if application is None:
            return False
        kept = _kept(application, ended=False)
        if kept is None or kept.old_until is None or kept.old_until <= timezone.now():
            return False
        # Both ways of sending a secret are compared with the client that was loaded for this request.
        now, application.client_secret = application.client_secret, kept.old_secret
        try:
            return bool(super().authenticate_client(request))
        finally:
            application.client_secret = now

    def _by_signed_token(self, request: Any, said: dict[str, Any]) -> bool:
        """Whether the client has signed for this address, now, for the first time. What is wrong the trail learns."""
        request.client = client = None
        try:
            if said.get("client_assertion_type") != BY_SIGNED_TOKEN:
                raise NotAccepted("assertion-type")
            if "client_secret" in said or self._extract_basic_auth(request):
                raise NotAccepted("two-ways")
            token = read(str(said.get("client_assertion", "")))
            if token.claims.get("sub") != token.issuer:
                raise NotAccepted("subject")
            if said.get("client_id", token.issuer) != token.issuer:
                raise NotAccepted("client-id")
            client = self._load_application(token.issuer, request)
            if client is None:
                raise NotAccepted("unknown-client")
            if _proof(client) not in (ApiClient.KEYS, ApiClient.EITHER):
                raise NotAccepted("has-no-keys")
            at = timezone.now()
            key = ClientKey.objects.filter(application=client, kid=token.kid).first()
            if key is None or not key.holds(at=at):
                raise NotAccepted("unknown-key")
            known = PublicKey(key.kid, key.algorithm, key.members, key.thumbprint)
            proven = token.prove(known, audience=request.headers[TOKEN_URL], at=at)
            spend(proven, of=f"client:{client.pk}")
        except NotAccepted as no:
            request.client = None
            _refused(client, no.why)
            return False
        # What comes after goes by the client's id, which need not be said beside the signed token.
        request.client_id = token.issuer
        return True


def _refused(client: Any, why: str) -> None:
    """In the trail stands whose key or secret it was to be, and nothing that a stranger has written."""
    note_whatever_happens(
        Word.REFUSED,
        about="client",
        key=client.client_id if client is not None else "",
        circumstances={"page": "token", "why": why},
    )


def _proof(application: Any) -> str:
    kept = _kept(application, ended=False)
    return kept.proof if kept is not None else ApiClient.SECRET


def _kept(application: Any, *, ended: bool) -> ApiClient | None:
    held = ApiClient.objects.filter(application_id=application.pk, ended_at__isnull=not ended)
    return held.first()
