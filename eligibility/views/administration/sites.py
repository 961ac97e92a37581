"""Sites: the list, one site's page, and what is done with it. Of its screenings there is a number and no more."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.actions import approving, opening
from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.sites import (
    ApprovalForm,
    ChangeForm,
    ClosingForm,
    NewSiteForm,
)
from eligibility.models import SiteApproval, Trial
from eligibility.presenters import administered as words
from eligibility.presenters import opening as openings
from eligibility.views.administration.acts import (
    Act,
    Crumb,
    administrator,
    ask,
    done,
    posted,
    today_at,
)
from trialscreen.institution.administration import lists
from trialscreen.institution.administration import sites as centres
from trialscreen.institution.conduct import Conduct, for_conduct
from trialscreen.institution.models import Site

TRIAL = "NCT00514085"


@require_safe
@for_conduct(Conduct.MANAGE)
def sites_page(request: HttpRequest) -> HttpResponse:
    held = lists.sites()
    staff = lists.staff_counts([one.pk for one in held], on=timezone.localdate())
    shown = [words.centre(one, on=today_at(one), staff=staff[one.pk]) for one in held]
    return render(request, "administration/sites.html", {"sites": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def add_site(request: HttpRequest) -> HttpResponse:
    form = NewSiteForm(posted(request))
    by = administrator(request)
    if done(form, lambda given: centres.add_site(**given, by=by)):
        return redirect("administration-site", code=form.cleaned_data["code"])
    act = Act(
        title=_("A new site"),
        verb=_("Add the site"),
        form=form,
        crumbs=(_sites(),),
        lead=_("A part of the trial opens there only after its approvals."),
        optional=("postal_code",),
    )
    return ask(request, act)


@require_safe
@for_conduct(Conduct.MANAGE)
def site_page(request: HttpRequest, code: str) -> HttpResponse:
    site = site_or_404(code)
    today = today_at(site)
    people = lists.roles_of_site(site, on=today)
    trial = opening.trial_of(TRIAL)
    page = {
        "site": words.centre(site, on=today, staff=len({one.account_id for one in people})),
        "crew": words.posts(people),
        "open_screenings": words.still_open(approving.open_screenings(site)),
        "approvals": [words.approval(one, on=today) for one in _approvals(site, trial)],
        "parts": _parts(site, trial),
        "trial": TRIAL,
    }
    return render(request, "administration/site.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def change_site(request: HttpRequest, code: str) -> HttpResponse:
    site, by = site_or_404(code), administrator(request)
    first = {"name": site.name, "city": site.city, "postal_code": site.postal_code}
    form = ChangeForm(posted(request), initial=first)
    if done(form, lambda given: centres.change_site(site, **given, by=by)):
        return redirect("administration-site", code=code)
    act = Act(
        title=say("Change %(site)s") % {"site": site.name},
        verb=_("Change"),
        form=form,
        crumbs=(_sites(), to_site(site)),
        lead=_("Code, time zone and first day stay: what is on record is dated by them."),
        optional=("postal_code",),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def close_site(request: HttpRequest, code: str) -> HttpResponse:
    site, by, now = site_or_404(code), administrator(request), timezone.now()
    form = ClosingForm(posted(request), initial={"closed_on": site.closed_on or today_at(site)})
    if done(form, lambda given: centres.close_site(site, **given, by=by, at=now)):
        return redirect("administration-site", code=code)
    act = Act(
        title=say("Close %(site)s") % {"site": site.name},
        verb=_("Set the day of closing"),
        form=form,
        crumbs=(_sites(), to_site(site)),
        warning=words.still_open(approving.open_screenings(site)),
        optional=("closed_on",),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def add_approval(request: HttpRequest, code: str) -> HttpResponse:
    site, by, now = site_or_404(code), administrator(request), timezone.now()
    trial = opening.trial_of(TRIAL)
    if trial is None:
        raise Http404(TRIAL)
    form = ApprovalForm(posted(request))
    if done(
        form,
        lambda given: approving.record_approval(site=site, trial=trial, **given, by=by, at=now),
    ):
        return redirect("administration-site", code=code)
    act = Act(
        title=say("An approval of %(trial)s at %(site)s") % {"trial": TRIAL, "site": site.city},
        verb=_("Record the approval"),
        form=form,
        crumbs=(_sites(), to_site(site)),
        lead=_("Write what the document says; a part opens here while the ethics board's holds."),
        optional=("expires_on",),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def withdraw_approval(request: HttpRequest, code: str, approval: int) -> HttpResponse:
    site, by, now = site_or_404(code), administrator(request), timezone.now()
    held = next((x for x in _approvals(site, opening.trial_of(TRIAL)) if x.pk == approval), None)
    if held is None:
        raise Http404(approval)
    form = ReasonForm(posted(request))
    if done(form, lambda given: approving.withdraw_approval(held, **given, by=by, at=now)):
        return redirect("administration-site", code=code)
    act = Act(
        title=say("Withdraw %(reference)s") % {"reference": held.reference},
        verb=_("Withdraw the approval"),
        form=form,
        crumbs=(_sites(), to_site(site)),
        warning=_(
            "From today on no part opens here on this approval. Without another one that holds, "
            "nobody is confirmed or registered here either, though no part is closed by it."
        ),
    )
    return ask(request, act)


def site_or_404(code: str) -> Site:
    site = lists.site_of(code)
    if site is None:
        raise Http404(code)
    return site


def to_site(site: Site) -> Crumb:
    return Crumb(site.name, reverse("administration-site", args=[site.code]))


def _sites() -> Crumb:
    return Crumb(_("Sites"), reverse("administration-sites"))


def _approvals(site: Site, trial: Trial | None) -> list[SiteApproval]:
    return approving.approvals_of(site, trial=trial) if trial is not None else []


def _parts(site: Site, trial: Trial | None) -> list[tuple[str, str, openings.Places]]:
    """Each part of the trial: its key in an address, its name, its places at the site."""
    parts = [one for one in opening.parts_of(trial) if one.name] if trial is not None else []
    held = {one.part_id: one for one in opening.parts_at(parts, site_ids=[site.pk])}
    return [
        (
            one.name,
            openings.name_of(one),
            openings.places_of(held.get(one.pk), today=today_at(site)),
        )
        for one in parts
    ]
