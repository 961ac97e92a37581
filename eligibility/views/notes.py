"""Pages of notes: those of one criterion, and those that wait for who asks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from eligibility import protocols
from eligibility.actions import notes as noting
from eligibility.episodes import of_sites
from eligibility.models import Note, Screening
from eligibility.policies import Refusal
from eligibility.presenters import notes
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account
from trialscreen.institution.scope import scope_of

PROTOCOL = "NCT00514085"
NOBODY = ("", _("Nobody in particular"))
AS_IT_IS = ("", _("As it is"))


class NoteForm(forms.Form):
    """A note or an answer, and who is to look at it."""

    text = forms.CharField(
        label=_("New note"),
        max_length=noting.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what the note says.")},
    )
    assignee = forms.TypedChoiceField(
        label=_("For"), required=False, coerce=int, empty_value=None, choices=[NOBODY]
    )

    def __init__(
        self, staff: tuple[notes.Person, ...], typed: Any = None, *, of: str = "", answer: int = 0
    ) -> None:
        # Several of these stand on one page.
        super().__init__(typed, auto_id=f"note-{answer or of or notes.EPISODE}-%s")
        text, assignee = self.fields["text"], self.fields["assignee"]
        assert isinstance(assignee, forms.ChoiceField)
        if answer:
            text.label, assignee.label = _("Answer"), _("Hand over to")
        assignee.choices = [
            AS_IT_IS if answer else NOBODY,
            *((one.id, one.name) for one in staff),
        ]


@require_safe
@for_staff()
def my_notes(request: HttpRequest) -> HttpResponse:
    """Open threads that wait for who asks."""
    person = _person(request)
    mine = list(noting.open_for(person, site_ids=scope_of(request).site_ids))
    every = [*mine, *noting.answers_to(mine)]
    threads = notes.of_notes(every, protocol=protocols.get(PROTOCOL))
    return render(request, "notes/mine.html", {"threads": threads})


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@for_staff()
def screening_notes(request: HttpRequest, screening: UUID) -> HttpResponse:
    """The notes on one criterion of an episode (``?criterion=``, none: on the whole of it), and a new one."""
    held = _held(request, screening)
    criterion = (request.POST if request.method == "POST" else request.GET).get("criterion", "")
    sent = request.POST if request.method == "POST" else None
    form = NoteForm(_staff(held), sent, of=criterion)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return _shown(request, held, criterion, form=form, status=status)
    try:
        noting.write(
            screening,
            criterion=criterion,
            by=_person(request),
            protocol=protocols.get(PROTOCOL),
            on=_today(held),
            **form.cleaned_data,
        )
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _shown(request, held, criterion, form=form, status=422)
    return _done(request, held, criterion, _("The note is written."))


@require_POST
@for_staff()
def answer_note(request: HttpRequest, screening: UUID, note: int) -> HttpResponse:
    """Answer a thread, and perhaps hand it over."""
    held, thread = _held(request, screening), _thread(screening, note)
    form = NoteForm(_staff(held), request.POST, answer=note)
    if not form.is_valid():
        return _shown(request, held, thread.criterion, answering=(note, form), status=422)
    try:
        noting.answer(screening, note, by=_person(request), on=_today(held), **form.cleaned_data)
    except Refusal as refusal:
        # Closed meanwhile: what was typed stands in the form for a new note.
        new = NoteForm(_staff(held), request.POST, of=thread.criterion)
        new.add_error(None, refusal.sentence)
        return _shown(request, held, thread.criterion, form=new, status=422)
    return _done(request, held, thread.criterion, _("The answer is written."))


@require_POST
@for_staff()
def close_note(request: HttpRequest, screening: UUID, note: int) -> HttpResponse:
    """Close a thread."""
    held, thread = _held(request, screening), _thread(screening, note)
    try:
        noting.close(screening, note, by=_person(request), on=_today(held))
    except Refusal as refusal:
        raise PermissionDenied(refusal.sentence) from None
    return _done(request, held, thread.criterion, _("The note is closed."))


def _done(request: HttpRequest, held: Screening, criterion: str, said: Any) -> HttpResponse:
    """In place for htmx; else back to the row of the patient's page."""
    if "HX-Request" in request.headers:
        return _shown(request, held, criterion, said=said)
    if not criterion:
        return redirect("screening-notes", screening=held.pk)
    there = reverse("patient", kwargs={"patient": held.patient_id})
    return redirect(f"{there}#notes-{criterion}")


def _shown(
    request: HttpRequest,
    held: Screening,
    criterion: str,
    *,
    form: NoteForm | None = None,
    answering: tuple[int, NoteForm] | None = None,
    said: Any = "",
    status: int = 200,
) -> HttpResponse:
    protocol = protocols.get(PROTOCOL)
    episodes = noting.episodes(held.patient_id, trial=protocol.trial)
    told = notes.of_patient(noting.notes_of(episodes), episodes=episodes, protocol=protocol)
    if told is None or criterion not in told:
        raise Http404(criterion)
    staff = _staff(held)
    answers = {one.id: NoteForm(staff, answer=one.id) for one in told[criterion].open}
    page = {
        "told": told[criterion],
        # Names of their own: a row of the patient's page includes the same templates.
        "note_form": form or NoteForm(staff, of=criterion),
        "note_answers": answers | dict([answering] if answering else []),
        "note_said": said,
    }
    fragment = "HX-Request" in request.headers
    template = "notes/fragment.html" if fragment else "notes/page.html"
    return render(request, template, page, status=status)


def _held(request: HttpRequest, screening: UUID) -> Screening:
    """Another site's is as absent as one that never was."""
    held = of_sites(scope_of(request).site_ids).filter(pk=screening).first()
    if held is None:
        raise Http404(screening)
    return held


def _thread(screening: UUID, note: int) -> Note:
    try:
        return noting.thread_of(screening, note)
    except Note.DoesNotExist:
        raise Http404(note) from None


def _staff(held: Screening) -> tuple[notes.Person, ...]:
    return notes.people(noting.staff_of(held.site_id, on=_today(held)))


def _today(held: Screening) -> Any:
    return timezone.localdate(timezone=held.site.zone)


def _person(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
