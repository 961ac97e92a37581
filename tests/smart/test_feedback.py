"""What came of cards is kept as it is told, once, and shown to administrators without anybody's own words."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from eligibility.models import CardFeedback, RecordSystem, RecordSystemKey
from tests.pages.test_pages import text_of
from tests.smart.keys import ec_pair, jwk, jwks
from tests.smart.record_systems import ISSUER, SERVICE, Ehr, registered
from tests.smart.test_keys import page_of
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
FEEDBACK = f"{SERVICE}/feedback"
CARD = "0b0cbf4e-2d3c-4f6e-9d0d-0a4c7d2f6a11"
WHEN = "2026-11-25T10:30:00Z"


@pytest.fixture
def ehr(edmonton: Site, sasha: Account, now: datetime) -> Ehr:
    return registered(edmonton, sasha, now)


def outcome(**other: Any) -> dict[str, Any]:
    said = {"card": CARD, "outcome": "accepted", "outcomeTimestamp": WHEN} | other
    return {name: one for name, one in said.items() if one is not None}


def held(ehr: Ehr) -> list[CardFeedback]:
    with use_sites([ehr.system.site_id]):
        return list(CardFeedback.objects.filter(system=ehr.system))


def test_it_is_kept_once(ehr: Ehr, edmonton: Site) -> None:
    reason = {
        "reason": {"code": "declined", "system": "urn:trialscreen:card-override"},
        "userComment": "Frau Müller will nicht",
    }
    told = {"feedback": [outcome(), outcome(outcome="overridden", overrideReason=reason)]}
    for _ in range(2):
        answered = ehr.post(told, FEEDBACK)
        assert (answered.status_code, answered.json()) == (200, {})
    assert sorted(one.outcome for one in held(ehr)) == ["accepted", "overridden"]
    assert {one.comment for one in held(ehr)} == {"", "Frau Müller will nicht"}
    for statement in (
        "UPDATE eligibility_cardfeedback SET outcome = 'accepted'",
        "DELETE FROM eligibility_cardfeedback",
        "UPDATE eligibility_recordsystem SET issuer = 'x'",
        "DELETE FROM eligibility_recordsystemkey",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            use_sites([edmonton.pk]),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


ODD: tuple[dict[str, Any], ...] = (
    {"card": "x"}, {"card": None}, {"card": CARD.replace("-", "")}, {"card": 7},
    {"outcome": "liked"}, {"outcome": None}, {"outcome": []},
    {"outcomeTimestamp": "2026-11-25"}, {"outcomeTimestamp": "2026-11-25T10:30:00"},
    {"outcomeTimestamp": None}, {"outcomeTimestamp": 7}, {"outcomeTimestamp": "0001-01-01T00:00:00+14:00"},
    {"outcomeTimestamp": "9999-12-31T23:59:59-12:00"},
    {"overrideReason": "x"}, {"overrideReason": {"reason": "x"}}, {"overrideReason": {"reason": {"code": 7}}},
    {"overrideReason": {"reason": {"code": "x" * 101}}}, {"overrideReason": {"userComment": ["x"]}},
    {"overrideReason": {"userComment": "x" * 2001}},
)  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        None, [], {}, {"feedback": None}, {"feedback": []}, {"feedback": {}}, {"feedback": [None]},
        {"feedback": [[]]}, {"feedback": [outcome()] * 101}, *({"feedback": [outcome(**one)]} for one in ODD),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_whole(ehr: Ehr, said: Any) -> None:
    good = outcome(card=str(uuid.uuid4()))
    if isinstance(said, dict) and isinstance(said.get("feedback"), list) and said["feedback"]:
        said["feedback"].append(good)
    assert ehr.post(said, FEEDBACK).status_code == 422
    assert held(ehr) == []


def test_only_who_signs_for_this_address_tells_it(ehr: Ehr) -> None:
    body = {"feedback": [outcome()]}
    assert ehr.post(body, FEEDBACK, token=ehr.token(SERVICE)).status_code == 401
    assert (
        Client()
        .post("/cds-services/trial-eligibility/feedback", "{}", "application/json")
        .status_code
        == 401
    )
    assert ehr.post(body, FEEDBACK).status_code == 200


def test_an_administrator_registers_looks_and_ends(
    sasha: Account, edmonton: Site, montreal: Site
) -> None:
    admin, root = page_of(sasha), "/administration/record-systems/"
    assert "No record system yet" in text_of(admin.get(root).text)
    new = {"name": "Records", "site": "edmonton", "issuer": ISSUER, "contact": "x"}
    here = admin.post(f"{root}new/", new)["Location"]
    with use_sites([edmonton.pk]):
        ehr = Ehr(RecordSystem.objects.select_related("site").get())
    for wrong, said in (
        (new | {"name": "Other", "site": "montreal"}, "this issuer is registered"),
        (new | {"issuer": "x"}, "has this name"),
        (new | {"issuer": ""}, "required"),
        (new | {"site": "nowhere"}, "Select a valid choice"),
    ):
        refused = admin.post(f"{root}new/", wrong)
        assert refused.status_code == 422
        assert said in text_of(refused.text)
    assert "No key" in text_of(admin.get(here).text)
    private = {"jwks": jwks(jwk(ec_pair(33), "k", private=True)), "reason": "x"}
    assert "make another pair" in text_of(admin.post(f"{here}keys/", private).text)
    given = {"jwks": jwks(jwk(ec_pair(33), "k")), "reason": "First"}
    assert admin.post(f"{here}keys/", given)["Location"] == here
    reason = {"reason": {"code": "declined", "system": "urn:trialscreen:card-override"}}
    told = {
        "feedback": [
            outcome(outcome="overridden", overrideReason=reason | {"userComment": "Frau Müller"})
        ]
    }
    from tests.smart.keys import claims, signed

    token = signed(claims(ISSUER, aud=FEEDBACK), ec_pair(33), "k")
    assert ehr.post(told, FEEDBACK, token=token).status_code == 200
    page = text_of(admin.get(here).text)
    assert "does not want to take part" in page
    assert "Müller" not in page
    assert admin.post(f"{here}storing/", {"stores": "yes", "reason": "x"})["Location"] == here
    assert admin.post(f"{here}storing/", {"stores": "yes", "reason": "x"}).status_code == 422
    with use_sites([edmonton.pk]):
        key = RecordSystemKey.objects.get()
    ending = {"overlap_hours": "0", "reason": "x"}
    assert admin.post(f"{here}keys/{key.pk + 1}/end/", ending).status_code == 404
    assert admin.post(f"{here}keys/{key.pk}/end/", ending)["Location"] == here
    assert admin.post(f"{here}end/", {"reason": "Replaced"})["Location"] == here
    assert admin.post(f"{here}end/", {"reason": "Replaced"}).status_code == 422
    assert admin.post(f"{here}keys/", given).status_code == 422
    assert admin.get(f"{root}99999/").status_code == 404


def test_the_same_over_http(sasha: Account, edmonton: Site) -> None:
    admin, root = page_of(sasha), "/api/v1/record-systems/"
    new = {"name": "Records", "site": "edmonton", "issuer": ISSUER, "contact": "x"}
    made = admin.post(root, json.dumps(new), "application/json")
    assert made.status_code == 201, made.content
    there = f"{root}{made.json()['id']}/"

    def send(path: str, body: Any) -> Any:
        tag = admin.get(there)["ETag"]
        return admin.post(
            there + path, json.dumps(body), "application/json", headers={"If-Match": tag}
        )

    added = send("keys/", {"jwks": jwk(ec_pair(34), "k"), "reason": "First"})
    assert added.json()["keys"][0]["algorithm"] == "ES384"
    assert send("storing/", {"stores": True, "reason": "x"}).json()["stores"] is True
    key = added.json()["keys"][0]["id"]
    assert send(f"keys/{key}/end/", {"overlap_hours": 0, "reason": "x"}).json()["keys"][0]["until"]
    assert send("end/", {"reason": "x"}).json()["ended_at"]
    assert send("end/", {"reason": "x"}).status_code == 409
    assert admin.get(there).json()["feedback"] == []
    assert [one["name"] for one in admin.get(root).json()["results"]] == ["Records"]
