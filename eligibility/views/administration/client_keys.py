"""How an API client shows who it is: by which way, and its public keys, registered and ended."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from eligibility.administration_forms.clients import EndKeyForm, KeysForm, ProofForm
from eligibility.views.administration.acts import Act, administrator, ask, done, posted
from eligibility.views.administration.clients import all_clients, client_or_404, to_client
from trialscreen.institution.administration import client_keys
from trialscreen.institution.conduct import Conduct, for_conduct


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def set_proof(request: HttpRequest, client: int) -> HttpResponse:
    held, now, by = client_or_404(client), timezone.now(), administrator(request)
    kept = getattr(held, "kept", None)
    form = ProofForm(posted(request), initial={"proof": kept.proof if kept else "secret"})
    if done(form, lambda given: client_keys.set_proof(held, **given, by=by, at=now)):
        return redirect("administration-client", client=client)
    act = Act(
        title=say("How %(client)s shows who it is") % {"client": held.name},
        verb=_("Set the way"),
        form=form,
        crumbs=(all_clients(), to_client(held)),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def add_keys(request: HttpRequest, client: int) -> HttpResponse:
    held, now, by = client_or_404(client), timezone.now(), administrator(request)
    form = KeysForm(posted(request))
    if done(form, lambda given: client_keys.add_keys(held, **given, by=by, at=now)):
        return redirect("administration-client", client=client)
    act = Act(
        title=say("Public keys for %(client)s") % {"client": held.name},
        verb=_("Register the keys"),
        form=form,
        crumbs=(all_clients(), to_client(held)),
        lead=_(
            "What they sign is taken from now on, beside what its other keys sign: register the next key, let the "
            "client change to it, then end the one before."
        ),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def end_key(request: HttpRequest, client: int, key: int) -> HttpResponse:
    held, now, by = client_or_404(client), timezone.now(), administrator(request)
    one = client_keys.key_of(held, key)
    if one is None:
        raise Http404(key)
    form = EndKeyForm(posted(request), initial={"overlap_hours": 24})
    if done(form, lambda given: client_keys.end_key(one, **given, by=by, at=now)):
        return redirect("administration-client", client=client)
    act = Act(
        title=say("End the key %(kid)s") % {"kid": one.kid},
        verb=_("End the key"),
        form=form,
        crumbs=(all_clients(), to_client(held)),
        warning=_("Neither this key nor its name (kid) can be registered again."),
    )
    return ask(request, act)
