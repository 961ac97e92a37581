"""Signing in by the hospital's identity provider: nobody is made by it, and what it takes away is gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NoReturn

import jwt
import requests
import structlog
from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.models.staff import AT_ALL_SITES, AT_ONE_SITE
from trialscreen.institution.sign_in import provider_signing
from trialscreen.institution.trail.acting import because
from trialscreen.institution.trail.actions import Word, note_whatever_happens

log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
"""Those with a key that only the provider has."""


class VerifiedTokens(OpenIDConnectOAuth2Adapter):
    """allauth does not look at the signature of a token that came from the provider itself; we do."""

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> Any:
        held = kwargs["response"].get("id_token")
        if not held:
            raise OAuth2Error("no id_token")
        claims = self._decode_id_token(app, held)
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(self.openid_config["jwks_uri"])
                answer.raise_for_status()
            wanted = jwt.get_unverified_header(id_token).get("kid")
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
            key = next(each for each in keys if wanted is None or each.key_id == wanted)
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except (jwt.PyJWTError, requests.RequestException, StopIteration, ValueError) as fault:
            raise OAuth2Error("not a token of the provider") from fault
        return claims


class Hospital(DefaultSocialAccountAdapter):
    """Who the provider says it is has an account already, made by an administrator; or does not come in."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sociallogin.account.extra_data.get("id_token", {})
        known = sociallogin.user if sociallogin.is_existing else None
        _back_to_signing(request, known, claims)
        account = known or self._invited(sociallogin, claims)
        if account is None or not account.is_active:
            log.warning("hospital_sign_in_refused", account=account.pk if account else None)
            _refuse(account)
        if not sociallogin.is_existing:
            sociallogin.connect(request, account)
        given = claims.get(settings.HOSPITAL.groups_claim) or ()
        groups = given if isinstance(given, list) else [given]
        follow_groups(account, {str(each) for each in groups}, at=timezone.now())

    def _invited(self, sociallogin: Any, claims: dict[str, Any]) -> Account | None:
        """By the user name, once: from then on by the provider's own number for the person."""
        name = str(claims.get(settings.HOSPITAL.username_claim) or "").strip().lower()
        provider = sociallogin.account.provider
        taken = SocialAccount.objects.filter(provider=provider).values("user_id")
        return Account.objects.filter(username=name).exclude(pk__in=taken).first() if name else None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **told: Any) -> None:
        log.warning("hospital_sign_in_failed", because=type(told.get("exception")).__name__)
        _back_to_signing(request, None, {})
        _refuse(None)


def _back_to_signing(request: HttpRequest, account: Account | None, claims: dict[str, Any]) -> None:
    """Who has left in order to sign goes back to the page of that, as whoever they were; nobody is signed in by it."""
    there = provider_signing.come_back(request.session, account, claims)
    if there is not None and request.user.is_authenticated:
        raise ImmediateHttpResponse(redirect(there))


def _refuse(account: Account | None) -> NoReturn:
    key = "" if account is None else str(account.pk)
    told = {"step": "hospital"}
    note_whatever_happens(Word.SIGN_IN_FAILED, about="account", key=key, circumstances=told)
    raise ImmediateHttpResponse(redirect(reverse("sign-in") + "?refused=hospital"))


def follow_groups(account: Account, groups: Collection[str], *, at: datetime) -> None:
    """Give and take away the roles that `OIDC_ROLES` names; all others are the administrators'."""
    wanted: dict[tuple[str, str], bool] = {}
    for group, role, code in settings.HOSPITAL.roles:
        wanted[role, code] = wanted.get((role, code), False) or group in groups
    with transaction.atomic(), because("groups at the hospital's identity provider"):
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        for (role, code), due in sorted(wanted.items(), key=lambda each: each[1]):
            site = Site.objects.filter(code=code).first() if code else None
            if code and site is None:
                log.error("oidc_roles_names_no_site", site=code)
                continue
            _follow(account, Role(role), site, due=due, at=at)


def _follow(account: Account, role: Role, site: Site | None, *, due: bool, at: datetime) -> None:
    today = timezone.localdate(at, site.zone if site else None)
    lasting = StaffRole.objects.not_over(today).filter(account=account)
    held = lasting.filter(role=role, site=site)
    if not due:
        for each in held:
            each.last_day, each.ended_at = max(today, each.first_day), at
            each.save(update_fields=["last_day", "ended_at"])
        return
    other = AT_ONE_SITE if role in AT_ALL_SITES else AT_ALL_SITES
    if held.filter(first_day__lte=today).exists() or lasting.filter(role__in=other).exists():
        return
    try:
        with transaction.atomic():
            StaffRole.objects.create(account=account, role=role, site=site, first_day=today)
    except IntegrityError:
        log.warning("role_of_group_not_given", account=account.pk, role=role.value)


@login_not_required
def to_hospital(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider (POST; a GET asks first)."""
    signed_in = request.method == "POST" and request.user.is_authenticated
    if signed_in and settings.HOSPITAL.name and provider_signing.ask(request.session):
        provider = VerifiedTokens(request, provider_id).get_provider()
        anew = dict(provider_signing.AUTH_PARAMS)
        answer: HttpResponse = provider.redirect(request, "login", auth_params=anew)
        return answer
    return _view(OAuth2LoginView, request, provider_id)


@login_not_required
def from_hospital(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider leads back to."""
    return _view(OAuth2CallbackView, request, provider_id)


def _view(kind: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    if not settings.HOSPITAL.name or provider_id != "hospital":
        raise Http404
    answer: HttpResponse = kind.adapter_view(VerifiedTokens(request, provider_id))(request)
    return answer
