"""The pages of screening episodes: the panel, the history, and one page for each act."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import actions, episodes, listing, protocols, retests
from eligibility.actions import MEANING, Actor
from eligibility.actions.deciding import signing_of
from eligibility.actions.following import turned
from eligibility.covered import arrived_since
from eligibility.listing import Candidate, Examined
from eligibility.models import Screening
from eligibility.policies import NotAllowed, Refusal, why_not
from eligibility.possible import refusals, why_not_parts
from eligibility.presenters import candidate, deciding, events, screenings
from eligibility.presenters.words import sentence
from eligibility.rules.protocol import Protocol
from eligibility.screening_forms import ActForm, RegisterForm, RetestForm, SignForm
from eligibility.snapshots import NoSuchPatient, take
from eligibility.views.screening_doors import DOORS, Asked, Door
from eligibility.workflow import OF_ACT, Act
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of
from trialscreen.institution.sign_in import signing_page

TRIAL = "NCT00514085"


def around(
    request: HttpRequest, held: Candidate, examined: Examined, *, protocol: Protocol, on: date
) -> screenings.Panel | None:
    """The panel of a patient's last episode; None where there was none. It speaks of today, whatever day is shown."""
    latest = episodes.latest_of(held.patient.pk, trial=protocol.trial)
    if latest is None:
        return None
    today = timezone.localdate(timezone=held.patient.site.zone)
    if on != today:
        examined = listing.examine(held.patient.pk, protocol=protocol, on=today)
    return panel_of(request, latest, examined, today)


def panel_of(
    request: HttpRequest,
    held: Screening,
    examined: Examined,
    on: date,
    *,
    typed: RetestForm | None = None,
) -> screenings.Panel:
    """The panel as it is today; `typed` is a reason for a repeat that was not accepted."""
    answer = examined.answer
    failed = retests.of_episode(held, answer, examined.record)
    refused = refusals(held, by=_actor(request), answer=answer, on=on, failed=failed)
    forms = {**_retest_forms(held, failed), **({typed.of: typed} if typed is not None else {})}
    return screenings.panel(
        episodes.story(held), refused=refused, answer=answer, failed=failed, forms=forms
    )


def _retest_forms(held: Screening, failed: Iterable[retests.Failed]) -> dict[str, RetestForm]:
    """For each repeat the form for its reason, while one can be given."""
    if why_not(lambda: retests.may_give_reason(held)):
        return {}
    forms = {one.criterion: RetestForm(criterion=one.criterion) for one in failed if one.repeated}
    for form in forms.values():
        form.as_it_is(version=held.version)
    return forms


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, Account)
    return Actor.person(request.user)


@require_safe
@for_staff()
def screening_page(request: HttpRequest, screening: UUID) -> HttpResponse:
    """One episode: where it stands, everything that has happened in it, and the episodes before and after."""
    held = _held_or_404(request, screening)
    asked = _asked(request, held)
    examined = listing.examine(held.patient_id, protocol=asked.protocol, on=asked.on)
    page = {
        "screening": panel_of(request, held, examined, asked.on),
        "patient": patient_of(request, held, asked.on),
        "events": events.history(episodes.story(held), events.titles_of(asked.protocol)),
        "on_its_own": True,
    }
    return render(request, "screenings/history.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(May.WRITE_PATIENTS)
def act_page(request: HttpRequest, screening: UUID, act: str) -> HttpResponse:
    """The page of one act. Done, it leads back to the patient; refused, it says why and keeps what was typed."""
    door = DOORS[act]
    asked = _asked(request, _held_or_404(request, screening))
    form, status = _form(request, door, asked), 200
    if request.method == "POST":
        status = _done(door, asked, form)
        if status == 302:
            return redirect(back_from(asked.held))
        asked = asked._replace(held=_held_or_404(request, screening))
    return render(request, "screenings/act.html", _page(request, door, asked, form), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(May.WRITE_PATIENTS)
def retests_page(request: HttpRequest, screening: UUID) -> HttpResponse:
    """What was repeated after a failure, with the reason of each. Given, it leads back to the patient."""
    asked, form, status = _asked(request, _held_or_404(request, screening)), None, 200
    if request.method == "POST":
        form = RetestForm(request.POST, criterion=request.POST.get("criterion", ""))
        status = _explained(asked, form)
        if status == 302:
            return redirect(back_from(asked.held))
        asked = asked._replace(held=_held_or_404(request, screening))
        form.as_it_is(version=asked.held.version)
    held = asked.held
    examined = listing.examine(held.patient_id, protocol=asked.protocol, on=asked.on)
    page = {
        "form": form,
        "screening": panel_of(request, held, examined, asked.on, typed=form),
        "patient": patient_of(request, held, asked.on),
        "back": back_from(held),
    }
    return render(request, "screenings/retests_page.html", page, status=status)


def _explained(asked: Asked, form: RetestForm) -> int:
    """Keep the reason: 302. Else the status of the refusal, which stands in the form."""
    if not form.is_valid():
        return 422
    said = form.cleaned_data
    return or_refused(
        form,
        lambda: actions.give_reason(
            asked.held.pk,
            criterion=said["criterion"],
            reason=said["reason"],
            text=said["text"],
            by=asked.by,
            protocol=asked.protocol,
            on=asked.on,
            seen=said["version"],
        ),
    )


def _done(door: Door, asked: Asked, form: ActForm) -> int:
    """Do it: 302. Else the status of the refusal, which stands in the form."""
    if not form.is_valid():
        return 422
    return or_refused(form, lambda: door.do(asked, form))


def or_refused(form: ActForm, do: Callable[[], object]) -> int:
    try:
        do()
    except Refusal as refusal:
        form.refuse(refusal.code, refusal.sentence)
        if refusal.code in form.places:
            return 422
        return 403 if isinstance(refusal, NotAllowed) else 409
    return 302


def _form(request: HttpRequest, door: Door, asked: Asked) -> ActForm:
    given: dict[str, Any] = {}
    if door.form is RegisterForm:
        given["parts"] = [
            (part.name, f"{part.name} – {part.title}" if part.title != part.name else part.name)
            for part in episodes.parts_of(asked.held)
        ]
    form = door.form(request.POST if request.method == "POST" else None, **given)
    if door.form is SignForm and asked.shown is not None:
        form.fields["password"].required = False
    return form


def _page(request: HttpRequest, door: Door, asked: Asked, form: ActForm) -> dict[str, Any]:
    """Everything is read again: what is shown is what the hidden versions say, also after a refusal."""
    held, protocol = asked.held, asked.protocol
    snapshot = take(held.patient_id, trial=protocol.trial)
    examined = listing.examine(held.patient_id, protocol=protocol, on=asked.on)
    form.as_it_is(version=held.version, record=snapshot.version)
    failed = retests.of_episode(held, examined.answer, examined.record)
    refused = refusals(held, by=asked.by, answer=examined.answer, on=asked.on, failed=failed)
    told = episodes.story(held)
    page = {
        "act": screenings.WORDS[door.act],
        "verb": OF_ACT[door.act].verb,
        "form": form,
        "because": refused[door.act],
        "screening": panel_of(request, held, examined, asked.on),
        "patient": patient_of(request, held, asked.on),
        "back": back_from(held),
        "meaning": MEANING,
        "parts": why_not_parts(held, on=asked.on) if door.act is Act.REGISTER else {},
        "failing": screenings.failing(examined.answer),
    }
    if door.reads:
        aside = episodes.set_aside_of(held.patient_id)
        page["reading"] = deciding.reading(examined.answer, aside)
    if door.act is Act.SIGN and told.standing is not None:
        since = turned(told.standing, snapshot, protocol=protocol, on=asked.on)
        page["lost"] = tuple(dict.fromkeys(sentence(change.text) for change in since))
        page["arrived"] = arrived_since(snapshot, told.standing.covers["record_version"], protocol)
        page["standing"] = told.standing
        page["ways"] = signing_page.asked_of(
            request, signing_of(held, told.standing), page=request.path
        )
    return page


def _asked(request: HttpRequest, held: Screening) -> Asked:
    now = timezone.now()
    on = timezone.localdate(now, held.site.zone)
    protocol = protocols.get(held.trial.number)
    return Asked(held, _actor(request), protocol, now, on, signing_page.given_in(request))


def asked_of(request: HttpRequest, screening: UUID) -> Asked:
    """The episode that somebody wants something with, today at its site; 404 where there is none."""
    return _asked(request, _held_or_404(request, screening))


def _held_or_404(request: HttpRequest, screening: UUID) -> Screening:
    """Another site's is as absent as one that never was."""
    held = episodes.of_sites(scope_of(request).site_ids).filter(pk=screening).first()
    if held is None:
        raise Http404(screening)
    return held


def patient_of(request: HttpRequest, held: Screening, on: date) -> candidate.Page:
    sites = scope_of(request).site_ids
    facts = take(held.patient_id, trial=held.trial.number).record.facts
    return candidate.present(listing.candidate(held.patient_id, sites=sites), facts, on=on)


def back_from(held: Screening) -> str:
    return reverse("patient", args=[held.patient_id]) + "#screening"


@require_http_methods(["POST"])
@for_staff(May.WRITE_PATIENTS)
def add_candidate(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Open the first episode of a patient by hand."""
    protocol = protocols.get(TRIAL)
    try:
        held = listing.candidate(patient, sites=scope_of(request).site_ids).patient
    except NoSuchPatient:
        raise Http404(patient) from None
    on = timezone.localdate(timezone=held.site.zone)
    try:
        actions.add_candidate(held, by=_actor(request), protocol=protocol, on=on)
    except Refusal as refusal:
        page = {"sentence": refusal.sentence, "patient": patient}
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return render(request, "screenings/refused.html", page, status=status)
    return redirect(reverse("patient", args=[patient]) + "#screening")
