"""Senders of HL7 v2 messages: those of every site, a new one, and the end of one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.senders import OPTIONAL, SenderForm
from eligibility.presenters.administration import moment
from eligibility.views.administration.acts import Act, Crumb, administrator, ask, done, posted
from eligibility.views.administration.sites import site_or_404
from patients.actions import registering_senders as senders
from patients.actions.unplaced import unplaced
from trialscreen.institution.administration import lists
from trialscreen.institution.conduct import Conduct, for_conduct


@require_safe
@for_conduct(Conduct.MANAGE)
def senders_page(request: HttpRequest) -> HttpResponse:
    """Whose messages are taken, site by site; and what came of nobody known, without what it says."""
    count, latest = unplaced()
    page = {
        "sites": [
            {"code": site.code, "city": site.city, "senders": senders.senders(site)}
            for site in lists.sites()
        ],
        "count": count,
        "latest": [
            {
                "when": moment(one.received_at),
                "named": " · ".join(part for part in (one.application, one.facility) if part),
                "peer": one.peer,
                "client": one.client,
                "way": one.way.upper(),
                "kind": one.kind,
            }
            for one in latest
        ],
    }
    return render(request, "administration/senders.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def add_sender(request: HttpRequest, code: str) -> HttpResponse:
    site, by = site_or_404(code), administrator(request)
    form = SenderForm(posted(request))

    def register(_given: dict[str, Any]) -> None:
        said, reason = form.said()
        senders.register_sender(said, site=site, reason=reason, by=by)

    if done(form, register):
        return redirect("administration-senders")
    act = Act(
        title=say("A new sender of messages at %(site)s") % {"site": site.city},
        verb=_("Register the sender"),
        form=form,
        crumbs=(_senders(),),
        lead=_("A message is its own where MSH-3, MSH-4 and the connection are as said here."),
        optional=OPTIONAL,
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def end_sender(request: HttpRequest, code: str, sender: int) -> HttpResponse:
    site, by = site_or_404(code), administrator(request)
    held = senders.sender_at(site, sender)
    if held is None:
        raise Http404(sender)
    form = ReasonForm(posted(request))
    if done(form, lambda given: senders.end_sender(held, **given, by=by, at=timezone.now())):
        return redirect("administration-senders")
    act = Act(
        title=say("End %(sender)s") % {"sender": held.name},
        verb=_("End the sender"),
        form=form,
        crumbs=(_senders(),),
        warning=_("Its messages are refused from now on. What it has sent stays."),
    )
    return ask(request, act)


def _senders() -> Crumb:
    return Crumb(_("Senders of messages"), reverse("administration-senders"))
