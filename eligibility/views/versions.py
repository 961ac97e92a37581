"""Versions of a trial's criteria: seen by everybody concerned, brought on by administrators and who reviews."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eligibility import publication, versions
from eligibility.actions import VersionTaken, foreseeing, publishing
from eligibility.actions.foreseen import latest_impact
from eligibility.models import Signatures
from eligibility.policies import Refusal
from eligibility.presenters import versions as words
from eligibility.rules.differences import compare
from eligibility.views.administration.acts import Act, Crumb, administrator, ask, posted
from trialscreen.institution.administration import lists
from trialscreen.institution.conduct import Conduct, for_conduct, manages
from trialscreen.institution.models import Role
from trialscreen.institution.scope import scope_of


class StepForm(forms.Form):
    """Why, and which step was the last one that was seen."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Like: amendment 7 of 3 Dec 2026. Kept with the version."),
        error_messages={"required": _("Say why.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ReviewForm(StepForm):
    reason = forms.CharField(
        label=_("What was reviewed, and against what"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Like: all differences, against amendment 7 as the board approved it."),
        error_messages={"required": _("Say what was reviewed.")},
    )


class SendBackForm(StepForm):
    reason = forms.CharField(
        label=_("Why it is not to be published as it is"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Like: the limit of platelets is not that of amendment 7. Kept with the version."
        ),
        error_messages={"required": _("Say why.")},
    )


class PublishForm(StepForm):
    signatures = forms.ChoiceField(
        label=_("Confirmations and signatures given so far"),
        choices=Signatures.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of the signatures given so far.")},
    )
    field_order = ("signatures", "reason")


@require_safe
@for_conduct()
def versions_page(request: HttpRequest, nct_id: str) -> HttpResponse:
    """Every version on record, and those that the release carries and nobody has submitted."""
    held = versions.of_trial(_trial(nct_id))
    page = {
        "trial": nct_id,
        "versions": [_shown(one) for one in held],
        "manages": manages(scope_of(request)),
    }
    return render(request, "versions/list.html", page)


@require_safe
@for_conduct()
def version_page(request: HttpRequest, nct_id: str, version: str) -> HttpResponse:
    """One version: where it stands, what happened to it, and what it can be compared with."""
    held, every = _version(nct_id, version), versions.of_trial(nct_id)
    scope = scope_of(request)
    page = {
        "trial": nct_id,
        "version": _shown(held),
        "state": held.state,
        "others": [one.version for one in every if one.version != version],
        "manages": manages(scope),
        "reviews": _reviews(request),
        "impact": _impact(held),
    }
    return render(request, "versions/one.html", page)


@require_POST
@for_conduct(Conduct.MANAGE)
def ask_impact(request: HttpRequest, nct_id: str, version: str) -> HttpResponse:
    """Have counted what publishing would change; a worker does, as no patient exists here."""
    held, by = _version(nct_id, version), administrator(request)
    act = Act(
        title=say("Impact of version %(version)s") % {"version": version},
        verb=_("Count its impact"),
        form=forms.Form(request.POST),
        crumbs=_crumbs(nct_id, version),
    )
    return _do(request, act, held, lambda _given: foreseeing.ask_impact(_filed(held), by=by))


@require_safe
@for_conduct()
def changes_page(request: HttpRequest, nct_id: str, version: str, earlier: str) -> HttpResponse:
    """What differs between two versions, side by side."""
    after, before = _version(nct_id, version), _version(nct_id, earlier)
    found = words.compared(compare(before.protocol, after.protocol))
    page = {"trial": nct_id, "page": found, "before": _shown(before), "after": _shown(after)}
    return render(request, "versions/changes.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def submit_version(request: HttpRequest, nct_id: str, version: str) -> HttpResponse:
    held, by = _version(nct_id, version), administrator(request)
    act = Act(
        title=say("Submit version %(version)s") % {"version": version},
        verb=_("Submit for review"),
        form=_form(StepForm, request, nct_id),
        crumbs=_crumbs(nct_id, version),
        lead=_("It becomes a draft. Somebody else reviews it before it can be published."),
    )
    return _do(
        request,
        act,
        held,
        lambda given: publishing.submit(held.protocol, by=by, **given),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct()
def review_version(request: HttpRequest, nct_id: str, version: str) -> HttpResponse:
    if not _reviews(request):
        raise PermissionDenied
    held, by = _version(nct_id, version), administrator(request)
    act = Act(
        title=say("Review version %(version)s") % {"version": version},
        verb=_("Approve after review"),
        form=_form(ReviewForm, request, nct_id),
        crumbs=_crumbs(nct_id, version),
        lead=_("Your name stands under it. Whoever submitted a version cannot review it."),
    )
    return _do(
        request,
        act,
        held,
        lambda given: publishing.review(
            _filed(held), statement=given["reason"], by=by, seen=given["seen"]
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct()
def send_version_back(request: HttpRequest, nct_id: str, version: str) -> HttpResponse:
    if not _reviews(request):
        raise PermissionDenied
    held, by = _version(nct_id, version), administrator(request)
    act = Act(
        title=say("Send version %(version)s back") % {"version": version},
        verb=_("Send back"),
        form=_form(SendBackForm, request, nct_id),
        crumbs=_crumbs(nct_id, version),
        lead=_(
            "It is not published as it is. An administrator can submit it again, and somebody else then "
            "reviews it again; a corrected one comes with a release, as another version."
        ),
    )
    return _do(request, act, held, lambda given: publishing.send_back(_filed(held), by=by, **given))


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def publish_version(request: HttpRequest, nct_id: str, version: str) -> HttpResponse:
    held, by = _version(nct_id, version), administrator(request)
    act = Act(
        title=say("Publish version %(version)s") % {"version": version},
        verb=_("Publish now"),
        form=_form(PublishForm, request, nct_id),
        crumbs=_crumbs(nct_id, version),
        lead=_foreseen(held),
        warning=_(
            "From now on every open candidate is assessed under this version. Verdicts on record stay as "
            "they are. It cannot be taken back, only followed by another version."
        ),
    )
    return _do(
        request, act, held, lambda given: publishing.put_in_force(_filed(held), by=by, **given)
    )


def _impact(held: versions.Version) -> words.Impact | None:
    found = latest_impact(held.filed) if held.filed is not None else None
    if found is None:
        return None
    return words.impact(found, held.protocol, {one.code: one.city for one in lists.sites()})


def _foreseen(held: versions.Version) -> str:
    impact = _impact(held)
    if impact is None or not impact.counted:
        return say("What it would change has not been counted yet.")
    return f"{impact.sentence} {impact.standing}"


def _do(
    request: HttpRequest,
    act: Act,
    held: versions.Version,
    do: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    form = act.form
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except Refusal as refused:
            form.add_error(None, refused.sentence)
        except VersionTaken as taken:
            form.add_error(None, str(taken))
        else:
            return redirect("trial-version", nct_id=held.protocol.trial, version=held.version)
    elif "seen" in form.errors:
        form.add_error(None, _("Open this page again."))
    return ask(request, act)


def _form(kind: type[StepForm], request: HttpRequest, nct_id: str) -> StepForm:
    return kind(posted(request), initial={"seen": publication.last_number(nct_id)})


def _trial(nct_id: str) -> str:
    if not versions.of_trial(nct_id):
        raise Http404(nct_id)
    return nct_id


def _version(nct_id: str, version: str) -> versions.Version:
    held = next((one for one in versions.of_trial(nct_id) if one.version == version), None)
    if held is None:
        raise Http404(version)
    return held


def _filed(held: versions.Version) -> Any:
    if held.filed is None:
        raise Http404(held.version)
    return held.filed


def _shown(held: versions.Version) -> words.Version:
    return words.version(held.version, held.digest, held.state, held.events)


def _reviews(request: HttpRequest) -> bool:
    """Whether who asks may review at all; not what they submitted themselves."""
    scope = scope_of(request)
    is_person = scope.account is not None and not scope.client
    return is_person and bool(scope.roles & {Role.INVESTIGATOR.value, Role.ADMINISTRATOR.value})


def _crumbs(nct_id: str, version: str) -> tuple[Crumb, ...]:
    return (
        Crumb(_("Versions"), reverse("trial-versions", args=[nct_id])),
        Crumb(version, reverse("trial-version", args=[nct_id, version])),
    )
