"""A record system asks about a patient and gets a card: what is missing is said, and nothing is stored or fetched."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from eligibility import protocols
from eligibility.actions import record_systems, set_policy
from eligibility.models import RecordSystem
from eligibility.presenters.cds_cards import as_text
from patients.actions import Attribution, receive_bundle
from patients.models import Delivery, Patient
from tests.api.conftest import problem
from tests.smart.keys import claims, ec_pair, jwk, rsa_pair, signed
from tests.smart.record_systems import (
    ISSUER,
    PARTS,
    SERVICE,
    Ehr,
    question,
    registered,
    resources_of,
    searchset,
)
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, Site, TrailEntry
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
STORY = "meets-everything"


@pytest.fixture
def ehr(edmonton: Site, sasha: Account, now: datetime) -> Ehr:
    return registered(edmonton, sasha, now)


@pytest.fixture
def today(edmonton: Site) -> date:
    return timezone.localdate(timezone=edmonton.zone)


@pytest.fixture
def resources(today: date) -> list[dict[str, Any]]:
    return resources_of(STORY, today)


def card_of(answered: Any) -> dict[str, Any]:
    assert answered.status_code == 200, answered.content
    (one,) = answered.json()["cards"]
    held: dict[str, Any] = one
    return held


def test_what_there_is_is_told_to_everybody(db: Any) -> None:
    (service,) = Client().get("/cds-services").json()["services"]
    assert (service["id"], service["hook"]) == ("trial-eligibility", "patient-view")
    assert service["prefetch"]["patient"] == "Patient/{{context.patientId}}"
    assert {one.split("?")[0] for one in service["prefetch"].values()} == {
        "Patient/{{context.patientId}}",
        *PARTS.values(),
    }
    assert Client().get("/cds-services/other").status_code == 404
    assert Client().get(SERVICE).status_code in (401, 405)


@pytest.mark.requirement(59)
def test_a_card_says_the_status_and_what_is_missing(
    ehr: Ehr, resources: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: Any, **__: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket, "create_connection", nobody)
    one = card_of(ehr.post(question(resources)))
    assert one["summary"].startswith("NCT00514085: ")
    assert len(one["summary"]) < 140
    assert one["indicator"] == "info"
    assert one["source"]["label"] == "trialscreen"
    assert "Needs data" in one["detail"]
    assert "Not sent" not in one["detail"]
    assert one["links"] == []
    assert len(one["uuid"]) == 36
    with use_sites([ehr.system.site_id]):
        assert not Patient.objects.exists()
        assert not Delivery.objects.exists()
        told = TrailEntry.objects.get(kind="evaluated", subject="record-system")
    assert told.new is not None
    assert told.new["missing"] == []
    assert resources[0]["id"] not in json.dumps(told.new)
    assert told.client == f"record-system-{ehr.system.pk}"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "how", ["left out", "null", "another page", "fewer than found", "an error", "an error inside"]
)
def test_what_was_not_sent_whole_is_unknown_and_named(
    ehr: Ehr, resources: list[dict[str, Any]], part: str, how: str
) -> None:
    whole = card_of(ehr.post(question(resources)))
    asked = question(resources)
    sent, error = asked["prefetch"], {"resourceType": "OperationOutcome", "issue": []}
    given: dict[str, Callable[[], Any]] = {
        "null": lambda: None,
        "another page": lambda: sent[part] | {"link": [{"relation": "next", "url": "x"}]},
        "fewer than found": lambda: sent[part] | {"total": 99},
        "an error": lambda: error,
        "an error inside": lambda: sent[part] | {"entry": [{"resource": error}]},
    }
    if how == "left out":
        del sent[part]
    else:
        sent[part] = given[how]()
    one = card_of(ehr.post(asked))
    assert f"by the record system: {PARTS[part]}." in one["detail"]
    assert one["indicator"] == "warning"
    assert "cannot be said yet" in one["summary"]
    assert "to confirm" not in one["summary"]
    assert "Unknown for want of what was not sent" in one["detail"]
    assert whole["indicator"] == "info"


def test_without_its_patient_a_record_is_judged_with_nothing_known_of_them(
    ehr: Ehr, resources: list[dict[str, Any]]
) -> None:
    one = card_of(ehr.post(question(resources, "patient")))
    assert "by the record system: Patient." in one["detail"]
    nothing = question(resources)
    for none in ("null", "{}"):
        nothing["prefetch"] = json.loads(none)
        nothing["hookInstance"] = "0b0cbf4e-2d3c-4f6e-9d0d-0a4c7d2f6a11"
        assert "Patient, Condition, Observation" in card_of(ehr.post(nothing))["detail"]


def test_another_patients_record_is_refused(ehr: Ehr, resources: list[dict[str, Any]]) -> None:
    other = question(resources)
    other["context"]["patientId"] = "somebody-else"
    said = problem(ehr.post(other), 422)
    assert said["errors"][0]["pointer"] == "/prefetch/patient/0" or "patient" in json.dumps(said)
    mixed = question(resources)
    strange = {
        "resourceType": "Observation",
        "id": "strange",
        "status": "final",
        "subject": {"reference": "Patient/somebody-else"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
    }
    mixed["prefetch"]["observations"]["entry"].append({"resource": strange})
    assert ehr.post(mixed).status_code == 422


def test_a_candidate_who_is_known_here_is_linked_without_a_word_of_them(
    ehr: Ehr, resources: list[dict[str, Any]], edmonton: Site, montreal: Site, today: date
) -> None:
    patient = next(one for one in resources if one["resourceType"] == "Patient")
    patient["identifier"] = [{"system": "urn:mrn:edmonton", "value": "SECRET-4711"}]
    bundle: Any = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}]}

    def known(site: Site, source: str) -> Patient:
        with use_sites([site.pk]):
            return receive_bundle(
                json.dumps(bundle),
                site=site,
                source=source,
                by=Attribution(client=source),
                received_on=today,
            ).patient

    known(montreal, "registry")
    assert card_of(ehr.post(question(resources)))["links"] == []
    here = known(edmonton, "registry")
    (link,) = card_of(ehr.post(question(resources)))["links"]
    assert link["url"] == f"http://testserver/patients/{here.pk}/"
    assert link["type"] == "absolute"
    # Of two of whom one could be meant, nobody is.
    patient["identifier"].append({"system": "urn:mrn:other", "value": "2"})
    bundle["entry"][0]["resource"] = {
        **patient, "id": "another", "identifier": [{"system": "urn:mrn:other", "value": "2"}],
    }  # fmt: skip
    known(edmonton, "second")
    assert card_of(ehr.post(question(resources)))["links"] == []


def test_where_it_is_configured_what_was_sent_is_received(
    ehr: Ehr, resources: list[dict[str, Any]], sasha: Account
) -> None:
    site = ehr.system.site_id
    with use_conduct([site], [site]):
        record_systems.set_storing(ehr.system, stores=True, reason="Agreed", by=sasha)
    asked = question(resources)
    (link,) = card_of(ehr.post(asked))["links"]
    assert card_of(ehr.post(asked | {"hookInstance": asked["hookInstance"]}))["links"] == [link]
    with use_sites([site]):
        patient, delivery = Patient.objects.get(), Delivery.objects.get()
        assert delivery.source == delivery.client == f"record-system-{ehr.system.pk}"
        assert str(patient.pk) in link["url"]
    card_of(ehr.post(question(resources, "patient")))
    with use_sites([site]):
        assert Delivery.objects.count() == 1


def test_the_sites_own_policy_is_asked(
    ehr: Ehr, resources: list[dict[str, Any]], edmonton: Site, today: date
) -> None:
    before = card_of(ehr.post(question(resources)))["detail"]
    protocol = protocols.get("NCT00514085")
    with use_sites([edmonton.pk]):
        tight = {one.name: 1 for one in protocol.policy.windows if one.name == "hematology"}
        set_policy(tight, site=edmonton, protocol=protocol, effective_from=today, by=None)
    assert card_of(ehr.post(question(resources)))["detail"] != before


HOSTILE = (
    "<script>alert(1)</script>",
    "![x](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "https://evil.example/steal www.evil.example evil.example nurse@evil.example",
    "\n# heading\n- list\n```\ncode",
    "a | b | c\n---|---",
    "&lt;img src=x onerror=alert(1)&gt; &#60;b&#62;",
    "**bold** __under__ ~~struck~~ $$math$$ @team #1 :smile:",
    "\u202edesrever\u200b\u0007",
)


@pytest.mark.requirement(63)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_record_says_is_text_and_no_markdown(ehr: Ehr, hostile: str, today: date) -> None:
    said = as_text(hostile)
    for active in (
        "<",
        "](",
        "![",
        "://",
        "www.",
        "```",
        "**",
        "__",
        "~~",
        "$$",
        "\n",
        "\u202e",
        "\x07",
    ):
        assert active not in said, said
    assert "&lt;" in said or "<" not in hostile
    resources = resources_of(STORY, today)
    for one in resources:
        for held in ("code", "valueCodeableConcept"):
            if isinstance(one.get(held), dict):
                one[held]["text"] = hostile
    detail = card_of(ehr.post(question(resources)))["detail"]
    assert "<" not in detail
    assert "](" not in detail
    assert "://" not in detail


TOKENS: dict[str, Callable[[Ehr], str]] = {
    "nothing": lambda ehr: "",
    "another audience": lambda ehr: ehr.token("http://testserver/cds-services"),
    "the token address": lambda ehr: ehr.token("http://testserver/o/token/"),
    "the feedback's": lambda ehr: ehr.token(f"{SERVICE}/feedback"),
    "unknown issuer": lambda ehr: ehr.token(iss="https://other.invalid"),
    "another key": lambda ehr: signed(claims(ISSUER, aud=SERVICE), rsa_pair(31), "ehr-1"),
    "unknown kid": lambda ehr: signed(claims(ISSUER, aud=SERVICE), rsa_pair(30), "ehr-2"),
    "its own key": lambda ehr: signed(
        claims(ISSUER, aud=SERVICE), rsa_pair(31), "ehr-1", jwk=jwk(rsa_pair(31), "ehr-1")
    ),
    "an address of keys": lambda ehr: signed(
        claims(ISSUER, aud=SERVICE), rsa_pair(30), "ehr-1", jku="https://ehr.hospital.invalid/jwks"
    ),
    "another algorithm": lambda ehr: signed(
        claims(ISSUER, aud=SERVICE), rsa_pair(30), "ehr-1", alg="RS256"
    ),
    "an EC key of that name": lambda ehr: signed(claims(ISSUER, aud=SERVICE), ec_pair(30), "ehr-1"),
    "expired": lambda ehr: ehr.token(exp=1),
    "too long": lambda ehr: ehr.token(exp=int(timezone.now().timestamp()) + 3600),
    "no jti": lambda ehr: ehr.token(jti=None),
    "no token at all": lambda ehr: "x",
}


@pytest.mark.requirement(14)
@pytest.mark.parametrize("name", TOKENS)
def test_without_a_good_token_there_is_no_card(
    ehr: Ehr, resources: list[dict[str, Any]], name: str
) -> None:
    refused = ehr.post(question(resources), token=TOKENS[name](ehr))
    assert refused.status_code == 401
    assert "Bearer" in refused["WWW-Authenticate"]
    assert problem(refused, 401)["detail"] == "Sign in first."


@pytest.mark.requirement(14)
@pytest.mark.requirement(37)
def test_a_token_is_shown_once_and_by_who_is_registered(
    ehr: Ehr, resources: list[dict[str, Any]], sasha: Account, now: datetime
) -> None:
    once = ehr.token()
    assert ehr.post(question(resources), token=once).status_code == 200
    assert ehr.post(question(resources), token=once).status_code == 401
    assert (
        Client().post("/cds-services/trial-eligibility", "{}", "application/json").status_code
        == 401
    )
    site = ehr.system.site_id
    with use_conduct([site], [site]):
        record_systems.end_system(ehr.system, reason="Replaced", by=sasha, at=now)
    assert ehr.post(question(resources)).status_code == 401
    with use_sites([site]):
        refused = TrailEntry.objects.filter(kind="refused", subject="record-system")
        assert [one.new["why"] for one in refused if one.new] == ["shown-before"]


def test_a_person_or_an_api_client_gets_no_card(sasha: Account, resources: list[Any]) -> None:
    person = Client()
    person.force_login(sasha)
    body = json.dumps(question(resources))
    there = "/cds-services/trial-eligibility"
    assert person.post(there, body, "application/json").status_code in (401, 403)


BROKEN: dict[str, tuple[Any, int]] = {
    "nothing": ("", 422),
    "no JSON": ("{", 400),
    "a list": ([], 422),
    "NaN": ('{"hook": NaN}', 400),
    "a doubled key": ('{"hook": "patient-view", "hook": "x"}', 400),
    "deep": ("[" * 5000, 400),
    "not UTF-8": (b"\xff\xfe", 400),
    "another hook": ({"hook": "order-sign"}, 422),
    "no instance": ({"hook": "patient-view"}, 422),
    "an instance that is none": ({"hook": "patient-view", "hookInstance": "x"}, 422),
    "no context": (
        {"hookInstance": "0b0cbf4e-2d3c-4f6e-9d0d-0a4c7d2f6a11", "hook": "patient-view"},
        422,
    ),
}
INSTANCE = {"hook": "patient-view", "hookInstance": "0b0cbf4e-2d3c-4f6e-9d0d-0a4c7d2f6a11"}
odd_ids: tuple[Any, ...] = ("", "a b", "x" * 65, "../1", 7, None, {}, "\x00", "ü")
for given in odd_ids:
    BROKEN[f"patientId {given!r}"] = (INSTANCE | {"context": {"patientId": given}}, 422)
HERE = INSTANCE | {"context": {"patientId": "p"}}
odd_parts: tuple[Any, ...] = (
    [],
    "x",
    7,
    {"unknown": None},
    {"patient": []},
    {"patient": {}},
    {"patient": {"resourceType": 7}},
    {"conditions": "x"},
    {"conditions": {"resourceType": "Bundle"}},
    {"conditions": {"resourceType": "Bundle", "type": "transaction"}},
    {"conditions": {"resourceType": "Bundle", "type": "searchset", "entry": {}}},
    {"patient": searchset({"resourceType": "Patient", "id": "q"})},
)
for sent in odd_parts:
    BROKEN[f"prefetch {json.dumps(sent)[:60]}"] = (HERE | {"prefetch": sent}, 422)


@pytest.mark.requirement(51)
@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_used_is_refused(ehr: Ehr, name: str) -> None:
    body, status = BROKEN[name]
    answered = ehr.post(body)
    # A NUL, or half of a surrogate pair, is no text of JSON here.
    assert answered.status_code in (status, 400), answered.content
    assert problem(answered, answered.status_code)["detail"]


def test_entries_that_hold_nothing_are_no_fault_of_ours(ehr: Ehr) -> None:
    strange: tuple[Any, ...] = (
        None,
        7,
        "x",
        [],
        {},
        {"resource": None},
        {"resource": {}},
        {"resource": []},
    )
    for one in strange:
        sent = {"conditions": {"resourceType": "Bundle", "type": "searchset", "entry": [one]}}
        assert ehr.post(HERE | {"prefetch": sent}).status_code in (200, 422)
    for total in ("x", -1, True, 10**30, None):
        sent = {"conditions": searchset(total=total, link="x")}
        assert ehr.post(HERE | {"prefetch": sent}).status_code == 200


def test_other_origins_read_it_only_where_configured(
    ehr: Ehr, settings: Any, resources: list[Any]
) -> None:
    theirs = {"Origin": "https://ehr.hospital.invalid"}
    assert "Access-Control-Allow-Origin" not in ehr.post(question(resources), **theirs)
    settings.CDS_ORIGINS = ["https://ehr.hospital.invalid"]
    answered = ehr.post(question(resources), **theirs)
    assert answered["Access-Control-Allow-Origin"] == "https://ehr.hospital.invalid"
    assert "Access-Control-Allow-Credentials" not in answered
    asked = Client().options("/cds-services/trial-eligibility", headers=theirs)
    assert asked.status_code == 204
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    for other in ("https://evil.invalid", "null", "*"):
        assert "Access-Control-Allow-Origin" not in Client().get(
            "/cds-services", headers={"Origin": other}
        )


@pytest.mark.requirement(67)
def test_a_record_system_is_answered_a_number_of_times_in_a_minute(ehr: Ehr, settings: Any) -> None:
    settings.THROTTLES = settings.THROTTLES | {"client": 2}
    asked = HERE | {"prefetch": {}}
    assert [ehr.post(asked).status_code for _ in range(3)] == [200, 200, 429]


def test_nobody_sees_another_sites_record_system(ehr: Ehr, montreal: Site) -> None:
    with use_sites([montreal.pk]):
        assert not RecordSystem.objects.exists()
    with use_sites(()):
        assert not RecordSystem.objects.exists()
