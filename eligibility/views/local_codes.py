"""The pages of a site's own codes: the map in force, what nothing reads, a proposal, and the steps of a version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eligibility import listing, protocols
from eligibility.actions import mapping
from eligibility.presenters import local_codes as words
from patients import local_codes as maps
from patients.actions import local_codes as acts
from patients.codes.local_csv import LARGEST, read_file
from patients.codes.local_rows import LONGEST, TARGETS, Refused, Row
from patients.codes.targets import targets
from trialscreen.institution.access import for_staff
from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Account, Site
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of

TRIAL = "NCT00514085"


class ReasonForm(forms.Form):
    """Why, in a person's words."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, error_messages={"required": _("Say why.")}
    )


class UploadForm(ReasonForm):
    """A file of lines, and what it is."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns: system, code, display, target_system, target_code, comment."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    reason = forms.CharField(
        label=_("What it is"),
        max_length=500,
        help_text=_("Like: catalogue of the laboratory of 3 Nov 2026."),
        error_messages={"required": _("Say what it is.")},
    )
    site = forms.CharField(widget=forms.HiddenInput, max_length=100)
    field_order = ("file", "reason", "site")


class LineForm(ReasonForm):
    """One code of the hospital, and the code of the dictionary that it means."""

    system = forms.CharField(label=_("Code system"), max_length=LONGEST["system"], required=False)
    code = forms.CharField(label=_("Local code"), max_length=LONGEST["code"])
    display = forms.CharField(label=_("Called"), max_length=LONGEST["display"], required=False)
    target_system = forms.ChoiceField(
        label=_("Is a code of"), choices=[(uri, name.upper()) for name, uri in TARGETS.items()]
    )
    target_code = forms.CharField(
        label=_("Code there"),
        max_length=LONGEST["target_code"],
        help_text=_(
            "A code that the dictionary reads, like 751-8; write what it is called, and it is proposed."
        ),
        widget=forms.TextInput(attrs={"list": "known-codes", "autocomplete": "off"}),
    )
    comment = forms.CharField(label=_("Comment"), max_length=LONGEST["comment"], required=False)
    site = forms.CharField(widget=forms.HiddenInput, max_length=100)
    field_order = ("system", "code", "display", "target_system", "target_code", "comment", "reason")


@require_safe
@for_staff()
def local_codes_page(request: HttpRequest) -> HttpResponse:
    """The map in force at a site, and everything about it."""
    return _page(request, _site(request, request.GET.get("site", "")))


@require_POST
@for_staff(May.WRITE_PATIENTS)
def upload(request: HttpRequest) -> HttpResponse:
    """A file becomes a draft, whole, or it is told line by line why not (422)."""
    site = _site(request, request.POST.get("site", ""))
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, site, form, status=422)
    file = form.cleaned_data["file"]
    try:
        rows = read_file(file.read(LARGEST + 1))
        version = acts.propose(
            rows, site=site, reason=form.cleaned_data["reason"], by=_person(request)
        )
    except Refused as refused:
        return _page(request, site, form, status=422, problems=refused.problems)
    except NotDone as refused:
        form.add_error(None, refused.sentence)
        return _page(request, site, form, status=422)
    return redirect("local-codes-version", local_codes=version.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(May.WRITE_PATIENTS)
def add_code(request: HttpRequest) -> HttpResponse:
    """One code, from the place where it was seen."""
    given = request.POST if request.method == "POST" else request.GET
    site = _site(request, given.get("site", ""))
    known = {name: given.get(name, "") for name in ("system", "code", "display")}
    form = LineForm(
        request.POST if request.method == "POST" else None, initial={**known, "site": site.code}
    )
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in LONGEST}
        reason = form.cleaned_data["reason"]
        try:
            version = acts.propose([Row(1, **said)], site=site, reason=reason, by=_person(request))
        except Refused as refused:
            for one in refused.problems:
                form.add_error(one.column or None, one.text)
        except NotDone as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("local-codes-version", local_codes=version.pk)
    page = {
        "site": site,
        "form": form,
        "draft": _shown(maps.open_draft(site.pk), site),
        "targets": targets(),
    }
    return render(request, "local_codes/add.html", page, status=422 if form.errors else 200)


@require_safe
@for_staff()
def version_page(request: HttpRequest, local_codes: int) -> HttpResponse:
    return _version_page(request, _version(request, local_codes))


@require_POST
@for_staff(May.WRITE_PATIENTS)
def version_step(request: HttpRequest, local_codes: int, step: str) -> HttpResponse:
    """Have its impact counted, review it, put it in force, set it aside."""
    held, by = _version(request, local_codes), _person(request)
    done: dict[str, Callable[[str], Any]] = {
        "impact": lambda _why: mapping.ask_impact(held, by=by),
        "review": lambda why: acts.review(held, statement=why, by=by),
        "put-in-force": lambda why: mapping.put_in_force(held, reason=why, by=by),
        "set-aside": lambda why: acts.set_aside(held, reason=why, by=by),
    }
    if step not in done:
        raise Http404(step)
    form = forms.Form(request.POST) if step == "impact" else ReasonForm(request.POST)
    if form.is_valid():
        try:
            done[step](form.cleaned_data.get("reason", ""))
        except NotDone as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("local-codes-version", local_codes=held.pk)
    return _version_page(request, held, form, status=422)


def _page(
    request: HttpRequest,
    site: Site,
    form: UploadForm | None = None,
    *,
    status: int = 200,
    problems: tuple[Any, ...] = (),
) -> HttpResponse:
    now = maps.in_force(site.pk)
    lines = maps.lines_of(now)
    asked = request.GET.get("q", "").replace("\0", "")[:200]
    found = words.sought(lines, asked)
    page = {
        "site": site,
        "sites": _sites(request),
        "now": _shown(now, site),
        "draft": _shown(maps.open_draft(site.pk), site),
        "lines": words.shown(found[: words.SHOWN]),
        "found": len(found),
        "of": len(lines),
        "q": asked,
        "unread": words.unread(maps.unread_codes(site.pk), site.code, maps.map_in_force(site.pk)),
        "form": form or UploadForm(initial={"site": site.code}),
        "problems": problems,
        "versions": [_shown(one, site) for one in maps.versions_of(site.pk)[:50]],
        "writes": _writes(request, site),
    }
    return render(request, "local_codes/page.html", page, status=status)


def _version_page(
    request: HttpRequest, held: Any, form: forms.Form | None = None, *, status: int = 200
) -> HttpResponse:
    site = held.site
    before = maps.versions_of(site.pk).filter(number=held.based_on).first()
    titles = {one.id: one.title for one in protocols.get(TRIAL).criteria}
    found = words.changes(maps.lines_of(before), maps.lines_of(held))
    person = _person(request)
    page = {
        "site": site,
        "version": _shown(held, site),
        "against": held.based_on,
        "changes": found[: words.SHOWN],
        "more": max(len(found) - words.SHOWN, 0),
        "steps": words.steps(held.events.all(), site.zone),
        "impact": words.impact(mapping.latest_impact(held), titles, site.zone),
        "form": form or ReasonForm(),
        "open": held.state in maps.OPEN,
        "mine": person.pk in acts.proposers(held),
        "writes": _writes(request, site),
    }
    return render(request, "local_codes/version.html", page, status=status)


def _shown(held: Any, site: Site) -> words.Version | None:
    return None if held is None else words.version(held, site.zone)


def _sites(request: HttpRequest) -> list[Site]:
    return list(listing.places(scope_of(request).sites_where(May.READ_PATIENTS)))


def _site(request: HttpRequest, code: str) -> Site:
    """The site that is asked for, or the first of who asks; another one is as absent as one that never was."""
    found = [one for one in _sites(request) if code in ("", one.code)]
    if not found:
        raise Http404(say("No such site, or not one of yours."))
    return found[0]


def _version(request: HttpRequest, version: int) -> Any:
    sites = [one.pk for one in _sites(request)]
    held = maps.version_at(sites, version)
    if held is None:
        raise Http404(version)
    return held


def _writes(request: HttpRequest, site: Site) -> bool:
    return site.pk in scope_of(request).sites_where(May.WRITE_PATIENTS)


def _person(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
