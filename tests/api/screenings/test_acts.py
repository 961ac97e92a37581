"""Moving a screening over HTTP: the whole way, and what refuses on it, in the words of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eligibility.models import Event, Screening, State
from patients.models import IdempotencyKey, Patient
from tests.api.conftest import problem
from tests.api.screenings.conftest import ALL, Desk
from tests.api.stored.conftest import Asker
from tests.workflow.staffed import PASSWORD, answer
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


def reads(who: Asker, held: Screening) -> Any:
    answer = who.get(f"{ALL}{held.pk}/")
    assert answer.status_code == 200, answer.content[:300]
    return answer


def does(who: Asker, held: Screening, act: str, body: Any = None, **also: str) -> Any:
    """As who has just read the episode."""
    also.setdefault("If_Match", reads(who, held).headers["ETag"])
    return who.post(f"{ALL}{held.pk}/{act}/", body or {}, **also)


def version(who: Asker, held: Screening) -> dict[str, int]:
    return {"record_version": reads(who, held).json()["record_version"]}


def confirmed(desk: Desk, held: Screening) -> None:
    assert does(desk.anna, held, "start").status_code == 200
    answer = does(desk.anna, held, "confirm", version(desk.anna, held))
    assert answer.status_code == 200, answer.content[:500]


def signed(desk: Desk, held: Screening) -> None:
    confirmed(desk, held)
    said = {"password": PASSWORD, **version(desk.ines, held)}
    answer = does(desk.ines, held, "sign", said)
    assert answer.status_code == 200, answer.content[:500]


def consent(desk: Desk, **other: str) -> dict[str, str]:
    said = {"part": "A", "consent_version": "3.0", "consent_on": desk.today.isoformat()}
    return said | other


def refused(answer: Any, status: int, code: str, *words: str) -> None:
    document = problem(answer, status)
    assert document["errors"][0]["code"] == code, document
    assert document["errors"][0]["detail"] == document["detail"]
    for one in words:
        assert one in document["detail"]


def test_from_candidate_to_registered(desk: Desk) -> None:
    held = desk.opens()
    signed(desk, held)
    done = does(desk.anna, held, "register", consent(desk))
    assert done.status_code == 200, done.content[:500]
    told = done.json()
    assert told["state"] == "registered"
    assert told["research_subject_status"] == "on-study"
    assert told["registration"]["subject_number"] == 1
    assert told["signature"]["meaning"].startswith("I have reviewed")
    assert told["signature"]["digest"].startswith("sha256:")
    assert told["confirmation"]["by"] == "coordinator toronto"
    assert done.headers["ETag"] == f'"{told["version"]}"'
    events = desk.anna.get(f"{ALL}{held.pk}/events/").json()["results"]
    assert [(one["act"], one["from"], one["to"]) for one in events] == [
        ("open", None, "candidate"),
        ("start", "candidate", "in_screening"),
        ("confirm", "in_screening", "confirmed"),
        ("sign", "confirmed", "signed"),
        ("register", "signed", "registered"),
    ]


def test_what_can_be_done_is_told_with_the_reason(desk: Desk) -> None:
    held = desk.opens()
    acts = {one["act"]: one for one in reads(desk.anna, held).json()["acts"]}
    assert acts["start"] == {"act": "start", "possible": True, "because": None}
    assert "“In screening”" in acts["confirm"]["because"]
    assert "Only an investigator" in acts["sign"]["because"]
    assert acts["rescreen"]["because"] == "This screening is still open."
    systems = {one["act"]: one for one in reads(desk.ehr, held).json()["acts"]}
    assert all("never a system" in systems[act]["because"] for act in ("confirm", "sign"))


@pytest.mark.parametrize("act", ["confirm", "sign", "decline", "register"])
def test_a_system_never_decides(desk: Desk, act: str) -> None:
    held = desk.opens()
    body: dict[str, Any] = {"confirm": {"record_version": 1}}.get(act, {})
    if act == "sign":
        body = {"password": PASSWORD, "record_version": 1}
    refused(does(desk.ehr, held, act, body), 403, "client", "never a system")
    held.refresh_from_db()
    assert held.version == 1


def test_a_system_may_start_and_close(desk: Desk) -> None:
    held = desk.opens()
    assert does(desk.ehr, held, "start").status_code == 200
    ended = does(desk.ehr, held, "close", {"state": "lost", "reason": "moved"})
    assert ended.json()["state"] == "lost"
    with use_sites([desk.team.site.pk]):
        assert set(Event.objects.exclude(by_name="trialscreen").values_list("client")) == {
            ("ehr-toronto",)
        }


def test_versions_are_asked_for(desk: Desk) -> None:
    held = desk.opens()
    problem(desk.anna.post(f"{ALL}{held.pk}/start/", {}), 428)
    refused(does(desk.anna, held, "start", If_Match='"7"'), 412, "moved", "Somebody else")
    refused(does(desk.anna, held, "start", If_Match='W/"1"'), 412, "moved")
    assert does(desk.anna, held, "start", If_Match="*").status_code == 200
    refused(does(desk.anna, held, "start", If_Match='"1"'), 412, "moved")
    refused(does(desk.anna, held, "start"), 409, "state", "“In screening”")


def test_a_record_that_moved_is_looked_at_again(desk: Desk) -> None:
    held = desk.opens()
    does(desk.anna, held, "start")
    seen = version(desk.anna, held)
    with use_sites([desk.team.site.pk]):
        patient = Patient.objects.get(pk=held.patient_id)
        answer(patient, "no-active-infection", "met", on=str(desk.today))
    refused(
        does(desk.anna, held, "confirm", seen), 409, "record-moved", "answer on “Active infection”"
    )


def test_who_may_not_is_told_why(desk: Desk) -> None:
    held = desk.opens()
    confirmed(desk, held)
    said = {"password": PASSWORD, **version(desk.anna, held)}
    refused(does(desk.anna, held, "sign", said), 403, "role", "Only an investigator")
    wrong = does(desk.ines, held, "sign", said | {"password": "a guess"})
    refused(wrong, 403, "password", "nothing was signed")
    refused(does(desk.ines, held, "decline"), 409, "reason", "Say why")
    back = does(desk.ines, held, "decline", {"note": "ECOG is not what I saw"})
    assert back.json()["state"] == "in_screening"


def test_nobody_signs_their_own(desk: Desk) -> None:
    held = desk.opens()
    does(desk.ines, held, "start")
    does(desk.ines, held, "confirm", version(desk.ines, held))
    said = {"password": PASSWORD, **version(desk.ines, held)}
    refused(does(desk.ines, held, "sign", said), 403, "own", "themselves")


def test_registering_needs_consent_a_part_and_a_signature(desk: Desk) -> None:
    held = desk.opens()
    confirmed(desk, held)
    refused(does(desk.anna, held, "register", consent(desk)), 409, "state", "“Signed”")
    said = {"password": PASSWORD, **version(desk.ines, held)}
    does(desk.ines, held, "sign", said)
    refused(does(desk.anna, held, "register", {"part": "A"}), 409, "consent", "without consent")
    late = consent(desk, consent_on="2099-01-01")
    refused(does(desk.anna, held, "register", late), 409, "consent", "future")
    refused(does(desk.anna, held, "register", consent(desk, part="C")), 409, "part", "no such part")
    held.refresh_from_db()
    assert held.state == State.SIGNED


def test_closed_for_a_listed_reason_and_screened_again_with_one(desk: Desk) -> None:
    held = desk.opens("newer-version")
    refused(does(desk.anna, held, "rescreen", {"note": "x"}), 409, "open", "still open")
    refused(does(desk.anna, held, "close", {"state": "lost"}), 409, "reason", "listed reasons")
    body = {"state": "ineligible", "reason": "failed-criteria"}
    assert does(desk.anna, held, "close", body).json()["state"] == "ineligible"
    events = desk.anna.get(f"{ALL}{held.pk}/events/").json()["results"]
    assert events[-1]["criteria"] == ["platelets"]
    refused(does(desk.anna, held, "close", body), 409, "state", "is over")
    refused(does(desk.anna, held, "rescreen", {"note": " . "}), 409, "reason", "Say why")
    again = does(desk.anna, held, "rescreen", {"note": "Clumped: repeated"})
    assert again.status_code == 201, again.content
    told = again.json()
    assert (told["episode"], told["previous"], told["status"]) == (2, str(held.pk), "ineligible")
    assert again.headers["Location"] == f"{ALL}{told['id']}/"
    assert reads(desk.anna, held).json()["following"] == told["id"]


def test_nothing_fails_nothing_is_ineligible(desk: Desk) -> None:
    held = desk.opens()
    body = {"state": "ineligible", "reason": "failed-criteria"}
    refused(does(desk.anna, held, "close", body), 409, "nothing-fails", "No criterion fails")


def test_sent_twice_is_done_once_and_keeps_no_trace_of_a_password(desk: Desk) -> None:
    held = desk.opens()
    confirmed(desk, held)
    tag = reads(desk.ines, held).headers["ETag"]
    said = {"password": PASSWORD, **version(desk.ines, held)}
    first = does(desk.ines, held, "sign", said, Idempotency_Key="one", If_Match=tag)
    again = does(desk.ines, held, "sign", said, Idempotency_Key="one", If_Match=tag)
    assert first.status_code == again.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.content == again.content
    assert PASSWORD.encode() not in first.content
    other = does(desk.ines, held, "sign", said | {"record_version": 99}, Idempotency_Key="one")
    problem(other, 422)
    wrong = said | {"password": "another"}
    with use_sites([desk.team.site.pk]):
        kept = set(IdempotencyKey.objects.values_list("request", flat=True))
    does(desk.ines, held, "sign", wrong, Idempotency_Key="one", If_Match=tag)
    with use_sites([desk.team.site.pk]):
        assert set(IdempotencyKey.objects.values_list("request", flat=True)) == kept


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("start", {"state": "signed"}),
        ("confirm", {}),
        ("confirm", {"record_version": "1"}),
        ("confirm", {"record_version": True}),
        ("sign", {"password": PASSWORD}),
        ("sign", {"password": 5, "record_version": 1}),
        ("close", {"state": "registered", "reason": "died"}),
        ("close", {}),
        ("register", {"consent_on": "25 Nov 2026"}),
        ("register", {"subject_number": 7}),
        ("rescreen", {"note": "x" * 2001}),
        ("decline", []),
    ],
)
def test_what_cannot_be_used_is_told_by_place(desk: Desk, act: str, body: Any) -> None:
    held = desk.opens()
    at, tag = f"{ALL}{held.pk}/{act}/", reads(desk.ines, held).headers["ETag"]
    problem(desk.ines.post(at, body, If_Match=tag), 422)
    held.refresh_from_db()
    assert held.version == 1


def test_another_sites_is_as_absent_as_none(make_desk: Callable[[str], Desk]) -> None:
    here, there = make_desk("toronto"), make_desk("montreal")
    held = there.opens()
    nobody = "00000000-0000-4000-8000-000000000000"
    for act in ("", "events/"):
        foreign = here.anna.get(f"{ALL}{held.pk}/{act}")
        absent = here.anna.get(f"{ALL}{nobody}/{act}")
        told = foreign.content.replace(str(held.pk).encode(), nobody.encode())
        assert foreign.status_code == absent.status_code == 404
        assert told == absent.content
    for act in ("start", "confirm", "sign", "decline", "register", "close", "rescreen"):
        answer = here.ines.post(f"{ALL}{held.pk}/{act}/", {}, If_Match="*")
        problem(answer, 404)
    assert here.anna.get(ALL).json()["results"] == []
    problem(here.anna.get(f"{ALL}?site=montreal"), 404)
    foreign = here.anna.post(ALL, {"patient": str(held.patient_id)})
    absent = here.anna.post(ALL, {"patient": nobody})
    assert foreign.status_code == 422
    assert foreign.content == absent.content
