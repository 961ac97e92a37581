"""Public keys are registered by value by an administrator; whatever is private, weak or doubtful is refused aloud."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from tests.pages.test_pages import text_of
from tests.smart.keys import claims, ec_pair, jwk, jwks, rsa_pair, signed
from tests.smart.test_signed_tokens import ask
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration import client_keys, clients
from trialscreen.institution.models import Account, ApiClient, ClientKey
from trialscreen.institution.signed_tokens.jwks import NotAKey, read_jwks

pytestmark = pytest.mark.django_db


def good(**more: Any) -> dict[str, Any]:
    return jwk(rsa_pair(2), "three", **more)


REFUSED: dict[str, tuple[Any, str]] = {
    "private RSA": (lambda: jwks(jwk(rsa_pair(2), "k", private=True)), "private or secret key"),
    "private EC": (lambda: jwks(jwk(ec_pair(2), "k", private=True)), "private or secret key"),
    "a secret": (lambda: jwks({"kty": "oct", "k": "c2VjcmV0", "kid": "k"}), "private or secret"),
    "one private among public": (
        lambda: jwks(good(), jwk(ec_pair(2), "k", private=True)),
        "Key 2 is a private",
    ),
    "RSA 1024": (lambda: jwks(jwk(rsa_pair(9, 1024), "k")), "2048 to 8192 bits"),
    "P-256": (lambda: jwks(jwk(ec_pair(9, ec.SECP256R1), "k")), "P-384"),
    "P-521": (lambda: jwks(jwk(ec_pair(9, ec.SECP521R1), "k")), "P-384"),
    "exponent 3": (lambda: jwks(good(e="Aw")), "65537"),
    "exponent 1": (lambda: jwks(good(e="AQ")), "65537"),
    "an even modulus": (lambda: jwks(good(n="_" * 341 + "8")), "not a"),
    "no kid": (lambda: jwks({k: v for k, v in good().items() if k != "kid"}), "kid"),
    "kid with a blank": (lambda: jwks(good() | {"kid": "a b"}), "kid"),
    "kid that is a number": (lambda: jwks(good() | {"kid": 7}), "kid"),
    "kid of 201": (lambda: jwks(good() | {"kid": "k" * 201}), "kid"),
    "for encryption": (lambda: jwks(good(use="enc")), "not for signing"),
    "that signs": (lambda: jwks(good(key_ops=["sign"])), "key_ops"),
    "RS256": (lambda: jwks(good(alg="RS256")), "RS384"),
    "HS256": (lambda: jwks(good(alg="HS256")), "RS384"),
    "Ed25519": (lambda: jwks({"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "k"}), "kty"),
    "off the curve": (lambda: jwks(jwk(ec_pair(2), "k") | {"y": "A" * 64}), "not a key"),
    "a short point": (lambda: jwks(jwk(ec_pair(2), "k") | {"x": "AAAA"}), "48 bytes"),
    "padded": (lambda: jwks(good(e="AQAB==")), "not a key"),
    "twice the same name": (lambda: jwks(good(), jwk(ec_pair(2), "three")), "name (kid)"),
    "twice the same key": (lambda: jwks(good(), good() | {"kid": "four"}), "same key"),
    "eleven": (lambda: jwks(*[good()] * 11), "At most 10"),
    "none": (jwks, "at least one"),
    "keys that are no list": (lambda: '{"keys": {}}', "at least one"),
    "a text in the list": (lambda: '{"keys": ["x"]}', "not a JSON object"),
    "an address": (lambda: "https://client.example/jwks.json", "not JSON"),
    "a doubled key": (lambda: '{"keys": [], "keys": []}', "twice"),
    "a list": (lambda: "[]", "not a JSON object"),
    "NaN": (lambda: '{"keys": NaN}', "NaN"),
    "half a surrogate pair": (lambda: '{"keys": "\\ud800"}', "no character"),
    "deep": (lambda: "[" * 60_000, "not JSON"),
    "too long": (lambda: " " * 70_000, "at most"),
}  # fmt: skip


@pytest.mark.requirement(14)
@pytest.mark.parametrize("name", REFUSED)
def test_a_set_that_cannot_be_used_is_refused_whole(name: str) -> None:
    given, said = REFUSED[name]
    with pytest.raises(NotAKey) as refused:
        read_jwks(given())
    assert said in str(refused.value)


def test_only_the_public_members_are_kept() -> None:
    (one,) = read_jwks(jwks(good(x5c=["…"], alg="RS384", use="sig", key_ops=["verify"])))
    assert set(one.members) == {"kty", "n", "e"}
    # A bare key is a set of one.
    assert read_jwks(json.dumps(good()))[0].thumbprint == one.thumbprint


@pytest.mark.requirement(14)
def test_a_key_is_changed_for_another_without_a_gap(
    feed: Application, sasha: Account, now: datetime
) -> None:
    client_keys.add_keys(feed, jwks=jwks(good()), reason="Yearly", by=sasha, at=now)
    old = lambda: signed(claims(feed.client_id), rsa_pair())  # noqa: E731
    new = lambda: signed(claims(feed.client_id), rsa_pair(2), "three")  # noqa: E731
    assert [ask(one()).status_code for one in (old, new)] == [200, 200]
    first = ClientKey.objects.get(kid="one")
    client_keys.end_key(first, overlap_hours=1, reason="Yearly", by=sasha, at=now)
    assert [ask(one()).status_code for one in (old, new)] == [200, 200]
    assert AccessToken.objects.count() == 4
    client_keys.end_key(first, overlap_hours=0, reason="Leaked", by=sasha, at=timezone.now())
    assert not AccessToken.objects.exists()
    assert [ask(one()).status_code for one in (old, new)] == [401, 200]


def test_neither_a_name_nor_a_key_comes_again(
    feed: Application, sasha: Account, now: datetime
) -> None:
    other = clients.add_client(
        name="Other", contact="x", by=sasha, at=now, proof=ApiClient.KEYS
    ).application
    for whose, given in (
        (feed, jwk(rsa_pair(3), "one")),
        (feed, jwk(rsa_pair(), "another name")),
        (other, jwk(rsa_pair(), "one")),
    ):
        with pytest.raises(NotDone):
            client_keys.add_keys(whose, jwks=jwks(given), reason="x", by=sasha, at=now)
    assert ClientKey.objects.count() == 2


def test_a_key_is_ended_by_the_row_and_by_nothing_else(feed: Application) -> None:
    for statement in (
        "UPDATE institution_clientkey SET members = '{}'",
        "UPDATE institution_clientkey SET kid = 'x'",
        "DELETE FROM institution_clientkey",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def page_of(account: Account) -> Client:
    browser = Client()
    browser.force_login(account)
    return browser


def test_the_pages_of_a_client_that_signs(sasha: Account, now: datetime) -> None:
    admin = page_of(sasha)
    made = {"name": "Feed 2", "contact": "x", "proof": "keys"}
    answered = admin.post("/administration/clients/new/", made)
    held = Application.objects.get(name="Feed 2")
    here = f"/administration/clients/{held.pk}/"
    assert answered["Location"] == here
    assert "No key yet" in text_of(admin.get(here).text)
    private = jwks(jwk(rsa_pair(4), "k", private=True))
    refused = admin.post(f"{here}keys/", {"jwks": private, "reason": "x"})
    assert refused.status_code == 422
    assert "make another pair" in text_of(refused.text)
    given = {"jwks": jwks(jwk(rsa_pair(4), "k-2026")), "reason": "First"}
    assert admin.post(f"{here}keys/", given)["Location"] == here
    assert "k-2026" in text_of(admin.get(here).text)
    assert admin.post(f"{here}secret/", {"overlap_hours": 1, "reason": "x"}).status_code == 422
    (key,) = ClientKey.objects.filter(application=held)
    assert admin.get(f"{here}keys/{key.pk}/end/").status_code == 200
    assert admin.get(f"{here}keys/{key.pk + 1}/end/").status_code == 404
    ended = admin.post(f"{here}keys/{key.pk}/end/", {"overlap_hours": "0", "reason": "Leaked"})
    assert ended["Location"] == here
    assert "Ended" in text_of(admin.get(here).text)
    assert admin.post(f"{here}proof/", {"proof": "secret", "reason": "x"})["Location"] == here
    assert admin.post(f"{here}proof/", {"proof": "secret", "reason": "x"}).status_code == 422
    assert admin.post(f"{here}keys/", given).status_code == 422


def test_the_same_over_http(feed: Application, sasha: Account) -> None:
    admin = page_of(sasha)
    there = f"/api/v1/clients/{feed.pk}/"

    def send(path: str, body: Any) -> Any:
        tag = admin.get(there)["ETag"]
        return admin.post(
            there + path, json.dumps(body), "application/json", headers={"If-Match": tag}
        )

    added = send("keys/", {"jwks": {"keys": [good()]}, "reason": "Yearly"})
    assert added.status_code == 200, added.content
    assert [one["kid"] for one in added.json()["keys"]] == ["one", "two", "three"]
    again = send("keys/", {"jwks": {"keys": [good()]}, "reason": "Yearly"})
    assert again.status_code == 422
    assert again.json()["errors"][0]["pointer"] == "/jwks"
    private = send("keys/", {"jwks": jwk(ec_pair(4), "p", private=True), "reason": "x"})
    assert "private" in private.json()["detail"]
    (first, *_) = added.json()["keys"]
    ended = send(f"keys/{first['id']}/end/", {"overlap_hours": 0, "reason": "Leaked"})
    assert ended.json()["keys"][0]["until"] is not None
    assert send(f"keys/{first['id']}/end/", {"overlap_hours": 0, "reason": "x"}).status_code == 409
    assert send("keys/999999/end/", {"overlap_hours": 0, "reason": "x"}).status_code == 404
    assert send("proof/", {"proof": "either", "reason": "x"}).json()["proof"] == "either"
    grant = send("sites/edmonton/", {"rights": [], "smart": "system/Observation.read"})
    assert grant.json()["grants"] == [
        {"site": "edmonton", "rights": [], "smart": ["system/Observation.rs"]}
    ]
    assert send("sites/edmonton/", {"rights": [], "smart": "user/*.rs"}).status_code == 422


def test_a_key_may_end_at_most_a_week_ahead(
    feed: Application, sasha: Account, now: datetime
) -> None:
    key = ClientKey.objects.get(kid="one")
    for hours in (-1, 169):
        with pytest.raises(NotDone):
            client_keys.end_key(key, overlap_hours=hours, reason="x", by=sasha, at=now)
    assert key.holds(at=now + timedelta(days=9))
