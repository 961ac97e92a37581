"""The pages. A view reads the request, asks, presents and renders; it decides nothing."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import demonstration, dryrun, protocols
from eligibility.forms import EvaluationForm
from eligibility.presenters import evaluation, problem, trial
from eligibility.rules.protocol import Protocol
from patients.intake.problems import Refused

TRIAL = "NCT00514085"


def today_in(zone: ZoneInfo) -> date:
    return timezone.localdate(timezone=zone)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("evaluate", nct_id=TRIAL)


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
