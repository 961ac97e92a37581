"""Nobody takes the service from others: what is asked too often is answered with 429 and when to come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as CacheAway

from tests.eligibility.stored import make_site
from tests.workflow.staffed import person
from trialscreen.institution.models import Account, Role
from trialscreen.institution.tokens import issue_token
from trialscreen.wiring import limits as counting
from trialscreen.wiring import throttling

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(67)]
PASSWORD = "a long enough password"
MANY = 1_000_000


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that stands, ten seconds into a minute; and nothing counted yet."""
    monkeypatch.setattr(
        "trialscreen.wiring.limits.time.time", lambda: 1_795_000_030 // 60 * 60 + 10
    )
    cache.clear()
    yield
    cache.clear()


def limits(settings: LazySettings, **few: int) -> None:
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, MANY) | few


def account(name: str) -> Account:
    return Account.objects.create_user(name, PASSWORD, name=name)


def signed_in(who: Account) -> Client:
    client = Client()
    client.force_login(who)
    return client


def token(who: Account) -> dict[str, str]:
    issued = issue_token(who, expires=timezone.now() + timedelta(minutes=5))
    return {"Authorization": f"Bearer {issued}"}


def test_a_source_that_nobody_knows_is_limited_and_another_is_not(
    settings: LazySettings,
) -> None:
    limits(settings, source=3)
    for _ in range(3):
        assert Client().get("/api/v1/trials/").status_code == 200
    refused = Client().get("/api/v1/trials/")
    assert (refused.status_code, refused["Retry-After"]) == (429, "50")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["status"] == 429
    assert Client(REMOTE_ADDR="10.1.2.3").get("/api/v1/trials/").status_code == 200


def test_a_person_is_limited_by_account_not_by_address(settings: LazySettings) -> None:
    limits(settings, person=2)
    busy, other = signed_in(account("busy.person")), signed_in(account("other.person"))
    for _ in range(2):
        busy.get("/")
    refused = busy.get("/")
    assert (refused.status_code, refused["Retry-After"]) == (429, "50")
    assert b"Too many requests" in refused.content
    assert b"<html" in refused.content
    assert other.get("/").status_code != 429
    # From another address it is the same person.
    busy.defaults["REMOTE_ADDR"] = "10.9.9.9"
    assert busy.get("/").status_code == 429


def test_a_client_is_limited_whatever_number_of_tokens_it_holds(settings: LazySettings) -> None:
    limits(settings, person=3)
    who = person("owner.of.tokens", Role.COORDINATOR, make_site())
    first, second = token(who), token(who)
    for headers in (first, second, first):
        Client().get("/api/v1/screenings/", headers=headers)
    refused = Client().get("/api/v1/screenings/", headers=second)
    assert (refused.status_code, refused["Retry-After"]) == (429, "50")
    assert refused["Content-Type"] == "application/problem+json"


def test_evaluating_has_a_limit_of_its_own(settings: LazySettings) -> None:
    limits(settings, evaluation=2)

    def evaluate() -> Any:
        return Client().post(
            "/api/v1/trials/NCT00514085/evaluate/",
            json.dumps({}),
            content_type="application/json",
        )

    first, _, third = evaluate(), evaluate(), evaluate()
    assert 400 <= first.status_code < 429
    assert third.status_code == 429
    assert Client().get("/api/v1/trials/").status_code == 200


def test_guessing_tokens_ends_soon(settings: LazySettings) -> None:
    limits(settings, refused=3)
    guess = {"Authorization": "Bearer guessed"}
    asked = [Client().get("/api/v1/screenings/", headers=guess).status_code for _ in range(6)]
    assert asked == [401, 401, 401, 429, 429, 429]


def test_a_token_that_nobody_looks_at_is_no_way_past_a_limit(settings: LazySettings) -> None:
    limits(settings, source=2)
    claimed = {"Authorization": "Bearer x"}
    asked = [Client().get("/api/v1/trials/", headers=claimed).status_code for _ in range(3)]
    assert asked == [200, 200, 429]


def test_no_header_moves_a_page_past_its_limit(settings: LazySettings) -> None:
    limits(settings, source=2)
    past = {"Authorization": "Bearer x", "X-Forwarded-For": "192.0.2.1"}
    answers = [
        Client().get("/sign-in/", headers=past | {"X-Forwarded-For": f"192.0.2.{n}"}).status_code
        for n in range(4)
    ]
    assert answers[2:] == [429, 429]


def test_health_is_told_whatever_is_asked(settings: LazySettings) -> None:
    limits(settings, source=1)
    assert {Client().get("/healthz/live").status_code for _ in range(5)} == {200}


class Away:
    """A cache that does not answer."""

    def __getattr__(self, name: str) -> Any:
        def fail(*args: Any, **kwargs: Any) -> Any:
            raise CacheAway("no answer")

        return fail


@pytest.mark.requirement(71)
def test_without_the_cache_who_is_known_is_served_and_dear_work_for_nobody_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_site()
    monkeypatch.setattr(counting, "cache", Away())
    assert signed_in(account("known.person")).get("/").status_code in (200, 302, 403)
    assert Client().get("/api/v1/trials/").status_code == 200
    refused = Client().post(
        "/api/v1/trials/NCT00514085/evaluate/", "{}", content_type="application/json"
    )
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    guessed = Client().get("/api/v1/screenings/", headers={"Authorization": "Bearer guessed"})
    assert guessed.status_code == 503


@pytest.mark.requirement(71)
def test_without_the_cache_nobody_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing would be unlimited: the right password is not looked at either."""
    account("known.person")
    monkeypatch.setattr("allauth.core.internal.ratelimit.cache", Away())
    browser = Client(raise_request_exception=False)
    answer = browser.post("/sign-in/", {"username": "known.person", "password": PASSWORD})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "session" not in browser.cookies


def test_the_source_is_what_our_own_proxy_saw(settings: LazySettings, rf: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="9.9.9.9, 192.0.2.7")
    assert throttling.source_of(request) == "192.0.2.7"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert throttling.source_of(request) == "127.0.0.1"
    six = rf.get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")
    assert throttling.source_of(six) == "2001:db8:1:2::/64"
