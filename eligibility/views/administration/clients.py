"""API clients: the list, one client's page, its grants and its secret."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.administration_forms.clients import ClientForm, GrantForm, SecretForm
from eligibility.administration_forms.fields import ReasonForm
from eligibility.presenters import api_clients as words
from eligibility.views.administration.acts import (
    Act,
    Crumb,
    administrator,
    ask,
    done,
    posted,
)
from eligibility.views.administration.sites import site_or_404
from trialscreen.institution.administration import clients, lists
from trialscreen.institution.conduct import Conduct, for_conduct


@require_safe
@for_conduct(Conduct.MANAGE)
def clients_page(request: HttpRequest) -> HttpResponse:
    shown = [words.present(one, at=timezone.now()) for one in clients.clients()]
    return render(request, "administration/clients.html", {"clients": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_conduct(Conduct.MANAGE)
def add_client(request: HttpRequest) -> HttpResponse:
    form, now, by = ClientForm(posted(request)), timezone.now(), administrator(request)
    made: list[clients.Registered] = []
    if done(form, lambda given: made.append(clients.add_client(**given, by=by, at=now))):
        if not made[0].secret:
            return redirect("administration-client", client=made[0].application.pk)
        return _told_once(request, made[0])
    act = Act(
        title=_("A new API client"),
        verb=_("Register the client"),
        form=form,
        crumbs=(all_clients(),),
        lead=_(
            "Its secret, if it has one, is shown once. It may do nothing until it is granted something at a site."
        ),
    )
    return ask(request, act)


@require_safe
@for_conduct(Conduct.MANAGE)
def client_page(request: HttpRequest, client: int) -> HttpResponse:
    page = {
        "one": words.present(client_or_404(client), at=timezone.now()),
        "sites": [(one.code, one.city) for one in lists.sites()],
    }
    return render(request, "administration/client.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def grant(request: HttpRequest, client: int, code: str) -> HttpResponse:
    held, site, by = client_or_404(client), site_or_404(code), administrator(request)
    now = [may for one in held.grants.all() if one.site_id == site.pk for may in one.allowed]
    mine = [
        one
        for grant in held.grants.all()
        if grant.site_id == site.pk
        for one in grant.granted.system
    ]
    initial = {"rights": sorted(now), "smart": " ".join(sorted(str(one) for one in mine))}
    form = GrantForm(posted(request), initial=initial)
    if done(form, lambda given: clients.set_grant(held, site=site, **given, by=by)):
        return redirect("administration-client", client=client)
    act = Act(
        title=say("%(client)s at %(site)s") % {"client": held.name, "site": site.city},
        verb=_("Set the rights"),
        form=form,
        crumbs=(all_clients(), to_client(held)),
        lead=_("It holds from the next request on, also for tokens that were given before."),
        optional=("smart",),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_conduct(Conduct.MANAGE)
def new_secret(request: HttpRequest, client: int) -> HttpResponse:
    held, now, by = client_or_404(client), timezone.now(), administrator(request)
    form = SecretForm(posted(request), initial={"overlap_hours": 24})
    made: list[clients.Registered] = []
    if done(form, lambda given: made.append(clients.new_secret(held, **given, by=by, at=now))):
        return _told_once(request, made[0])
    act = Act(
        title=say("A new secret for %(client)s") % {"client": held.name},
        verb=_("Make a new secret"),
        form=form,
        crumbs=(all_clients(), to_client(held)),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def deactivate(request: HttpRequest, client: int) -> HttpResponse:
    held, now, by = client_or_404(client), timezone.now(), administrator(request)
    form = ReasonForm(posted(request))
    if done(form, lambda given: clients.deactivate_client(held, **given, by=by, at=now)):
        return redirect("administration-client", client=client)
    act = Act(
        title=say("Deactivate %(client)s") % {"client": held.name},
        verb=_("Deactivate now"),
        form=form,
        crumbs=(all_clients(), to_client(held)),
        warning=_("Its tokens end at once and it gets no other. It is not opened again."),
    )
    return ask(request, act)


def _told_once(request: HttpRequest, made: clients.Registered) -> HttpResponse:
    page = {"client": made.application, "secret": made.secret}
    return render(request, "administration/secret.html", page)


def client_or_404(key: int) -> Any:
    held = clients.client(key)
    if held is None:
        raise Http404(key)
    return held


def all_clients() -> Crumb:
    return Crumb(_("API clients"), reverse("administration-clients"))


def to_client(held: Any) -> Crumb:
    return Crumb(held.name, reverse("administration-client", args=[held.pk]))
