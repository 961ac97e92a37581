"""The worklist, and giving screenings to whoever works on them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from eligibility import listing, protocols, worklist
from eligibility.actions import assign
from eligibility.forms import AssignForm
from eligibility.list_forms import WorklistForm
from eligibility.policies import Refusal
from eligibility.presenters import worklist as presenter
from eligibility.presenters import worklist_notices as notices
from eligibility.views.pages import TRIAL, today_in
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account, Role
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of
from trialscreen.institution.sessions import BY_ITSELF

_NOTICE = "worklist_notice"
_LAST = "worklist_last"
_UNDO = "eligibility.worklist.undo"
_UNDO_SECONDS = 3600


@require_safe
@vary_on_headers("HX-Request")
@for_staff()
def worklist_page(request: HttpRequest) -> HttpResponse:
    """The screenings of the sites of who asks. htmx gets the list alone, and nothing while it is as it was seen.

    Who asks for nothing in particular is led to the tab, filter and order that they last looked at in this session.
    """
    if not request.GET and request.session.get(_LAST):
        return redirect(f"{request.path}?{urlencode(request.session[_LAST])}")
    places = listing.places(scope_of(request).site_ids)
    days = {site.pk: today_in(site.zone) for site in places}
    asked = WorklistForm(request.GET).asked()
    me, protocol = _me(request), protocols.get(TRIAL)
    page = worklist.glimpse(asked, sites=days, protocol=protocol, me=me.pk)
    if request.GET.get("seen") == page.seen:
        return HttpResponse(status=204)
    _remember(request, asked)
    shown = presenter.present(
        page,
        worklist.lines(page),
        places=places,
        staff=worklist.workers(days),
        me=me,
        investigates=Role.INVESTIGATOR in scope_of(request).roles,
        protocol=protocol,
    )
    return _rendered(request, shown)


def _remember(request: HttpRequest, asked: worklist.Asked) -> None:
    """For the next time: what somebody asks for, and not what their page asks for again by itself."""
    last = presenter.lasting(asked)
    if BY_ITSELF not in request.headers and request.session.get(_LAST, {}) != last:
        request.session[_LAST] = last


def _rendered(request: HttpRequest, shown: presenter.Worklist) -> HttpResponse:
    context: dict[str, Any] = {"list": shown, "nct_id": TRIAL}
    headers = request.headers
    if "HX-Request" in headers and "HX-History-Restore-Request" not in headers:
        return render(request, "worklist/fragment.html", context)
    return render(
        request, "worklist/page.html", context | {"notice": request.session.pop(_NOTICE, None)}
    )


@require_POST
@for_staff(May.WRITE_PATIENTS)
def assign_screenings(request: HttpRequest) -> HttpResponse:
    """Give the chosen screenings to somebody, and offer to take that back."""
    form, me = AssignForm(request.POST), _me(request)
    if not form.is_valid():
        return _back(request, notices.nothing_chosen(form))
    to = form.to_account(me.pk)
    try:
        before = assign(
            form.cleaned_data["screening"],
            to=to,
            by=me,
            on=_today(request),
            sites=scope_of(request).sites_where(May.WRITE_PATIENTS),
        )
    except (Refusal, Account.DoesNotExist) as refusal:
        return _back(request, notices.refused(refusal))
    undo = signing.dumps(
        {"to": to, "before": {str(of): had for of, had in before.items()}}, salt=_UNDO
    )
    # Who was given something was let in by the policy; of anybody else no name is told.
    name = Account.objects.get(pk=to).name if to is not None and before else ""
    return _back(request, notices.given(len(before), name, undo=undo))


@require_POST
@for_staff(May.WRITE_PATIENTS)
def undo_assignment(request: HttpRequest) -> HttpResponse:
    """Give them back to whoever had them, as far as they are still where they were given."""
    try:
        done = signing.loads(request.POST.get("undo", ""), salt=_UNDO, max_age=_UNDO_SECONDS)
    except signing.BadSignature:
        return _back(request, notices.undo_is_over())
    before = {UUID(of): had for of, had in done["before"].items()}
    still = worklist.still_with(before, done["to"])
    try:
        assign(
            still,
            to=before,
            by=_me(request),
            on=_today(request),
            sites=scope_of(request).sites_where(May.WRITE_PATIENTS),
        )
    except (Refusal, Account.DoesNotExist) as refusal:
        return _back(request, notices.refused(refusal))
    return _back(request, notices.given_back(len(still), of=len(before)))


def _me(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _today(request: HttpRequest) -> date:
    """The day it is at every site of who asks: of two days the earlier one, on which it is so everywhere."""
    return min(today_in(site.zone) for site in listing.places(scope_of(request).site_ids))


def _back(request: HttpRequest, notice: dict[str, Any]) -> HttpResponse:
    """To where the form was, with what came of it; never to another host."""
    request.session[_NOTICE] = notice
    there = request.POST.get("back", "")
    usable = there.startswith(reverse("worklist")) and url_has_allowed_host_and_scheme(
        there, allowed_hosts=None
    )
    return redirect(there if usable else "worklist")
