"""People: the list, one person's page, and what is done with an account and its roles."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.people import EndForm, InvitationForm, RoleForm, SearchForm
from eligibility.presenters import administration as words
from eligibility.views.administration.acts import (
    Act,
    Crumb,
    administrator,
    ask,
    done,
    posted,
)
from eligibility.views.administration.links import told_once
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration import lists, roles, staff
from trialscreen.institution.conduct import Conduct, for_conduct
from trialscreen.institution.models import Account


@require_safe
@for_conduct(Conduct.MANAGE)
def people_page(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    form.is_valid()
    search = form.cleaned_data.get("q", "")
    shown = form.cleaned_data.get("show") or lists.ACTIVE
    found = lists.people(search, shown)
    page = {
        "people": words.people(found.found, at=timezone.now()),
        "more": found.more,
        "search": search,
        "shown": shown,
        "tabs": words.tabs(shown, search),
    }
    return render(request, "administration/people.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_conduct(Conduct.MANAGE)
def invite(request: HttpRequest) -> HttpResponse:
    """A new person; the link to their password is shown once."""
    now = timezone.now()
    first = {"first_day": timezone.localdate().isoformat()}
    form = InvitationForm(posted(request), initial=first)
    invited: list[staff.Invited] = []
    by = administrator(request)
    if done(form, lambda given: invited.append(staff.invite(**given, by=by, at=now))):
        return told_once(request, invited[0], at=now)
    act = Act(
        title=_("Invite somebody"),
        verb=_("Invite"),
        form=form,
        crumbs=(_people(),),
        lead=_(
            "One account for one person. They set their own password by a link that works once."
        ),
        optional=("last_day", "site"),
    )
    return ask(request, act)


@require_safe
@for_conduct(Conduct.MANAGE)
def person_page(request: HttpRequest, account: int) -> HttpResponse:
    held = _person(account)
    page = {
        "one": words.person(held, at=timezone.now()),
        "is_me": held.pk == administrator(request).pk,
    }
    return render(request, "administration/person.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def give_role(request: HttpRequest, account: int) -> HttpResponse:
    held, now, by = _person(account), timezone.now(), administrator(request)
    form = RoleForm(posted(request), initial={"first_day": timezone.localdate().isoformat()})
    if done(form, lambda given: roles.give_role(held, **given, by=by, at=now)):
        return redirect("administration-person", account=account)
    act = Act(
        title=say("Give %(name)s a role") % {"name": held.name},
        verb=_("Give the role"),
        form=form,
        crumbs=(_people(), _to(held)),
        lead=_("It counts from the next request on, on each of its days."),
        optional=("last_day", "site"),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def end_role(request: HttpRequest, account: int, role: int) -> HttpResponse:
    held, now, by = _person(account), timezone.now(), administrator(request)
    one = lists.role_of(held, role)
    if one is None:
        raise Http404(role)
    form = EndForm(posted(request))
    if done(form, lambda given: roles.end_role(one, **given, by=by, at=now)):
        return redirect("administration-person", account=account)
    act = Act(
        title=say("End a role of %(name)s") % {"name": held.name},
        verb=_("End the role"),
        form=form,
        crumbs=(_people(), _to(held)),
        lead=one.in_words,
        optional=("last_day",),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def deactivate(request: HttpRequest, account: int) -> HttpResponse:
    held, now, by = _person(account), timezone.now(), administrator(request)
    form = ReasonForm(posted(request))
    if done(form, lambda given: staff.deactivate(held, **given, by=by, at=now)):
        return redirect("administration-person", account=account)
    act = Act(
        title=say("Deactivate %(name)s") % {"name": held.name},
        verb=_("Deactivate now"),
        form=form,
        crumbs=(_people(), _to(held)),
        warning=_(
            "Sessions and tokens end at once, every role ends, and the password is gone. What the "
            "person has done stays under their name, and nobody else is ever given the user name."
        ),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def reactivate(request: HttpRequest, account: int) -> HttpResponse:
    held, now, by = _person(account), timezone.now(), administrator(request)
    form = ReasonForm(posted(request))
    if done(form, lambda given: staff.reactivate(held, **given, by=by, at=now)):
        return redirect("administration-person", account=account)
    act = Act(
        title=say("Reactivate %(name)s") % {"name": held.name},
        verb=_("Reactivate"),
        form=form,
        crumbs=(_people(), _to(held)),
        lead=_("The account comes back without a role and without a password: give both anew."),
    )
    return ask(request, act)


@require_POST
@never_cache
@for_conduct(Conduct.MANAGE)
def invite_again(request: HttpRequest, account: int) -> HttpResponse:
    held, now = _person(account), timezone.now()
    try:
        invited = staff.invite_again(held, by=administrator(request), at=now)
    except NotDone as refused:
        page = {"one": words.person(held, at=now), "refused": refused.sentence}
        return render(request, "administration/person.html", page, status=422)
    return told_once(request, invited, at=now)


def _person(account: int) -> Account:
    held = lists.person(account)
    if held is None:
        raise Http404(account)
    return held


def _people() -> Crumb:
    return Crumb(_("People"), reverse("administration-people"))


def _to(held: Account) -> Crumb:
    return Crumb(held.name, reverse("administration-person", args=[held.pk]))
