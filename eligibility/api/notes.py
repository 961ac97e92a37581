"""Notes on screening episodes over HTTP: between people, in the words and under the policies of the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import protocols
from eligibility.actions import notes as noting
from eligibility.api.schemas import TEXT
from eligibility.api.screenings import Refused, ScreeningDoor
from eligibility.models import Note, Screening
from eligibility.policies import NotAllowed, Refusal
from patients.actions.repeats import Answer
from patients.api.described import MOMENT, NUMBER, ONCE, PAGING, an_object, asked, page, refusals
from patients.api.doors import PAGING as PAGES
from patients.api.doors import json_answer
from patients.api.inputs import StrictSerializer, StrictText, read
from patients.api.pages import paged
from patients.api.refusals import CannotBeUsed
from trialscreen.institution.models import Account

_MAYBE = {"type": ["string", "null"]}
_NOTE = an_object(
    id=NUMBER,
    criterion=_MAYBE,
    answers={"type": ["integer", "null"]},
    text=TEXT,
    by=TEXT,
    at=MOMENT,
    assignee=_MAYBE,
    closed_by=_MAYBE,
    closed_at={"type": ["string", "null"], "format": "date-time"},
)
_ABSENT = {"s404": "No such screening or note, or not at one of your sites."}
_REFUSED = refusals(
    s400="The body is not JSON.",
    s403="Not for you: the sentence says why.",
    s409="Not now: the sentence says why.",
    s422="The content cannot be used.",
    **_ABSENT,
)


_NOTHING_SAID: dict[str, Any] = dict.fromkeys(
    ("required", "blank", "null"), gettext_lazy("Write what the note says.")
)


class NoteAnswer(StrictSerializer):
    """An answer, and whom the note is handed to: the user name of somebody of the site."""

    text = StrictText(max_length=noting.LONGEST, error_messages=_NOTHING_SAID)
    assignee = StrictText(max_length=100, required=False)


class NoteInput(NoteAnswer):
    """A note on a criterion, or without one on the screening as a whole."""

    criterion = StrictText(max_length=60, required=False)


class NoteClosing(StrictSerializer):
    """Nothing but the wish."""


class NoteDoor(ScreeningDoor):
    """Notes of one episode."""

    def noted(
        self, screening: UUID, act: Callable[[Screening, Account], Note], *, status: int = 200
    ) -> HttpResponse:
        """Do it in the name of a person, once."""
        self.parameters()
        held = self.held(screening)

        def once() -> Answer:
            try:
                done = act(held, self._person())
            except Note.DoesNotExist:
                raise NotFound from None
            except Refusal as refusal:
                raise Refused(refusal) from None
            return json_answer(note_of(done), status=status)

        return self.once(held.site, once)

    def _person(self) -> Account:
        if self.scope.account is None or self.scope.client:
            raise NotAllowed("client", _("Notes are between people: a system writes none."))
        return self.scope.account


class Notes(NoteDoor):
    """What was noted in an episode, and a new note."""

    @extend_schema(
        operation_id="notes_list",
        summary="Notes and answers of a screening episode, the oldest first",
        parameters=[asked("criterion", "Of one criterion."), *PAGING],
        responses={(200, "application/json"): page(_NOTE), **refusals(**_ABSENT)},
    )
    def get(self, request: Request, screening: UUID) -> Response:
        """A page of them; an answer names in ``answers`` the note that it is in the thread of."""
        named = self.parameters(("criterion", *PAGES))
        rows = noting.notes_of([self.held(screening)])
        if "criterion" in named:
            rows = rows.filter(criterion=named["criterion"])
        return paged(request, rows, note_of, order=("id",))

    @extend_schema(
        operation_id="notes_write",
        summary="Write a note, as a person",
        parameters=[ONCE],
        request=NoteInput,
        responses={(201, "application/json"): _NOTE, **_REFUSED},
    )
    def post(self, request: Request, screening: UUID) -> HttpResponse:
        """Begin a thread; nothing that is noted changes a verdict or voids a signature."""

        def act(held: Screening, by: Account) -> Note:
            said = read(NoteInput, request.data)
            protocol = protocols.get(held.trial.number)
            given = {"text": said["text"], "criterion": said.get("criterion", "")}
            to = _assignee(said, held)
            on = timezone.localdate(timezone=held.site.zone)
            return noting.write(held.pk, by=by, protocol=protocol, on=on, assignee=to, **given)

        return self.noted(screening, act, status=201)


class Answers(NoteDoor):
    """Answers to a note."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="notes_answer",
        summary="Answer a note, and perhaps hand it over, as a person",
        parameters=[ONCE],
        request=NoteAnswer,
        responses={(201, "application/json"): _NOTE, **_REFUSED},
    )
    def post(self, request: Request, screening: UUID, note: int) -> HttpResponse:
        """Into the thread of an open note; a closed one takes no answer."""

        def act(held: Screening, by: Account) -> Note:
            said = read(NoteAnswer, request.data)
            on, to = timezone.localdate(timezone=held.site.zone), _assignee(said, held)
            return noting.answer(held.pk, note, text=said["text"], by=by, on=on, assignee=to)

        return self.noted(screening, act, status=201)


class Close(NoteDoor):
    """The end of a thread."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="notes_close",
        summary="Close a note, as a person",
        parameters=[ONCE],
        request=NoteClosing,
        responses={(200, "application/json"): _NOTE, **_REFUSED},
    )
    def post(self, request: Request, screening: UUID, note: int) -> HttpResponse:
        """One that is closed already is answered as it was closed."""

        def act(held: Screening, by: Account) -> Note:
            read(NoteClosing, request.data)
            on = timezone.localdate(timezone=held.site.zone)
            return noting.close(held.pk, note, by=by, on=on)

        return self.noted(screening, act)


def note_of(note: Note) -> dict[str, Any]:
    """A note as JSON; people are named as they are on the pages."""
    return {
        "id": note.pk,
        "criterion": note.criterion or None,
        "answers": note.parent_id,
        "text": note.text,
        "by": _name(note.by),
        "at": note.at.isoformat(),
        "assignee": _name(note.assignee),
        "closed_by": _name(note.closed_by),
        "closed_at": None if note.closed_at is None else note.closed_at.isoformat(),
    }


def _name(account: Account | None) -> str | None:
    return None if account is None else account.name or account.username


def _assignee(said: dict[str, Any], held: Screening) -> int | None:
    """The key of somebody of the site; who is not there is told apart from nobody else."""
    username = said.get("assignee")
    if username is None:
        return None
    staff = noting.staff_of(held.site_id, on=timezone.localdate(timezone=held.site.zone))
    found = next((one for one in staff if one.username == username), None)
    if found is None:
        raise CannotBeUsed({"assignee": ["Nobody of that name screens at the site."]})
    return found.pk
