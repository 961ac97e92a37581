"""API clients are registered, granted and ended; their secrets are told once and kept as hashes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken, Application

from tests.administration.test_people import trail
from tests.pages.test_opening import staff
from tests.pages.test_pages import text_of
from trialscreen.institution.administration import clients
from trialscreen.institution.models import Account, ApiClient, ApiGrant, Role, Site
from trialscreen.institution.rights import May

pytestmark = pytest.mark.django_db

Browser = Callable[[Account], Client]
CLIENTS = "/administration/clients/"
NEW = {"name": "Laboratory feed", "contact": "Interfaces, Edmonton"}


def told(page: str) -> str:
    found = re.search(r'id="told" type="text" readonly value="([^"]+)"', page)
    assert found is not None
    return found[1]


def token_for(secret: str) -> Any:
    held = Application.objects.get()
    asked = {
        "grant_type": "client_credentials",
        "client_id": held.client_id,
        "client_secret": secret,
    }
    return Client().post("/o/token/", asked)


def looks(token: str) -> int:
    return (
        Client().get("/api/v1/patients/", headers={"Authorization": f"Bearer {token}"}).status_code
    )


@pytest.fixture
def feed(sasha: Account, now: datetime) -> clients.Registered:
    return clients.add_client(**NEW, by=sasha, at=now)


def test_a_client_is_registered_granted_and_lets_itself_in(
    browser: Browser, sasha: Account, site: Site
) -> None:
    admin = browser(sasha)
    shown = admin.post(f"{CLIENTS}new/", NEW)
    assert "no-store" in shown["Cache-Control"]
    secret = told(shown.text)
    held = Application.objects.get()
    assert secret not in held.client_secret
    assert any(one["subject"] == "oauth2_provider_application" for one in trail())
    assert secret not in str(trail())
    here = f"{CLIENTS}{held.pk}/"
    assert "Granted nothing" in text_of(admin.get(here).text)
    assert admin.post(f"{here}sites/edmonton/", {"rights": ["patients.read"]}).status_code == 302
    token = token_for(secret).json()["access_token"]
    assert looks(token) == 200
    page = text_of(admin.get(here).text)
    assert "Read what is held of the site" in page
    assert "Never" not in text_of(admin.get(CLIENTS).text)
    assert admin.post(f"{here}sites/edmonton/", {}).status_code == 302
    assert looks(token) == 403


def test_a_new_secret_and_the_end_of_the_old_one(
    browser: Browser, sasha: Account, site: Site, feed: clients.Registered
) -> None:
    clients.set_grant(feed.application, site=site, rights=[May.READ_PATIENTS], by=sasha)
    before = token_for(feed.secret).json()["access_token"]
    there = f"{CLIENTS}{feed.application.pk}/secret/"
    admin = browser(sasha)
    second = told(admin.post(there, {"overlap_hours": "24", "reason": "yearly"}).text)
    assert [token_for(one).status_code for one in (feed.secret, second, "x")] == [200, 200, 401]
    kept = ApiClient.objects.get()
    assert feed.secret not in kept.old_secret
    assert kept.old_until is not None
    ApiClient.objects.update(old_until=kept.secret_since - timedelta(hours=1))
    assert [token_for(one).status_code for one in (feed.secret, second)] == [401, 200]
    assert looks(before) == 200
    third = told(admin.post(there, {"overlap_hours": "0", "reason": "leaked"}).text)
    assert [token_for(one).status_code for one in (second, third)] == [401, 200]
    assert looks(before) == 401


@pytest.mark.requirement(11)
def test_a_deactivated_client_is_out_at_once(
    browser: Browser, sasha: Account, site: Site, feed: clients.Registered
) -> None:
    clients.set_grant(feed.application, site=site, rights=[May.READ_PATIENTS], by=sasha)
    token = token_for(feed.secret).json()["access_token"]
    here = f"{CLIENTS}{feed.application.pk}/"
    admin = browser(sasha)
    assert admin.post(f"{here}deactivate/", {"reason": "Replaced"})["Location"] == here
    assert looks(token) == 401
    assert token_for(feed.secret).status_code == 401
    assert not AccessToken.objects.exists()
    assert not ApiGrant.objects.exists()
    for act, asked in (
        ("deactivate/", {"reason": "again"}),
        ("secret/", {"reason": "again", "overlap_hours": "1"}),
        ("sites/edmonton/", {"rights": ["patients.read"]}),
    ):
        answered = admin.post(here + act, asked)
        assert answered.status_code == 422
        assert "The client is deactivated" in text_of(answered.text)


@pytest.mark.parametrize(
    ("there", "asked", "sentence"),
    [
        ("new/", NEW | {"name": ""}, "This field is required"),
        ("new/", NEW | {"name": "laboratory FEED"}, "Another client has this name"),
        ("new/", NEW | {"contact": "x" * 201}, "at most 200"),
        ("{}/sites/edmonton/", {"rights": ["patients.sign"]}, "not one of the available choices"),
        ("{}/sites/edmonton/", {}, "Nothing would change"),
        ("{}/secret/", {"overlap_hours": "169", "reason": "x"}, "less than or equal to 168"),
        ("{}/secret/", {"overlap_hours": "-1", "reason": "x"}, "greater than or equal to 0"),
        ("{}/secret/", {"overlap_hours": "1.5", "reason": "x"}, "Enter a whole number"),
        ("{}/secret/", {"overlap_hours": "1", "reason": ""}, "Say why"),
        ("{}/deactivate/", {"reason": " "}, "Say why"),
    ],
)
def test_what_is_refused(
    browser: Browser,
    sasha: Account,
    site: Site,
    feed: clients.Registered,
    there: str,
    asked: dict[str, Any],
    sentence: str,
) -> None:
    answered = browser(sasha).post(CLIENTS + there.format(feed.application.pk), asked)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    assert Application.objects.count() == 1
    assert token_for(feed.secret).status_code == 200 or not ApiGrant.objects.exists()
    assert ApiClient.objects.get().ended_at is None


def test_these_pages_are_for_administrators(
    browser: Browser, anna: Account, feed: clients.Registered, site: Site, sasha: Account
) -> None:
    here = f"{CLIENTS}{feed.application.pk}/"
    there = [CLIENTS, f"{CLIENTS}new/", here]
    there += [here + act for act in ("secret/", "deactivate/", "sites/edmonton/")]
    for account in (anna, staff("max", Role.MONITOR)):
        theirs = browser(account)
        for page in there:
            assert theirs.get(page).status_code == 403
            assert theirs.post(page, NEW | {"reason": "x"}).status_code in (403, 405)
    admin = browser(sasha)
    for page in (f"{CLIENTS}99999/", f"{here}sites/nowhere/"):
        assert admin.get(page).status_code == 404
