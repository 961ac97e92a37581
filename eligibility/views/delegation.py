"""The delegation log of a site, and who answers for the trial there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eligibility import listing
from eligibility.actions import notes as noting
from eligibility.actions import opening
from eligibility.administration_forms.delegating import EndForm, EntryForm, PrincipalForm
from eligibility.presenters import delegation, notes
from trialscreen.institution import actions
from trialscreen.institution.conduct import Conduct, for_conduct, sites_where
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import scope_of
from trialscreen.institution.sign_in import signing_page
from trialscreen.institution.sign_in.signing import How
from trialscreen.institution.trail.actions import say_of

TRIAL = "NCT00514085"


class SigningForm(forms.Form):
    """The lines that are signed, and the password again."""

    entries = forms.TypedMultipleChoiceField(
        label=_("Entries"), coerce=int, error_messages={"required": _("Choose what you sign.")}
    )
    password = forms.CharField(
        label=_("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, waiting: list[int], typed: Any = None) -> None:
        super().__init__(typed, auto_id="id_sign_%s")
        entries = self.fields["entries"]
        assert isinstance(entries, forms.ChoiceField)
        entries.choices = [(one, one) for one in waiting]


@require_safe
@for_conduct()
def my_log(request: HttpRequest) -> HttpResponse:
    """To the log of the one site of who asks, or to the list of sites."""
    sites = listing.places(sites_where(scope_of(request), Conduct.READ))
    if len(sites) == 1:
        return redirect("delegation-log", code=sites[0].code)
    return redirect("opening", nct_id=TRIAL)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct()
def delegation_log(request: HttpRequest, code: str) -> HttpResponse:
    """The log; a new entry is posted here."""
    site = _site(request, code)
    if request.method != "POST":
        return _shown(request, site)
    staff = _staff(site)
    form = EntryForm(staff, request.POST)

    def enter() -> None:
        given = form.cleaned_data
        account = next(one for one in staff if one.pk == given["account"])
        by, today = _person(request), _today(site)
        actions.enter_delegation(
            site=site, trial=TRIAL, by=by, today=today, **given | {"account": account}
        )

    return _answered(request, site, form, enter, entry=form)


@require_POST
@for_conduct()
def sign_log(request: HttpRequest, code: str) -> HttpResponse:
    """The principal investigator signs entries."""
    site = _site(request, code)
    form, shown = SigningForm(_waiting(site), request.POST), signing_page.given_in(request)
    if shown is not None:
        form.fields["password"].required = False

    def sign() -> None:
        actions.sign_delegations(
            form.cleaned_data["entries"],
            site=site,
            trial=TRIAL,
            by=_person(request),
            password=shown or form.cleaned_data["password"],
            at=timezone.now(),
        )
        say_of(request, how=(shown.how if shown else How.PASSWORD).value)

    return _answered(request, site, form, sign, signing=form)


@require_POST
@for_conduct()
def end_entry(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """End an entry with a day, or withdraw one that nobody has signed."""
    site = _site(request, code)
    log = actions.log_of(site, trial=TRIAL)
    held = next((one for one in log if one.pk == entry), None)
    if held is None:
        raise Http404(entry)
    form = EndForm(request.POST, auto_id=f"id_{entry}_%s")

    def end() -> None:
        actions.end_delegation(
            held, last_day=form.cleaned_data["last_day"], by=_person(request), today=_today(site)
        )

    return _answered(request, site, form, end, ending={entry: form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def name_principal(request: HttpRequest, code: str) -> HttpResponse:
    """An administrator names who answers for the trial at a site."""
    site = _shown_site(request, code)
    today = _today(site)
    people = opening.investigators_of(site, on=today)
    form = PrincipalForm(people, request.POST if request.method == "POST" else None)
    if form.is_valid():
        named = next(one for one in people if one.pk == form.cleaned_data["account"])
        try:
            actions.appoint_principal(
                site=site,
                trial=TRIAL,
                account=named,
                first_day=form.cleaned_data["first_day"],
                by=_person(request),
                today=today,
            )
        except actions.NotDone as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("principal", code=code)
    page = {"log": _log(request, site), "form": form, "nobody": not people}
    return render(request, "opening/principal.html", page, status=422 if form.errors else 200)


def _answered(
    request: HttpRequest, site: Site, form: forms.Form, do: Callable[[], None], **shown: Any
) -> HttpResponse:
    """Do what a form asks and go back to the log, or show the form with what was typed and what is wrong (422)."""
    if form.is_valid():
        try:
            do()
        except actions.NotDone as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("delegation-log", code=site.code)
    return _shown(request, site, status=422, **shown)


def _shown(
    request: HttpRequest,
    site: Site,
    *,
    entry: EntryForm | None = None,
    signing: SigningForm | None = None,
    ending: dict[int, EndForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    log = _log(request, site)
    blank = {
        one.id: EndForm(auto_id=f"id_{one.id}_%s", initial={"last_day": _today(site)})
        for one in log.entries
        if log.keeps and one.lasts
    }
    ways = {}
    if log.signs and log.waiting:
        there = reverse("delegation-log", args=[site.code])
        ways = signing_page.asked_of(request, actions.signing_of(site, trial=TRIAL), page=there)
    page = {
        "log": log,
        "ways": ways,
        "entry": entry or EntryForm(_staff(site)) if log.keeps else None,
        "signing": signing or SigningForm(_waiting(site)),
        "ending": blank | (ending or {}),
        "meaning": delegation.MEANING,
        "manages": bool(sites_where(scope_of(request), Conduct.MANAGE)),
        "today": notes.moment(timezone.now(), site),
    }
    return render(request, "opening/delegation.html", page, status=status)


def _log(request: HttpRequest, site: Site) -> delegation.Log:
    return delegation.present(
        site,
        trial=TRIAL,
        entries=actions.log_of(site, trial=TRIAL),
        principals=opening.principals_of(TRIAL, site_ids=[site.pk]),
        viewer=_person(request).pk,
        keeps=site.pk in scope_of(request).site_ids,
        on=_today(site),
    )


def _site(request: HttpRequest, code: str) -> Site:
    """A site whose log may be read, and where something is sent, kept."""
    site = _shown_site(request, code)
    if request.method == "POST" and site.pk not in scope_of(request).site_ids:
        raise PermissionDenied
    return site


def _shown_site(request: HttpRequest, code: str) -> Site:
    allowed = listing.places(sites_where(scope_of(request), Conduct.READ))
    site = next((one for one in allowed if one.code == code), None)
    if site is None:
        raise Http404(code)
    return site


def _staff(site: Site) -> list[Account]:
    return noting.staff_of(site.pk, on=_today(site))


def _waiting(site: Site) -> list[int]:
    log = actions.log_of(site, trial=TRIAL)
    return [one.pk for one in log if one.signed_at is None and one.ended_at is None]


def _today(site: Site) -> date:
    return timezone.localdate(timezone=site.zone)


def _person(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
