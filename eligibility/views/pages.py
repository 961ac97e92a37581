"""The pages. A view reads the request, asks, presents and renders; it decides nothing."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from eligibility import demonstration, dryrun, listing, protocols
from eligibility.forms import CandidateForm, EvaluationForm
from eligibility.list_forms import PatientsForm
from eligibility.models import Assessment
from eligibility.presenters import candidate, evaluation, patients, problem, trial
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import NoSuchPatient
from eligibility.views.around import around
from patients.intake.problems import Refused
from trialscreen.institution.access import for_staff
from trialscreen.institution.conduct import manages
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of

TRIAL = "NCT00514085"


def today_in(zone: ZoneInfo) -> date:
    return timezone.localdate(timezone=zone)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the worklist of who has patients, the opening of the trial of who runs it, the log of who reads logs; else to
    the evaluation, for everybody."""
    scope = scope_of(request)
    if scope.site_ids:
        return redirect("worklist")
    if manages(scope):
        return redirect("opening", nct_id=TRIAL)
    if scope.sites_where(May.READ_LOGS):
        return redirect("screening-log")
    return redirect("evaluate", nct_id=TRIAL)


@require_safe
@vary_on_headers("HX-Request")
@for_staff()
def patients_page(request: HttpRequest) -> HttpResponse:
    """The patients of the sites of who asks. htmx gets the list alone."""
    protocol = protocols.get(TRIAL)
    sites = listing.places(scope_of(request).site_ids)
    days = {site.pk: today_in(site.zone) for site in sites}
    asked = PatientsForm(request.GET).asked()
    found = listing.listing(asked, sites=days, protocol=protocol)
    page = {"list": patients.present(found, sites=sites, protocol=protocol), "nct_id": TRIAL}
    return render(request, f"patients/{_part(request)}.html", page)


def _part(request: HttpRequest) -> str:
    """What of a page is wanted. Going back in the browser, htmx asks for all of it."""
    headers = request.headers
    whole = "HX-Request" not in headers or "HX-History-Restore-Request" in headers
    return "page" if whole else "fragment"


@require_safe
@for_staff()
def patient_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """One patient's checklist as of a day, today if none is given; nothing is filed."""
    try:
        page = examined_page(request, patient)
    except NoSuchPatient:
        raise Http404(patient) from None
    return render(request, "patients/detail.html", page, status=422 if page["form"].errors else 200)


def examined_page(
    request: HttpRequest, patient: UUID, *, filed: Assessment | None = None
) -> dict[str, Any]:
    """The context of one patient's page, as of the day that the address asks for; what has just been `filed` of that
    day is not worked out again.

    Raises:
        NoSuchPatient: there is none, or it is another site's.
    """
    protocol = protocols.get(TRIAL)
    held = listing.candidate(patient, sites=scope_of(request).site_ids)
    today = today_in(held.patient.site.zone)
    form = CandidateForm(request.GET)
    on = form.day(today)
    examined = listing.examine(patient, protocol=protocol, on=on, filed=filed)
    return {
        "form": form,
        "nct_id": TRIAL,
        "maps_for": held.patient.site.code,
        "patient": candidate.present(held, examined.record.facts, on=on),
        "evaluation": evaluation.present(examined.answer, today=today, logic=trial.logic(protocol)),
        **around(request, held, examined, protocol=protocol, on=on),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def evaluate(request: HttpRequest, nct_id: str) -> HttpResponse:
    """A bundle in, the checklist out, on one page; nothing is stored. 422 with what is wrong."""
    protocol = _protocol_or_404(nct_id)
    form = EvaluationForm.asked_by(request)
    page = _answered(form, protocol) if form.is_bound else {}
    page |= {"form": form, "nct_id": nct_id, "invented": _offered()}
    fragment = "HX-Request" in request.headers
    return render(
        request,
        "evaluation/fragment.html" if fragment else "evaluation/page.html",
        page,
        status=422 if page.get("problem") else 200,
    )


def _answered(form: EvaluationForm, protocol: Protocol) -> dict[str, object]:
    if not form.is_valid():
        return {"problem": problem.of_form(form)}
    try:
        raw = form.document(today=today_in)
        answer = dryrun.answer_document(
            raw, trial=protocol.trial, on=form.day, today=today_in, timeline=True
        )
    except Refused as refused:
        return {"problem": problem.of_bundle(refused)}
    return {
        "evaluation": evaluation.present(
            answer, today=today_in(form.zone), logic=trial.logic(protocol)
        )
    }


def _offered() -> list[demonstration.Invented]:
    return [one for one in demonstration.catalogue() if one.offered]


@require_safe
def trial_page(request: HttpRequest, nct_id: str) -> HttpResponse:
    """What the trial asks: every criterion with its place, its words, its data and its policy."""
    protocol = _protocol_or_404(nct_id)
    return render(request, "trials/detail.html", {"trial": trial.present(protocol)})


def _protocol_or_404(nct_id: str) -> Protocol:
    try:
        return protocols.get(nct_id)
    except protocols.UnknownTrial:
        raise Http404(nct_id) from None
