"""Where a trial is open and for how many: seen by everybody concerned, changed by administrators."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import listing
from eligibility.actions import approving, opening
from eligibility.administration_forms.parts import OpeningForm, PartForm
from eligibility.models import SitePart, Trial, TrialPart
from eligibility.policies import Refusal
from eligibility.presenters import opening as words
from trialscreen.institution.conduct import Conduct, for_conduct, manages, sites_where
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import scope_of

SHOWN = 50
"""Changes on the page, the latest."""


@require_safe
@for_conduct()
def opening_page(request: HttpRequest, nct_id: str) -> HttpResponse:
    """The trial, its parts, and what is open at the sites of who asks."""
    trial = _trial(nct_id)
    ids = sites_where(scope_of(request), Conduct.READ)
    sites, parts = listing.places(ids), opening.parts_of(trial)
    shown = words.present(
        nct_id,
        parts=parts,
        at_sites=opening.parts_at(parts, site_ids=ids),
        sites=sites,
        principals=opening.principals_of(nct_id, site_ids=ids),
        changes=opening.changes_of(parts, site_ids=ids)[:SHOWN],
        approvals=approving.ethics_at(trial, site_ids=ids),
        days={site.pk: timezone.localdate(timezone=site.zone) for site in sites},
        today=timezone.localdate(),
    )
    page = {"page": shown, "manages": manages(scope_of(request))}
    return render(request, "opening/page.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def change_part(request: HttpRequest, nct_id: str, part: str) -> HttpResponse:
    """Open, close or resize a part, or the whole trial."""
    trial = _trial(nct_id)
    held = _part(trial, part)
    form = _form(request, held, seen=opening.last_change(held, None))
    if form.is_valid():
        try:
            opening.change_part(
                held.pk,
                wanted=form.wanted,
                reason=form.cleaned_data["reason"],
                by=_person(request),
                on=timezone.localdate(),
                seen=form.cleaned_data["seen"] or 0,
            )
        except Refusal as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("opening", nct_id=nct_id)
    shown = words.places_of(held, today=timezone.localdate())
    return _changed(request, form, nct_id, words.name_of(held), held.title, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def change_site_part(request: HttpRequest, nct_id: str, part: str, code: str) -> HttpResponse:
    """Open, close or resize a part at one site."""
    site, held = _site(request, code), _part(_trial(nct_id), part)
    if not held.name:
        raise Http404(part)
    today = timezone.localdate(timezone=site.zone)
    here = next(iter(opening.parts_at([held], site_ids=[site.pk])), None)
    form = _form(request, here, seen=opening.last_change(held, site), at_a_site=True)
    if form.is_valid():
        try:
            opening.change_site_part(
                held.pk,
                site=site,
                wanted=form.wanted,
                reason=form.cleaned_data["reason"],
                by=_person(request),
                on=today,
                seen=form.cleaned_data["seen"] or 0,
            )
        except Refusal as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("opening", nct_id=nct_id)
    shown = words.places_of(here, today=today)
    title = f"{words.name_of(held)}, {site.city}"
    return _changed(request, form, nct_id, title, site.name, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def add_part(request: HttpRequest, nct_id: str) -> HttpResponse:
    """A part that the trial does not have yet, or its whole."""
    trial = _trial(nct_id)
    form = PartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            opening.add_part(
                trial=trial,
                name=given["name"],
                title=given["title"],
                wanted=form.wanted,
                reason=given["reason"],
                by=_person(request),
                on=timezone.localdate(),
            )
        except Refusal as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("opening", nct_id=nct_id)
    return _changed(request, form, nct_id, str(_("A new part")), "", None)


def _changed(
    request: HttpRequest,
    form: OpeningForm,
    nct_id: str,
    title: str,
    subtitle: str,
    places: words.Places | None,
) -> HttpResponse:
    page = {"form": form, "trial": nct_id, "title": title, "subtitle": subtitle, "places": places}
    status = 422 if form.errors else 200
    return render(request, "opening/change.html", page, status=status)


def _form(
    request: HttpRequest, held: TrialPart | SitePart | None, *, seen: int, at_a_site: bool = False
) -> OpeningForm:
    """Bound to what was posted, else filled with what holds."""
    if request.method == "POST":
        return OpeningForm(request.POST, at_a_site=at_a_site)
    now = held or SitePart()
    days = {"opened_on": now.opened_on, "closed_on": now.closed_on}
    filled = days | {"ceiling": now.ceiling, "seen": seen}
    return OpeningForm(initial=filled, at_a_site=at_a_site)


def _trial(nct_id: str) -> Trial:
    # A registry number is of letters and digits; the database is not asked for anything else.
    trial = opening.trial_of(nct_id) if nct_id.isascii() and nct_id.isalnum() else None
    if trial is None:
        raise Http404(nct_id)
    return trial


def _part(trial: Trial, key: str) -> TrialPart:
    name = "" if key == words.WHOLE else key
    found = next((one for one in opening.parts_of(trial) if one.name == name), None)
    if found is None:
        raise Http404(key)
    return found


def _site(request: HttpRequest, code: str) -> Site:
    allowed = listing.places(sites_where(scope_of(request), Conduct.READ))
    site = next((one for one in allowed if one.code == code), None)
    if site is None:
        raise Http404(code)
    return site


def _person(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
