"""Notes over HTTP: the same threads, refusals and sentences as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from eligibility.models import Note
from patients.models import Patient
from tests.api.screenings.conftest import ALL, Desk
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(make_desk: Callable[[str], Desk]) -> Desk:
    return make_desk("toronto")


def test_a_thread_from_its_first_note_to_its_end(desk: Desk) -> None:
    held = desk.opens()
    there, investigator = f"{ALL}{held.pk}/notes/", desk.team.investigator.username
    told = {"criterion": "platelets", "text": "Which laboratory?", "assignee": investigator}
    with use_sites([desk.team.site.pk]):
        before = Patient.objects.get(pk=held.patient_id).record_version
    written = desk.anna.post(there, told)
    assert written.status_code == 201
    first: dict[str, Any] = written.json()
    assert (first["text"], first["assignee"]) == ("Which laboratory?", "investigator toronto")
    answer = desk.ines.post(f"{there}{first['id']}/answers/", {"text": "The second."})
    assert (answer.status_code, answer.json()["answers"]) == (201, first["id"])
    closed = desk.ines.post(f"{there}{first['id']}/close/", {}).json()
    assert closed["closed_by"] == "investigator toronto"
    assert desk.anna.post(f"{there}{first['id']}/close/", {}).json() == closed
    late = desk.anna.post(f"{there}{first['id']}/answers/", {"text": "Late"})
    assert (late.status_code, late.json()["detail"]) == (
        409,
        "This note is closed: write a new one.",
    )
    listed = desk.anna.get(there).json()["results"]
    assert [one["text"] for one in listed] == ["Which laboratory?", "The second."]
    assert desk.anna.get(f"{there}?criterion=creatinine").json()["results"] == []
    with use_sites([desk.team.site.pk]):
        assert Patient.objects.get(pk=held.patient_id).record_version == before
    assert desk.anna.get(f"{ALL}{held.pk}/").json()["version"] == held.version


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": ""}, 422),
        ({"text": "   "}, 422),
        ({"text": 5}, 422),
        ({"text": None}, 422),
        ({"text": "x" * 4001}, 422),
        ({"text": "x", "criterion": "luck"}, 409),
        ({"text": "x", "assignee": "nobody"}, 422),
        ({"text": "x", "by": "somebody"}, 422),
        ([], 422),
        ("{", 400),
    ],
)
def test_what_is_no_note(desk: Desk, body: Any, status: int) -> None:
    held = desk.opens()
    answered = desk.anna.post(f"{ALL}{held.pk}/notes/", body)
    assert answered.status_code == status, answered.text
    with use_sites([desk.team.site.pk]):
        assert not Note.objects.exists()


def test_a_note_sent_twice_under_one_key_is_written_once(desk: Desk) -> None:
    there = f"{ALL}{desk.opens().pk}/notes/"
    sent = [desk.anna.post(there, {"text": "x"}, Idempotency_Key="k") for _ in range(2)]
    assert sent[0].json() == sent[1].json()
    assert len(desk.anna.get(there).json()["results"]) == 1


def test_a_system_writes_none_and_another_site_sees_none(
    desk: Desk, make_desk: Callable[[str], Desk]
) -> None:
    there = f"{ALL}{desk.opens().pk}/notes/"
    refused = desk.ehr.post(there, {"text": "x"})
    assert refused.status_code == 403
    assert "between people" in refused.json()["detail"]
    first = desk.anna.post(there, {"text": "x"}).json()["id"]
    far, nowhere = make_desk("montreal"), f"{ALL}{uuid4()}/notes/"
    for tail in ("", f"{first}/answers/", f"{first}/close/"):
        body = {} if tail.endswith("close/") else {"text": "x"}
        assert far.anna.post(there + tail, body).status_code == 404
        assert far.anna.post(nowhere + tail, body).status_code == 404
    assert far.anna.get(there).status_code == 404
    assert desk.anna.post(f"{there}{10**30}/close/", {}).status_code == 404
