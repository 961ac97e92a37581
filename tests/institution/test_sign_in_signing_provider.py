"""Signing by who has no password here: anew at the identity provider, which says when; good once, and soon."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from tests.institution.provider import Provider
from tests.institution.test_sign_in_hospital import provider as provider
from trialscreen.institution.models import Account
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.sign_in import provider_signing
from trialscreen.institution.sign_in.provider_signing import AtProvider
from trialscreen.institution.sign_in.signing import How, Signing, must_be_signer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(42)]
WHAT = Signing("screening", "1", "sha256:of what was shown")
PAGE = "/screenings/1/sign/"


@pytest.fixture
def signer(anna: Account, provider: Provider, client: Client) -> Account:
    """Somebody who comes by the provider alone, and has a page open on which something is to be signed."""
    anna.set_unusable_password()
    anna.save()
    SocialAccount.objects.create(user=anna, provider="hospital", uid="4711")
    client.force_login(anna)
    opens(client, anna)
    return anna


def opens(client: Client, account: Account, signing: Signing = WHAT) -> None:
    session = client.session
    provider_signing.offer(session, account, signing, page=PAGE)
    session.save()


def goes_there(client: Client) -> tuple[dict[str, list[str]], Any]:
    """What the provider is asked, and the answer to where it leads back to."""
    left = client.post("/sign-in/by/hospital/")
    asked = parse_qs(urlsplit(left.headers["Location"]).query)
    back = requests.get(left.headers["Location"], allow_redirects=False, timeout=5)
    there = urlsplit(back.headers["Location"])
    answer: HttpResponse = client.get(f"{there.path}?{there.query}")  # type: ignore[assignment]
    return asked, answer


def signs(client: Client, account: Account, signing: Signing = WHAT) -> str:
    session = client.session
    try:
        return must_be_signer(account, AtProvider(session), signing).value
    except NotDone as refused:
        return refused.code + " refused"
    finally:
        session.save()


def test_who_has_just_signed_in_there_signs_once(
    client: Client, signer: Account, provider: Provider
) -> None:
    provider.claims["auth_time"] = int(time.time())
    asked, answer = goes_there(client)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert answer.headers["Location"] == PAGE
    assert client.session["_auth_user_id"] == str(signer.pk)
    assert signs(client, signer) == How.PROVIDER
    assert signs(client, signer) == "provider refused", "it is used up"


@pytest.mark.parametrize("auth_time", [None, 0, "an hour ago", "now"])
def test_a_session_that_was_open_there_is_not_enough(
    client: Client, signer: Account, provider: Provider, auth_time: Any
) -> None:
    hour_ago = int(time.time()) - 3600
    provider.claims["auth_time"] = hour_ago if auth_time == "an hour ago" else auth_time
    _asked, answer = goes_there(client)
    assert answer.headers["Location"] == PAGE
    assert signs(client, signer) == "provider refused"


def test_somebody_else_who_signs_in_there_is_nobody_here(
    client: Client, signer: Account, monitor: Account, provider: Provider
) -> None:
    SocialAccount.objects.create(user=monitor, provider="hospital", uid="4712")
    provider.claims |= {"sub": "4712", "auth_time": int(time.time())}
    _asked, answer = goes_there(client)
    assert answer.headers["Location"] == PAGE
    assert client.session["_auth_user_id"] == str(signer.pk), "who sits here stays who they are"
    assert signs(client, signer) == "provider refused"


def test_it_is_for_what_was_shown_and_for_five_minutes(
    client: Client, signer: Account, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.claims["auth_time"] = int(time.time())
    goes_there(client)
    assert signs(client, signer, WHAT._replace(over="another")) == "provider refused"
    opens(client, signer)
    goes_there(client)
    late = time.time() + provider_signing.LASTS + 1
    monkeypatch.setattr("trialscreen.institution.sign_in.provider_signing.time.time", lambda: late)
    assert signs(client, signer) == "provider refused"


def test_who_has_a_password_types_it(
    client: Client, anna: Account, provider: Provider, settings: LazySettings
) -> None:
    assert not provider_signing.signs_there(anna)
    anna.set_unusable_password()
    assert provider_signing.signs_there(anna)
    settings.HOSPITAL = settings.HOSPITAL._replace(name="")
    assert not provider_signing.signs_there(anna)
