"""Record systems that ask by CDS Hooks: the list, one of them with its keys and what came of its cards."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.actions import record_systems
from eligibility.administration_forms.clients import EndKeyForm, KeysForm
from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.record_systems import StoringForm, SystemForm
from eligibility.models import RecordSystem
from eligibility.presenters import record_systems as words
from eligibility.views.administration.acts import (
    Act,
    Crumb,
    administrator,
    ask,
    done,
    posted,
)
from trialscreen.institution.administration import lists
from trialscreen.institution.conduct import Conduct, for_conduct

FORM = ["GET", "HEAD", "POST"]
ONE = "administration-record-system"


@require_safe
@for_conduct(Conduct.MANAGE)
def systems_page(request: HttpRequest) -> HttpResponse:
    held = record_systems.systems().order_by("ended_at", "name", "pk")
    page = {"systems": [words.present(one, at=timezone.now()) for one in held]}
    return render(request, "administration/record_systems.html", page)


@require_safe
@for_conduct(Conduct.MANAGE)
def system_page(request: HttpRequest, system: int) -> HttpResponse:
    held = _system(system)
    page = {
        "one": words.present(held, at=timezone.now()),
        "outcomes": words.outcomes(record_systems.feedback_of(held)),
        "service": request.build_absolute_uri(reverse("cds-trial-eligibility")),
    }
    return render(request, "administration/record_system.html", page)


@require_http_methods(FORM)
@for_conduct(Conduct.MANAGE)
def add_system(request: HttpRequest) -> HttpResponse:
    form = SystemForm(posted(request), sites=lists.sites())
    now, by = timezone.now(), administrator(request)
    made: list[RecordSystem] = []
    if done(form, lambda given: made.append(record_systems.add_system(**given, by=by, at=now))):
        return redirect(ONE, system=made[0].pk)
    act = Act(
        title=_("A new record system"),
        verb=_("Register the record system"),
        form=form,
        crumbs=(_all(),),
        lead=_("It asks by CDS Hooks for one site. Nothing it signs is taken until it has a key."),
    )
    return ask(request, act)


@require_http_methods(FORM)
@for_conduct(Conduct.MANAGE)
def set_storing(request: HttpRequest, system: int) -> HttpResponse:
    held, by = _system(system), administrator(request)
    form = StoringForm(posted(request), initial={"stores": "yes" if held.stores else "no"})
    if done(form, lambda given: record_systems.set_storing(held, **given, by=by)):
        return redirect(ONE, system=system)
    act = Act(
        title=say("What %(system)s sends") % {"system": held.name},
        verb=_("Set it"),
        form=form,
        crumbs=(_all(), _to(held)),
        lead=_(
            "A card is worked out from what is sent with the question, whether it is kept or not."
        ),
    )
    return ask(request, act)


@require_http_methods(FORM)
@for_conduct(Conduct.MANAGE)
def add_keys(request: HttpRequest, system: int) -> HttpResponse:
    held, now, by = _system(system), timezone.now(), administrator(request)
    form = KeysForm(posted(request))
    if done(form, lambda given: record_systems.add_keys(held, **given, by=by, at=now)):
        return redirect(ONE, system=system)
    act = Act(
        title=say("Public keys for %(system)s") % {"system": held.name},
        verb=_("Register the keys"),
        form=form,
        crumbs=(_all(), _to(held)),
        lead=_("What they sign is taken from now on, beside what its other keys sign."),
    )
    return ask(request, act)


@require_http_methods(FORM)
@for_conduct(Conduct.MANAGE)
def end_key(request: HttpRequest, system: int, key: int) -> HttpResponse:
    held, now, by = _system(system), timezone.now(), administrator(request)
    one = held.keys.filter(pk=key).first()
    if one is None:
        raise Http404(key)
    form = EndKeyForm(posted(request), initial={"overlap_hours": 24})
    if done(form, lambda given: record_systems.end_key(one, **given, by=by, at=now)):
        return redirect(ONE, system=system)
    act = Act(
        title=say("End the key %(kid)s") % {"kid": one.kid},
        verb=_("End the key"),
        form=form,
        crumbs=(_all(), _to(held)),
        warning=_("Neither this key nor its name (kid) can be registered again."),
    )
    return ask(request, act)


@require_http_methods(FORM)
@for_conduct(Conduct.MANAGE)
def end_system(request: HttpRequest, system: int) -> HttpResponse:
    held, now, by = _system(system), timezone.now(), administrator(request)
    form = ReasonForm(posted(request))
    if done(form, lambda given: record_systems.end_system(held, **given, by=by, at=now)):
        return redirect(ONE, system=system)
    act = Act(
        title=say("End %(system)s") % {"system": held.name},
        verb=_("End it now"),
        form=form,
        crumbs=(_all(), _to(held)),
        warning=_("It gets no card any more. It is not opened again: another is registered."),
    )
    return ask(request, act)


def _system(key: int) -> RecordSystem:
    held = record_systems.systems().filter(pk=key).first()
    if held is None:
        raise Http404(key)
    return held


def _all() -> Crumb:
    return Crumb(_("Record systems"), reverse("administration-record-systems"))


def _to(held: RecordSystem) -> Crumb:
    return Crumb(held.name, reverse(ONE, args=[held.pk]))
