"""What the forms of administration have in common: one page for each act, and one way of being refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Account, Site


class Crumb(NamedTuple):
    label: Any
    address: str


class Act(NamedTuple):
    """A page that asks for one thing."""

    title: Any
    verb: Any
    form: forms.Form
    crumbs: tuple[Crumb, ...]
    lead: Any = ""
    warning: Any = ""
    optional: tuple[str, ...] = ()
    """Names of fields that may stay empty."""
    unchanged: Any = _("Back without a change")


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def done(form: forms.Form, do: Callable[[dict[str, Any]], object]) -> bool:
    """Do what a form asks. Where that is refused the form says why, and False is answered."""
    if not form.is_valid():
        return False
    try:
        do(form.cleaned_data)
    except NotDone as refused:
        form.add_error(None, refused.sentence)
        return False
    return True


def ask(request: HttpRequest, act: Act) -> HttpResponse:
    """The page of an act; what was typed is kept where it was refused (422)."""
    page = {"act": act, "form": act.form}
    status = 422 if act.form.errors else 200
    return render(request, "administration/act.html", page, status=status)


def administrator(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def today_at(site: Site | None) -> date:
    return timezone.localdate(timezone=site.zone if site is not None else None)
