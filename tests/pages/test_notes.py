"""Notes on a criterion: written, answered, handed over, closed; they decide nothing and void nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from eligibility.actions import assess, confirm, notes, sign, start
from eligibility.actions.deciding import Look
from eligibility.models import Determination, Note, Screening, State, Voiding
from eligibility.policies import NotAllowed, NotNow
from patients.models import Patient
from tests.pages.stored import assessed, bare, coordinator, make_site
from tests.pages.test_pages import text_of
from tests.pages.test_patients import queries, without_numbers
from tests.workflow.staffed import AT, ON, PASSWORD, PROTOCOL, Staffed, candidate, staffed
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db

CRITERION = "platelets"


@pytest.fixture
def team() -> Iterator[Staffed]:
    site = make_site("toronto", "America/Toronto")
    with use_sites([site.pk]):
        yield staffed(site.code)


@pytest.fixture
def held(team: Staffed) -> Screening:
    return candidate("meets-everything", team.site)


@pytest.fixture
def anna(client: Client, team: Staffed) -> Client:
    """The browser of the coordinator."""
    client.force_login(team.coordinator)
    return client


def written(held: Screening, team: Staffed, **options: Any) -> Note:
    told = {"criterion": CRITERION, "text": "Is this the right laboratory?"} | options
    return notes.write(held.pk, by=team.coordinator, protocol=PROTOCOL, on=ON, **told)


def there(held: Screening) -> str:
    return f"/screenings/{held.pk}/notes/"


def row_of(page: str, criterion: str = CRITERION) -> str:
    """The row of a criterion on the patient's page."""
    return page.split(f'id="{criterion}"')[1].split('<li class="criterion')[0]


def test_a_note_moves_nothing(team: Staffed, held: Screening) -> None:
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    version = Patient.objects.get(pk=held.patient_id).record_version
    confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=Look(2, version))
    sign(
        held.pk,
        by=team.investigates,
        password=PASSWORD,
        protocol=PROTOCOL,
        at=AT,
        on=ON,
        seen=3,
    )
    before = Determination.objects.get(screening=held).digest
    first = written(held, team, assignee=team.investigator.pk)
    notes.answer(held.pk, first.pk, text="Yes.", by=team.investigator, on=ON)
    notes.close(held.pk, first.pk, by=team.investigator, on=ON)
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    held.refresh_from_db()
    assert (held.state, held.version) == (State.SIGNED, 4)
    assert Patient.objects.get(pk=held.patient_id).record_version == version
    assert Determination.objects.get(screening=held).digest == before
    assert not Voiding.objects.exists()


def test_what_is_noted_stands_in_the_row_with_its_count(
    anna: Client, team: Staffed, held: Screening
) -> None:
    written(held, team, assignee=team.investigator.pk)
    page = anna.get(f"/patients/{held.patient_id}/").text
    said = text_of(row_of(page))
    assert "1 open note" in said.split("Notes")[0]
    assert "Is this the right laboratory?" in said
    assert "Waits for investigator toronto" in said
    assert "Answer, hand over or write a note" in said
    assert "note-form" not in page
    assert "open note" not in text_of(row_of(page, "creatinine"))


def test_written_without_a_script(anna: Client, team: Staffed, held: Screening) -> None:
    asked = anna.get(there(held), {"criterion": CRITERION})
    assert "Write the note" in asked.text
    form = {"criterion": CRITERION, "text": " Ring the lab. \n", "assignee": team.investigator.pk}
    answered = anna.post(there(held), form)
    assert answered.status_code == 302
    assert answered["Location"] == f"/patients/{held.patient_id}/#notes-{CRITERION}"
    note = Note.objects.get()
    assert (note.text, note.by, note.assignee) == (
        "Ring the lab.",
        team.coordinator,
        team.investigator,
    )


def test_written_in_place(anna: Client, held: Screening) -> None:
    answered = anna.post(
        there(held),
        {"criterion": CRITERION, "text": "Ring the lab."},
        headers={"HX-Request": "true"},
    )
    assert answered.status_code == 200
    assert "<html" not in answered.text
    assert f'id="notes-{CRITERION}"' in answered.text
    assert f'id="count-notes-{CRITERION}" hx-swap-oob="innerHTML"' in answered.text
    assert "The note is written." in text_of(answered.text)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": ""}, "Write what the note says."),
        ({"text": " \n\t"}, "Write what the note says."),
        ({"text": "x" * 4001}, "at most 4000 characters"),
        ({"text": "a\x00b"}, "Null characters are not allowed"),
        ({"text": "kept as typed", "assignee": "somebody"}, "Select a valid choice"),
        ({"text": "kept as typed", "assignee": "999999"}, "Select a valid choice"),
    ],
)
def test_a_refused_note_keeps_what_was_typed(
    anna: Client, held: Screening, wrong: dict[str, str], sentence: str, in_place: bool
) -> None:
    headers = {"HX-Request": "true"} if in_place else {}
    answered = anna.post(there(held), {"criterion": CRITERION} | wrong, headers=headers)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    if "kept" in wrong["text"]:
        assert "kept as typed</textarea>" in answered.text
    assert not Note.objects.exists()


def test_a_thread_is_answered_handed_over_and_closed(
    anna: Client, team: Staffed, held: Screening
) -> None:
    first = written(held, team, assignee=team.coordinator.pk)
    mine = text_of(anna.get("/notes/").text)
    assert "Is this the right laboratory?" in mine
    anna.post(
        f"{there(held)}{first.pk}/answers/",
        {"text": "Please look.", "assignee": team.investigator.pk},
    )
    first.refresh_from_db()
    assert first.assignee == team.investigator
    assert "Nothing waits for you" in text_of(anna.get("/notes/").text)
    page = text_of(anna.get(there(held), {"criterion": CRITERION}).text)
    assert "handed over to investigator toronto" in page
    done = anna.post(f"{there(held)}{first.pk}/close/", headers={"HX-Request": "true"})
    assert "The note is closed." in text_of(done.text)
    assert "Closed by coordinator toronto" in text_of(done.text)
    assert "open note" not in text_of(done.text)


def test_a_refused_answer_keeps_what_was_typed(
    anna: Client, team: Staffed, held: Screening
) -> None:
    first = written(held, team)
    answered = anna.post(f"{there(held)}{first.pk}/answers/", {"text": "So", "assignee": "-1"})
    assert answered.status_code == 422
    assert "So</textarea>" in answered.text
    assert '<details class="note-answer" open>' in answered.text
    assert "Write the note" in answered.text


def test_a_closed_thread_takes_no_answer_and_stays_closed_by_whom_it_was(
    anna: Client, team: Staffed, held: Screening
) -> None:
    first = written(held, team)
    closed = notes.close(held.pk, first.pk, by=team.investigator, on=ON)
    again = notes.close(held.pk, first.pk, by=team.coordinator, on=ON)
    assert (again.closed_by, again.closed_at) == (team.investigator, closed.closed_at)
    with pytest.raises(NotNow, match="closed"):
        notes.answer(held.pk, first.pk, text="Late", by=team.coordinator, on=ON)
    late = anna.post(f"{there(held)}{first.pk}/answers/", {"text": "Late words"})
    assert late.status_code == 422
    assert "This note is closed" in text_of(late.text)
    assert "Late words" in late.text


def test_another_site_s_notes_are_absent(client: Client, team: Staffed, held: Screening) -> None:
    first = written(held, team)
    client.force_login(coordinator(make_site("montreal", "America/Toronto"), "marc"))
    unknown = uuid4()
    for real, none in (
        (there(held), f"/screenings/{unknown}/notes/"),
        (f"{there(held)}{first.pk}/answers/", f"/screenings/{unknown}/notes/1/answers/"),
        (f"{there(held)}{first.pk}/close/", f"/screenings/{unknown}/notes/1/close/"),
    ):
        sent = {"criterion": CRITERION, "text": "Hello"}
        answers = [client.post(at, sent) for at in (real, none)]
        assert [one.status_code for one in answers] == [404, 404]
        assert without_numbers(answers[0].text) == without_numbers(answers[1].text)
    assert client.get(there(held)).status_code == 404
    assert Note.objects.count() == 1
    assert "Nothing waits for you" in text_of(client.get("/notes/").text)


def test_a_note_belongs_to_its_own_episode(anna: Client, team: Staffed, held: Screening) -> None:
    first = written(held, team)
    other = candidate("pregnant", team.site)
    assert anna.post(f"{there(other)}{first.pk}/close/").status_code == 404
    second = notes.answer(held.pk, first.pk, text="Yes", by=team.coordinator, on=ON)
    # An answer is no thread: neither answered nor closed.
    assert anna.post(f"{there(held)}{second.pk}/close/").status_code == 404
    assert anna.post(f"{there(held)}{second.pk}/answers/", {"text": "x"}).status_code == 404


def test_what_is_no_criterion_is_absent(anna: Client, held: Screening) -> None:
    assert anna.get(there(held), {"criterion": "luck"}).status_code == 404
    assert anna.post(there(held), {"criterion": "luck", "text": "x"}).status_code == 404
    assert anna.get(there(held)).status_code == 200
    assert anna.get(f"{there(held)}1/close/").status_code == 405


def test_who_may(client: Client, team: Staffed, held: Screening) -> None:
    stranger = coordinator(make_site("montreal", "America/Toronto"), "marc")
    with pytest.raises(NotAllowed):
        notes.write(held.pk, criterion="", text="x", by=stranger, protocol=PROTOCOL, on=ON)
    with pytest.raises(NotAllowed, match="screens at the site"):
        written(held, team, assignee=stranger.pk)
    assert client.get("/notes/").headers["Location"].startswith("/sign-in/")
    monitor = Account.objects.create_user("max", PASSWORD, name="Max Ito")
    StaffRole.objects.create(account=monitor, role=Role.MONITOR, first_day=ON.replace(month=1))
    client.force_login(monitor)
    for at in ("/notes/", there(held)):
        assert client.get(at).status_code == 403


def test_hostile_text_stays_text(anna: Client, team: Staffed, held: Screening) -> None:
    written(held, team, text="<script>alert(1)</script>")
    for at in (f"/patients/{held.patient_id}/", f"{there(held)}?criterion={CRITERION}"):
        page = anna.get(at).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_as_many_queries_for_ten_notes_as_for_one(
    anna: Client, team: Staffed, held: Screening
) -> None:
    pages = [f"/patients/{held.patient_id}/", f"{there(held)}?criterion={CRITERION}", "/notes/"]
    counted = []
    for many in (1, 9):
        for _ in range(many):
            first = written(held, team, assignee=team.coordinator.pk)
            notes.answer(held.pk, first.pk, text="Yes", by=team.investigator, on=ON)
        counted.append([queries(anna, at) for at in pages])
    assert counted[0] == counted[1]


def test_a_patient_without_an_episode_has_no_place_for_notes(client: Client) -> None:
    site = Site.objects.create(
        code="later", name="Later", city="Later", time_zone="UTC", opened_on=timezone.localdate()
    )
    Site.objects.filter(pk=site.pk).update(closed_on=timezone.localdate(), opened_on="2026-01-01")
    client.force_login(coordinator(site, "lena"))
    patient = assessed(bare("1", given="Ada", family="Same"), site)
    assert 'class="notes"' not in client.get(f"/patients/{patient.pk}/").text


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ({"text": ""}, "note_has_a_text"),
        ({"closed_at": AT}, "note_closed_by_somebody"),
        ({"closed_by": True}, "note_closed_by_somebody"),
        ({"closed_by": True, "closed_at": AT, "parent": True}, "note_closed_by_somebody"),
    ],
)
def test_the_table_refuses(
    team: Staffed, held: Screening, broken: dict[str, Any], name: str
) -> None:
    first = written(held, team)
    fields = {"text": "x", "by": team.coordinator} | broken
    if "closed_by" in fields:
        fields["closed_by"] = team.coordinator
    if "parent" in fields:
        fields["parent"] = first
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Note.objects.create(site=team.site, screening=held, **fields)
