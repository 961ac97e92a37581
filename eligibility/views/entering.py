"""Filling the gaps of a criterion in its row: the forms that it offers, and what is saved through them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from eligibility import listing, protocols
from eligibility.actions import assess
from eligibility.entries import Desk, NoSuchCriterion, lay_out
from eligibility.entry_forms import EntryForm, bound, offered, save
from eligibility.forms import CandidateForm
from eligibility.models import Assessment
from eligibility.presenters import entering, evaluation, trial
from eligibility.presenters.evaluation import Evaluation
from eligibility.snapshots import NoSuchPatient
from eligibility.views.pages import TRIAL, examined_page, today_in
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of


@require_safe
@vary_on_headers("HX-Request")
@for_staff(May.WRITE_PATIENTS)
def entry_page(request: HttpRequest, patient: UUID, criterion: str) -> HttpResponse:
    """The forms of one criterion: in its row, or without script on a page of their own."""
    desk = _desk_or_404(request, patient, criterion)
    return _shown(request, desk, offered(desk))


@require_POST
@vary_on_headers("HX-Request")
@for_staff(May.WRITE_PATIENTS)
def enter(
    request: HttpRequest, patient: UUID, criterion: str, way: str, record: str = ""
) -> HttpResponse:
    """Save one form and assess the patient at once; 422 with what is wrong, and nothing is saved."""
    desk = _desk_or_404(request, patient, criterion)
    form = bound(desk, way, record, request.POST)
    if form is None:
        return _shown(request, desk, offered(desk), moved=True, status=422)
    before = _before(request, desk) if _in_place(request) else None
    if not (form.is_valid() and save(form, by=_person(request), at=timezone.now())):
        return _shown(request, desk, _with(form, offered(desk)), status=422)
    filed = assess(patient, protocol=desk.protocol, on=desk.today)
    return _saved(request, desk, filed, before)


def _desk_or_404(request: HttpRequest, patient: UUID, criterion: str) -> Desk:
    try:
        return lay_out(
            patient,
            criterion,
            sites=scope_of(request).sites_where(May.WRITE_PATIENTS),
            by=_person(request),
            protocol=protocols.get(TRIAL),
            today=today_in,
        )
    except (NoSuchPatient, NoSuchCriterion):
        raise Http404(criterion) from None


def _person(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _in_place(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _with(form: EntryForm, others: list[EntryForm]) -> list[EntryForm]:
    """The form with what was typed in the place of its empty one."""
    return [form if one.auto_id == form.auto_id else one for one in others]


def _before(request: HttpRequest, desk: Desk) -> Evaluation:
    """The checklist as it is shown while a form is filled in: as of the day that the address asks for."""
    on = CandidateForm(request.GET).day(desk.today)
    answer = listing.as_taken(desk.patient.pk, desk.snapshot, protocol=desk.protocol, on=on)
    return evaluation.present(answer, today=desk.today, logic=trial.logic(desk.protocol))


def _shown(
    request: HttpRequest,
    desk: Desk,
    forms: list[EntryForm],
    *,
    moved: bool = False,
    status: int = 200,
) -> HttpResponse:
    page: dict[str, Any] = {
        "question": entering.question(desk),
        "forms": entering.laid_out(desk, forms),
        "moved": moved,
        "entry": entering.beside(desk.patient.pk, on=request.GET.get("on", ""), saved=""),
    }
    if not _in_place(request):
        page = examined_page(request, desk.patient.pk) | page
        page["row"] = entering.row_of(page["evaluation"], desk.criterion.id)
        return render(request, "entry/page.html", page, status=status)
    return render(request, "entry/forms.html", page, status=status)


def _saved(
    request: HttpRequest, desk: Desk, filed: Assessment, before: Evaluation | None
) -> HttpResponse:
    """In place: the row and everything that follows from it; else the patient's page at the row."""
    name, on = desk.criterion.id, request.GET.get("on", "")
    if before is None:
        query = urlencode({"saved": name} | ({"on": on} if on else {}))
        return redirect(f"{reverse('patient', args=[desk.patient.pk])}?{query}#{name}")
    page = examined_page(request, desk.patient.pk, filed=filed)
    page["entry"] = entering.beside(desk.patient.pk, on=on, saved=name)
    page["row"] = entering.row_of(page["evaluation"], name)
    page["changed"] = entering.changed(before, page["evaluation"], but=name)
    response = render(request, "entry/saved.html", page)
    response["HX-Retarget"], response["HX-Reswap"] = f"#{name}", "outerHTML"
    return response
