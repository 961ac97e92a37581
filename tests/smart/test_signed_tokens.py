"""A client that signs gets a token; whatever else is tried gets `invalid_client`, and leaves an entry."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from tests.smart.forged import FORGED
from tests.smart.keys import AUDIENCE, claims, ec_pair, rsa_pair, signed
from trialscreen.institution.client_secrets import BY_SIGNED_TOKEN
from trialscreen.institution.models import ApiClient, ShownToken, TrailEntry
from trialscreen.institution.signed_tokens.once import forget_ended
from trialscreen.institution.trail.reading import use_institution

pytestmark = pytest.mark.django_db


def ask(assertion: str, **other: Any) -> Any:
    asked = {
        "grant_type": "client_credentials",
        "client_assertion_type": BY_SIGNED_TOKEN,
        "client_assertion": assertion,
    } | other
    asked = {name: value for name, value in asked.items() if value is not None}
    return Client().post("/o/token/", asked)


def reasons() -> list[str]:
    with use_institution():
        held = TrailEntry.objects.filter(kind="refused", subject="client").order_by("pk")
        return [str((one.new or {}).get("why")) for one in held]


@pytest.mark.requirement(14)
@pytest.mark.parametrize(("key", "kid"), [(rsa_pair, "one"), (ec_pair, "two")])
def test_a_signed_token_gets_one_that_is_short_and_kept_as_a_sum(
    feed: Application, key: Callable[[], Any], kid: str
) -> None:
    answered = ask(signed(claims(feed.client_id), key(), kid), scope="system/Observation.rs")
    assert answered.status_code == 200, answered.content
    given = answered.json()
    assert given["token_type"] == "Bearer"
    assert given["expires_in"] <= 900
    assert given["scope"] == "system/Observation.rs"
    assert "refresh_token" not in given
    held = AccessToken.objects.get()
    assert held.token == ""
    assert given["access_token"] not in str(vars(held))
    assert held.application == feed


@pytest.mark.requirement(14)
@pytest.mark.requirement(37)
@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_is_refused_without_a_reason_and_recorded(
    feed: Application, name: str
) -> None:
    forged, why = FORGED[name]
    answered = ask(forged(feed.client_id))
    assert answered.status_code == 401
    assert answered.json() == {"error": "invalid_client"}
    assert reasons() == [why]
    assert not AccessToken.objects.exists()
    assert not ShownToken.objects.exists()


def test_two_ways_at_once_are_refused(feed: Application) -> None:
    ApiClient.objects.update(proof=ApiClient.EITHER)
    good = lambda: signed(claims(feed.client_id), rsa_pair())  # noqa: E731
    for other in (
        {"client_secret": "x"},
        {"client_id": "somebody"},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_assertion_type": None},
        {"client_assertion": None},
    ):
        assert ask(good(), **other).status_code == 401
    basic = Client(headers={"Authorization": "Basic eDp5"})
    asked = {"grant_type": "client_credentials", "client_assertion_type": BY_SIGNED_TOKEN}
    assert basic.post("/o/token/", asked | {"client_assertion": good()}).status_code == 401
    assert ask(good(), client_id=feed.client_id).status_code == 200


def test_in_the_address_a_signed_token_is_not_looked_at(feed: Application) -> None:
    good = signed(claims(feed.client_id), rsa_pair())
    there = f"/o/token/?client_assertion_type={BY_SIGNED_TOKEN}&client_assertion={good}"
    assert Client().post(there, {"grant_type": "client_credentials"}).status_code in (400, 401)
    assert not AccessToken.objects.exists()


@pytest.mark.requirement(14)
def test_shown_twice_it_is_refused_and_forgotten_when_it_has_ended(feed: Application) -> None:
    once = signed(claims(feed.client_id), rsa_pair())
    assert ask(once).status_code == 200
    assert ask(once).status_code == 401
    # A token of another key with the same name of the token is the same client's second.
    assert ask(once, scope="patients.read").status_code == 401
    assert reasons() == ["shown-before"] * 2
    assert forget_ended(now=timezone.now()) == 0
    assert forget_ended(now=timezone.now() + timedelta(minutes=20)) == 1
    assert not ShownToken.objects.exists()


def test_a_token_that_is_refused_for_its_scope_is_used_up(feed: Application) -> None:
    once = signed(claims(feed.client_id), rsa_pair())
    assert ask(once, scope="logs.read").json()["error"] == "invalid_scope"
    assert ask(once).json()["error"] == "invalid_client"


@pytest.mark.requirement(14)
@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_wins(feed: Application) -> None:
    once = signed(claims(feed.client_id), rsa_pair())
    answers: list[int] = []
    ready = threading.Barrier(6)

    def show() -> None:
        ready.wait()
        answers.append(ask(once).status_code)
        connection.close()

    threads = [threading.Thread(target=show) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [200, 401, 401, 401, 401, 401]
    assert AccessToken.objects.count() == 1


def test_the_end_may_be_five_minutes_ahead_and_no_more(feed: Application) -> None:
    ends = int(datetime.now(UTC).timestamp()) + 299
    assert ask(signed(claims(feed.client_id, exp=ends), rsa_pair())).status_code == 200


def test_a_client_with_keys_has_no_secret_and_the_reverse(feed: Application) -> None:
    Application.objects.filter(pk=feed.pk).update(client_secret="plain and known")
    by_secret = {
        "grant_type": "client_credentials",
        "client_id": feed.client_id,
        "client_secret": "plain and known",
    }
    assert Client().post("/o/token/", by_secret).json() == {"error": "invalid_client"}
    assert reasons() == ["has-no-secret"]
    ApiClient.objects.update(proof=ApiClient.SECRET)
    assert Client().post("/o/token/", by_secret).status_code == 200
    assert ask(signed(claims(feed.client_id), rsa_pair())).status_code == 401
    assert reasons() == ["has-no-secret", "has-no-keys"]
    ApiClient.objects.update(proof=ApiClient.EITHER)
    assert Client().post("/o/token/", by_secret).status_code == 200
    assert ask(signed(claims(feed.client_id), rsa_pair())).status_code == 200


def test_a_deactivated_client_signs_in_vain(feed: Application, now: datetime) -> None:
    ApiClient.objects.update(ended_at=now)
    assert ask(signed(claims(feed.client_id), rsa_pair())).status_code == 401
    assert reasons() == ["unknown-client"]


def test_what_works_is_described_to_everybody(db: Any) -> None:
    answered = Client().get("/fhir/.well-known/smart-configuration")
    assert answered.status_code == 200
    assert answered["Content-Type"] == "application/json"
    said = answered.json()
    assert said["token_endpoint"] == AUDIENCE
    assert said["grant_types_supported"] == ["client_credentials"]
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert "private_key_jwt" in said["token_endpoint_auth_methods_supported"]
    assert "authorization_endpoint" not in said
    assert "client-confidential-asymmetric" in said["capabilities"]


def test_a_token_is_given_back_by_signing_too(feed: Application) -> None:
    given = ask(signed(claims(feed.client_id), rsa_pair())).json()["access_token"]
    asked = {"token": given, "client_assertion_type": BY_SIGNED_TOKEN}
    shown = asked | {"client_assertion": signed(claims(feed.client_id), rsa_pair())}
    assert Client().post("/o/revoke-token/", shown).status_code == 200
    assert not AccessToken.objects.exists()
