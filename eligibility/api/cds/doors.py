"""Who asks by CDS Hooks: a record system that has signed for this address, now and for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from eligibility.models import RecordSystem, RecordSystemKey
from patients.api.reading import ExactJson, OneForm, only
from patients.api.refusals import Explained
from trialscreen.institution.models import Site
from trialscreen.institution.scope import Scope, use_sites
from trialscreen.institution.signed_tokens.jwks import PublicKey
from trialscreen.institution.signed_tokens.once import spend
from trialscreen.institution.signed_tokens.reading import NotAccepted, Proven, read
from trialscreen.institution.trail.acting import identify
from trialscreen.institution.trail.actions import Word, note_whatever_happens

_KEPT: Final = "600"
"""Seconds for which a browser may remember what it was told of other origins."""


@dataclass(frozen=True)
class Asking:
    """What ``request.auth`` is at these addresses."""

    record_system: RecordSystem
    application = None
    """No API client: what those may do is nothing of this one's."""


class SignedToken(BaseAuthentication):
    """A JWT as CDS Hooks has it; checked as those of API clients are."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        system = None
        try:
            token = read(given.strip())
            system, key = _known(token.issuer, token.kid)
            proven: Proven = token.prove(
                key, audience=request._request.build_absolute_uri(request.path), at=timezone.now()
            )
            spend(proven, of=f"record-system:{system.pk}")
        except _Unknown as no:
            _refused(no.system, no.why)
            raise AuthenticationFailed from None
        except NotAccepted as no:
            _refused(system, no.why)
            raise AuthenticationFailed from None
        return AnonymousUser(), Asking(system)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="cds-services"'


def source_of(system: RecordSystem) -> str:
    """By which name what it sends is kept, its patients are known, and its acts stand in the trail."""
    return f"record-system-{system.pk}"


class _Unknown(NotAccepted):
    def __init__(self, why: str, system: RecordSystem | None = None) -> None:
        super().__init__(why)
        self.system = system


def _known(issuer: str, kid: str) -> tuple[RecordSystem, PublicKey]:
    """Whose token it says it is, and the key that it says signed it; at which site is known by that alone.

    Raises:
        NotAccepted: there is none, or not any more.
    """
    every_site = Site.objects.values_list("pk", flat=True)
    with use_sites(every_site):
        held = RecordSystem.objects.select_related("site").filter(issuer=issuer, ended_at=None)
        found = list(held[:2])
        if len(found) != 1:
            raise _Unknown("unknown-issuer")
        key = RecordSystemKey.objects.filter(system=found[0], kid=kid).first()
    if key is None or not key.holds(at=timezone.now()):
        raise _Unknown("unknown-key", found[0])
    return found[0], PublicKey(key.kid, key.algorithm, key.members, key.thumbprint)


def _refused(system: RecordSystem | None, why: str) -> None:
    note_whatever_happens(
        Word.REFUSED,
        about="record-system",
        key=str(system.pk) if system is not None else "",
        site=system.site_id if system is not None else None,
        circumstances={"page": "cds-services", "why": why},
    )


class OfRecordSystems(BasePermission):
    """Record systems alone; people have pages, API clients addresses of their own."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Asking)


class CdsDoor(APIView):
    """What all of these addresses have in common. Nothing is stored but by an action of its own transaction."""

    authentication_classes = (SignedToken,)
    permission_classes = (OfRecordSystems,)
    content_negotiation_class = OneForm
    parser_classes = [ExactJson]

    @property
    def system(self) -> RecordSystem:
        asking: Any = self.request.auth
        held: RecordSystem = asking.record_system
        return held

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":  # a browser asks, who cannot show a token here
            answer: HttpResponseBase = HttpResponse(status=204)
        else:
            answer = super().dispatch(request, *args, **kwargs)
        return for_origin(request, answer, verbs="POST, OPTIONS")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        identify(Scope(client=source_of(self.system)))
        only(request.query_params, ())

    def handle_exception(self, exc: Exception) -> Any:
        """As ever; a refusal that explains itself does so in the answer."""
        response = super().handle_exception(exc)
        if isinstance(exc, Explained) and response.data is not None:
            response.data["detail"] = str(exc.detail)
            if exc.errors:
                response.data["errors"] = [dict(one) for one in exc.errors]
        return response


def for_origin(request: HttpRequest, answer: HttpResponseBase, *, verbs: str) -> HttpResponseBase:
    """Let a browser of another origin read the answer, where that origin is configured; never of any origin, and
    never with cookies."""
    answer["Vary"] = "Origin"
    origin = request.headers.get("Origin", "")
    if origin and origin in settings.CDS_ORIGINS:
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Methods"] = verbs
        answer["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        answer["Access-Control-Max-Age"] = _KEPT
    return answer
