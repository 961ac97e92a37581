"""The pages on which two records are recorded as one person's, and that is taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from eligibility import listing, pairs
from eligibility.merging_forms import FindForm, MergeForm, ReversalForm
from eligibility.presenters import merging as words
from eligibility.presenters.people import full_name
from eligibility.snapshots import NoSuchPatient
from patients.actions import Attribution
from patients.actions.merging import (
    Merging,
    NotInForce,
    NotMergeable,
    SeenAnother,
    merge,
    reverse_merge,
)
from patients.actions.reasons import NoReason
from patients.signals import MayNotMerge
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of

CHANGED = _("One of the records has changed since you opened this page: compare them again.")
NOBODY = _("Nobody else at this site has this number.")
BACK = _("It was reversed already.")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(May.WRITE_PATIENTS)
def same_person(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Find another record by its number, compare the two, and record them as one person's."""
    held = _held(request, patient)
    if request.method != "POST":
        return _page(request, held, {"find": FindForm()})
    if "other" not in request.POST:
        find = FindForm(request.POST)
        others = _found(find, held)
        if not others:
            return _page(request, held, {"find": find}, 422)
        return _page(request, held, _compared(request, held, others[0]))
    return _merged(request, held)


def _found(find: FindForm, held: listing.Candidate) -> list[UUID]:
    if not find.is_valid():
        return []
    number = find.cleaned_data["number"]
    others = pairs.found(number, beside=held.patient.pk, site=held.patient.site_id)
    if not others:
        find.add_error("number", NOBODY)
    return others


def _compared(
    request: HttpRequest, held: listing.Candidate, other: UUID, *, sent: bool = False
) -> dict[str, Any]:
    """The two side by side, and the form that says they are one; with what was `sent` in it."""
    pair = pairs.pair(held.patient.pk, other, sites=scope_of(request).site_ids)
    shown = {
        "other": other,
        "seen": pair.one.held.patient.record_version,
        "seen_other": pair.other.held.patient.record_version,
    }
    disagree = bool(pair.differences)
    form = MergeForm(request.POST if sent else None, initial=shown, disagree=disagree)
    return {
        "form": form,
        "rows": words.compared(pair),
        "differing": words.differing(pair),
        "find": FindForm(),
    }


def _merged(request: HttpRequest, held: listing.Candidate) -> HttpResponse:
    try:
        other = UUID(request.POST["other"])
        page = _compared(request, held, other, sent=True)
    except (ValueError, NoSuchPatient):
        find = FindForm({"number": ""})
        find.add_error(None, NOBODY)
        return _page(request, held, {"find": find}, 422)
    form: MergeForm = page["form"]
    if not form.is_valid():
        return _page(request, held, page, 422)
    said = form.cleaned_data
    asked = Merging(
        held.patient.pk,
        other,
        said["reason"],
        said.get("confirmation", ""),
        said["source_document"],
        {held.patient.pk: said["seen"], other: said["seen_other"]},
    )
    try:
        merge(asked, site=held.patient.site, by=Attribution(person=_person(request)))
    except NoReason as fault:
        form.add_error("reason", fault.sentence)
    except SeenAnother:
        # What was typed is kept, beside the records as they are now.
        form.data = {**request.POST.dict(), **form.initial}
        form.add_error(None, CHANGED)
        return _page(request, held, page, 409)
    except NotMergeable as fault:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
    except MayNotMerge as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, held, page, 409)
    else:
        return redirect("patient", patient=held.patient.pk)
    return _page(request, held, page, 422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(May.WRITE_PATIENTS)
def same_person_reversal(request: HttpRequest, patient: UUID, merge: int) -> HttpResponse:
    """Say what comes apart, and take the merge back."""
    held = _held(request, patient)
    made = next(
        (
            one
            for one in pairs.standing(held.patient.pk).merges
            if one.pk == merge and one.survivor_id == held.patient.pk
        ),
        None,
    )
    if made is None:
        raise Http404(merge)
    form = ReversalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            reverse_merge(
                made,
                reason=form.cleaned_data["reason"],
                site=held.patient.site,
                by=Attribution(person=_person(request)),
                at=timezone.now(),
            )
        except NoReason as fault:
            form.add_error("reason", fault.sentence)
        except NotInForce:
            form.add_error(None, BACK)
        else:
            return redirect("patient", patient=held.patient.pk)
    pair = pairs.pair(held.patient.pk, made.merged_id, sites=scope_of(request).site_ids)
    page = {
        "form": form,
        "rows": words.compared(pair),
        "apart": words.comes_apart(pairs.since(made)),
        "reversal": True,
        "because": BACK if made.reversed_at is not None else "",
    }
    return _page(request, held, page, 422 if form.errors else 200)


def _page(
    request: HttpRequest, held: listing.Candidate, page: dict[str, Any], status: int = 200
) -> HttpResponse:
    named = {"name": full_name(held.given, held.family), "patient": held.patient}
    return render(request, "patients/same_person.html", page | named, status=status)


def _held(request: HttpRequest, patient: UUID) -> listing.Candidate:
    try:
        return listing.candidate(patient, sites=scope_of(request).site_ids)
    except NoSuchPatient:
        raise Http404(patient) from None


def _person(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
