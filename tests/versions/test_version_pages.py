"""Versions on pages and over the API: who sees and does what, in the same sentences."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from eligibility.models import ProtocolVersion, VersionEvent
from eligibility.publication import last_number, state_of
from eligibility.rules.protocol import Protocol
from tests.pages.test_pages import text_of
from tests.rules.amended import PROTOCOL
from tests.versions import steps
from trialscreen.institution.models import Account

pytestmark = pytest.mark.django_db
PAGE = f"/trials/{PROTOCOL.trial}/versions/"
API = f"/api/v1{PAGE}"
NEXT = "2027-01-01.1/"
NOW = f"{PROTOCOL.version}/"


def of(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def post(client: Client, step: str, body: dict[str, str], seen: int | None, key: str = "") -> Any:
    headers = {} if seen is None else {"If-Match": f'"{seen}"'}
    headers |= {"Idempotency-Key": key} if key else {}
    return client.post(
        f"{API}{NEXT}{step}/", body, content_type="application/json", headers=headers
    )


@pytest.mark.requirement(78)
def test_from_submitting_to_publishing_on_pages(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account, carol: Account
) -> None:
    admin, investigator = of(sasha), of(imogen)
    assert "Not submitted" in text_of(admin.get(PAGE).text)
    typed = {"reason": "Amendment 7", "seen": "1"}
    assert admin.post(f"{PAGE}{NEXT}submit/", typed)["Location"] == f"{PAGE}{NEXT}"
    own = admin.post(f"{PAGE}{NEXT}review/", typed | {"seen": "2"})
    assert own.status_code == 422
    assert "somebody else has to review it" in text_of(own.text)
    early = admin.post(f"{PAGE}{NEXT}publish/", typed | {"seen": "2", "signatures": "keep"})
    assert "Only a version that was reviewed is published." in text_of(early.text)
    assert investigator.post(f"{PAGE}{NEXT}review/", typed | {"seen": "2"}).status_code == 302
    stale = admin.post(f"{PAGE}{NEXT}publish/", typed | {"seen": "2", "signatures": "keep"})
    assert "Somebody else has done something since" in text_of(stale.text)
    steps.foreseen(ProtocolVersion.objects.get(version=tighter.version), by=sasha)
    done = admin.post(f"{PAGE}{NEXT}publish/", typed | {"seen": "3", "signatures": "keep"})
    assert done.status_code == 302
    page = text_of(of(carol).get(f"{PAGE}{NEXT}").text)
    for said in ("In force", "Submitted for review", "Imogen", "Amendment 7", "They stay"):
        assert said in page
    assert "Retired" in text_of(of(carol).get(f"{PAGE}{NOW}").text)
    assert "protocol version 2027-01-01.1" in text_of(admin.get("/trials/NCT00514085/").text)


def test_forms_say_what_is_missing(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account
) -> None:
    admin = of(sasha)
    answered = admin.post(f"{PAGE}{NEXT}submit/", {"reason": "", "seen": "1"})
    assert (answered.status_code, "Say why." in text_of(answered.text)) == (422, True)
    answered = admin.post(f"{PAGE}{NEXT}submit/", {"reason": "x", "seen": "x"})
    assert (answered.status_code, "Open this page again." in answered.text) == (422, True)
    steps.reviewed(tighter, by=sasha, reviewer=imogen)
    answered = admin.post(f"{PAGE}{NEXT}publish/", {"reason": "x", "seen": "3"})
    assert "Say what becomes of the signatures" in text_of(answered.text)


@pytest.mark.parametrize("step", ["submit", "publish"])
def test_others_than_administrators_are_refused(
    first: ProtocolVersion, tighter: Protocol, imogen: Account, carol: Account, step: str
) -> None:
    for nobody in (imogen, carol):
        assert of(nobody).get(f"{PAGE}{NEXT}{step}/").status_code == 403
        assert post(of(nobody), step, {}, 1).status_code == 403
    assert of(carol).get(f"{PAGE}{NEXT}review/").status_code == 403
    assert post(of(carol), "review", {}, 1).status_code == 403
    assert Client().get(PAGE).status_code == 302
    assert Client().get(API).status_code == 401


@pytest.mark.requirement(78)
def test_the_difference_is_readable_on_the_page_and_by_programs(
    first: ProtocolVersion, tighter: Protocol, carol: Account
) -> None:
    client = of(carol)
    page = text_of(client.get(f"{PAGE}{NEXT}changes/{NOW}").text)
    assert "Criteria: 1 changed." in page
    assert "at least 100,000/mm³" in page
    assert "at least 150,000/mm³" in page
    assert "Changed criteria" in page
    told = client.get(f"{API}{NEXT}changes/{NOW}").json()
    (changed,) = told["changed"]
    assert changed["id"] == "platelets"
    assert {"part": "value", "where": "limit value", "from": "100", "to": "150"} in changed["parts"]
    assert (told["from"]["version"], told["to"]["version"]) == (NOW[:-1], NEXT[:-1])
    assert told["summary"] == "Criteria: 1 changed."
    same = text_of(client.get(f"{PAGE}{NOW}changes/{NOW}").text)
    assert "Nothing but the name of the version is different." in same
    for nothing in ("changes/9/", "x/", "x/changes/y/"):
        assert client.get(f"{API}{nothing}").status_code == 404
        assert client.get(f"{PAGE}{nothing}").status_code == 404


@pytest.mark.requirement(78)
def test_the_same_steps_over_the_api(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account
) -> None:
    admin, investigator = of(sasha), of(imogen)
    listed = admin.get(API)
    assert listed["ETag"] == '"1"'
    assert [one["state"] for one in listed.json()["results"]] == ["not-submitted", "published"]
    assert post(admin, "submit", {"reason": "Amendment 7"}, None).status_code == 428
    assert post(admin, "submit", {"reason": "Amendment 7"}, 0).status_code == 412
    assert post(admin, "submit", {"reason": 7}, 1).status_code == 422  # type: ignore[dict-item]
    assert post(admin, "review", {"statement": "Read"}, 1).status_code == 409
    answered = post(admin, "submit", {"reason": "Amendment 7"}, 1)
    assert (answered.status_code, answered["ETag"]) == (200, '"2"')
    own = post(admin, "review", {"statement": "Read"}, 2)
    assert own.status_code == 403
    assert own.json()["detail"] == "You submitted this version: somebody else has to review it."
    again = post(admin, "submit", {"reason": "Amendment 7"}, 2)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "state")
    assert post(investigator, "review", {"statement": "Read"}, 2).json()["state"] == "reviewed"
    version = ProtocolVersion.objects.get(version=tighter.version)
    steps.foreseen(version, by=sasha)
    body = {"signatures": "perhaps", "reason": "Now"}
    assert post(admin, "publish", body, 3).status_code == 422
    done = post(admin, "publish", body | {"signatures": "recheck"}, 3).json()
    assert (done["state"], done["events"][-1]["signatures"]) == ("published", "recheck")
    assert state_of(first) == "retired"
    assert VersionEvent.objects.count() == last_number(PROTOCOL.trial) == 5


@pytest.mark.requirement(47)
def test_a_step_that_is_sent_again_with_its_key_is_taken_once(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account
) -> None:
    admin, investigator = of(sasha), of(imogen)
    steps_of_two = (
        (admin, "submit", {"reason": "Amendment 7"}, 1),
        (investigator, "review", {"statement": "Read"}, 2),
        (investigator, "send-back", {"reason": "Not so"}, 3),
        (admin, "submit", {"reason": "It is so"}, 4),
        (investigator, "review", {"statement": "Read again"}, 5),
    )
    for who, step, body, seen in steps_of_two:
        first_answer, *others = (post(who, step, body, seen, f"key {seen}") for _ in range(3))
        assert first_answer.status_code == 200
        assert "Idempotency-Replayed" not in first_answer
        for again in others:
            assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
            assert (again.content, again["ETag"]) == (first_answer.content, first_answer["ETag"])
        assert last_number(PROTOCOL.trial) == seen + 1
    other = post(admin, "submit", {"reason": "Another"}, 4, "key 4")
    assert other.status_code == 422
    assert "used before with another request" in other.json()["detail"]
    assert post(admin, "submit", {"reason": "Why"}, 6, "é").status_code == 400
    # A key stands for one person, and a refused step leaves none behind.
    refused = [post(investigator, "review", {"statement": "Read"}, 6, "mine") for _ in range(2)]
    assert [one.status_code for one in refused] == [409, 409]
    steps.foreseen(ProtocolVersion.objects.get(version=tighter.version), by=sasha)
    body = {"signatures": "keep", "reason": "Now"}
    done = [post(admin, "publish", body, 6, "mine") for _ in range(2)]
    assert [one.status_code for one in done] == [200, 200]
    assert done[0].content == done[1].content
    assert VersionEvent.objects.filter(act="publish").count() == 1


@pytest.mark.requirement(78)
def test_a_version_is_sent_back_on_its_page(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account, carol: Account
) -> None:
    steps.submitted(tighter, by=sasha)
    page = f"{PAGE}{NEXT}"
    assert f"{page}send-back/" in of(imogen).get(page).text
    assert f"{page}send-back/" not in of(carol).get(page).text
    assert of(carol).get(f"{page}send-back/").status_code == 403
    typed = {"reason": "", "seen": "2"}
    silent = of(imogen).post(f"{page}send-back/", typed)
    assert silent.status_code == 422
    assert "Say why." in text_of(silent.text)
    done = of(imogen).post(f"{page}send-back/", typed | {"reason": "Not so"})
    assert done["Location"] == page
    shown = of(sasha).get(page)
    said = text_of(shown.text)
    assert "Sent back" in said
    assert "Not so" in said
    assert f"{page}submit/" in shown.text
    assert f"{page}review/" not in shown.text
    late = of(imogen).post(f"{page}send-back/", {"reason": "Again", "seen": "3"})
    assert "Only a draft, or what was reviewed" in text_of(late.text)
