"""Signing in by the hospital's identity provider, a real one on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from tests.institution.conftest import OPENED
from tests.institution.provider import CLIENT, SECRET, Provider, running
from tests.institution.test_sign_in_factors import SECRET as TOTP_SECRET
from tests.institution.test_sign_in_factors import code_now, second_step
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import scope_of_account
from trialscreen.wiring.accounts import hospital
from trialscreen.wiring.environment import Environment

pytestmark = pytest.mark.django_db
REFUSED = "/sign-in/?refused=hospital"
ROLES = "trials-edm=coordinator@edmonton; trials-mtl=coordinator@montreal; watchers=monitor"


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[Provider]:
    with running() as found:
        described = {
            "OIDC_ISSUER": found.address,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_NAME": "the university hospital",
            "OIDC_ROLES": ROLES,
        }
        settings.HOSPITAL = hospital(Environment(described))
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"APPS": settings.HOSPITAL.apps, "OAUTH_PKCE_ENABLED": True}
        }
        found.claims = {"sub": "4711", "preferred_username": "Anna", "groups": ["trials-edm"]}
        yield found


def comes_in(client: Client) -> HttpResponse:
    """By the button, over the provider, and back."""
    left = client.post("/sign-in/by/hospital/", {"next": "/worklist/"})
    back = requests.get(left.headers["Location"], allow_redirects=False, timeout=5)
    there = urlsplit(back.headers["Location"])
    assert there.path == "/sign-in/by/hospital/back/"
    return client.get(f"{there.path}?{there.query}")  # type: ignore[return-value]


def roles(account: Account) -> set[str]:
    return set(scope_of_account(account, now=datetime.now(UTC)).posts)


@pytest.mark.requirement(6)
def test_who_has_an_account_comes_in_and_shows_a_second_factor(
    client: Client, anna: Account, provider: Provider, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert "By the university hospital" in client.get("/sign-in/").content.decode()
    TOTP.activate(anna, TOTP_SECRET)
    assert comes_in(client).headers["Location"] == "/sign-in/code/"
    assert client.get("/worklist/").status_code == 302
    assert second_step(client, code_now()).headers["Location"] == "/worklist/"
    assert client.get("/worklist/").status_code == 200
    assert SocialAccount.objects.get().user == anna


def test_from_then_on_it_is_the_providers_own_number_that_counts(
    anna: Account, monitor: Account, provider: Provider
) -> None:
    comes_in(Client())
    provider.claims |= {"preferred_username": "max"}
    comes_in(Client())
    assert SocialAccount.objects.get().user == anna
    provider.claims |= {"sub": "4712", "preferred_username": "anna"}
    assert comes_in(Client()).headers["Location"] == REFUSED, "the name is taken by another number"


@pytest.mark.requirement(1)
def test_nobody_is_made_by_it(client: Client, anna: Account, provider: Provider) -> None:
    provider.claims |= {"preferred_username": "nobody"}
    assert comes_in(client).headers["Location"] == REFUSED
    assert Account.objects.count() == 1
    assert b"did not let you in" in client.get(REFUSED).content


@pytest.mark.requirement(11)
def test_a_deactivated_account_does_not_come_in(
    client: Client, anna: Account, provider: Provider
) -> None:
    Account.objects.update(is_active=False)
    assert comes_in(client).headers["Location"] == REFUSED


@pytest.mark.parametrize("fault", ["key", "algorithm", "audience", "issuer", "expired", "no sub"])
def test_a_token_that_is_not_the_providers_is_refused(
    client: Client, anna: Account, provider: Provider, fault: str
) -> None:
    if fault == "key":
        provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif fault == "algorithm":
        provider.signs_with, provider.algorithm = SECRET * 2, "HS256"
    elif fault == "no sub":
        del provider.claims["sub"]
    else:
        wrong: dict[str, dict[str, object]] = {
            "audience": {"aud": "another"},
            "issuer": {"iss": "x"},
            "expired": {"exp": 1},
        }
        provider.claims |= wrong[fault]
    assert comes_in(client).headers["Location"] == REFUSED
    assert not SocialAccount.objects.exists()


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, provider: Provider) -> None:
    there = client.get("/sign-in/by/hospital/back/?code=x&state=y")
    assert there.headers["Location"] == REFUSED


def test_roles_follow_groups(
    client: Client, anna: Account, montreal: Site, provider: Provider
) -> None:
    edmonton, both = "Site coordinator, Edmonton", {"Site coordinator, Montreal"}
    assert roles(anna) == {edmonton}
    provider.claims["groups"] = ["trials-edm", "trials-mtl", "something else"]
    comes_in(client)
    assert roles(anna) == {edmonton} | both
    provider.claims["groups"] = ["trials-mtl"]
    comes_in(client)
    assert roles(anna) == both
    del provider.claims["groups"]
    comes_in(client)
    assert roles(anna) == set()
    assert client.get("/worklist/").status_code == 403


def test_other_roles_are_the_administrators(
    client: Client, anna: Account, edmonton: Site, provider: Provider
) -> None:
    StaffRole.objects.create(account=anna, site=edmonton, role=Role.INVESTIGATOR, first_day=OPENED)
    provider.claims["groups"] = ["watchers"]
    comes_in(client)
    assert len(roles(anna)) == 1, "no monitor is somebody of a site"
    assert anna.roles.get(role=Role.INVESTIGATOR).ended_at is None


def test_without_it_there_is_no_such_way(client: Client, db: None) -> None:
    assert client.get("/sign-in/by/hospital/").status_code == 404
    assert b"sign-in/by" not in client.get("/sign-in/").content


@pytest.mark.parametrize(
    ("described", "fault"),
    [
        ({"OIDC_ISSUER": "https://id.example"}, "OIDC_CLIENT_ID is not set"),
        ({"OIDC_ISSUER": "http://id.example"}, "must begin with https"),
        ({"OIDC_ROLES": "a=administrator"}, "OIDC_ROLES holds"),
        ({"OIDC_ROLES": "a=monitor@edmonton"}, "OIDC_ROLES holds"),
        ({"OIDC_ROLES": "a=coordinator"}, "OIDC_ROLES holds"),
    ],
)
def test_what_is_described_wrongly_is_named(described: dict[str, str], fault: str) -> None:
    environment = Environment(described)
    hospital(environment)
    assert any(fault in problem for problem in environment.problems)
