"""What a site sets of the rules: its laboratories' reference ranges, and its policy windows."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import protocols
from eligibility.actions import site_policies
from eligibility.administration_forms.site_rules import PolicyForm, RangeForm, StopForm, names_of
from eligibility.presenters import site_rules as words
from eligibility.views.administration.acts import (
    Act,
    Crumb,
    administrator,
    ask,
    done,
    posted,
    today_at,
)
from eligibility.views.administration.sites import TRIAL, site_or_404, to_site
from patients.actions import stating_ranges
from patients.actions.ranges import Limit
from patients.models import ReferenceRange
from trialscreen.institution.conduct import Conduct, for_conduct
from trialscreen.institution.models import Site

SHOWN = 50


@require_safe
@for_conduct(Conduct.MANAGE)
def rules_page(request: HttpRequest, code: str) -> HttpResponse:
    site = site_or_404(code)
    today, policy = today_at(site), protocols.get(TRIAL).policy
    held = site_policies.policies_of(site, trial=TRIAL)
    page = {
        "site": site,
        "trial": TRIAL,
        "ranges": [words.limit(one, on=today) for one in stating_ranges.ranges_of(site)],
        "changes": [
            words.change(one, site) for one in stating_ranges.changes_of(site, at_most=SHOWN)
        ],
        "policies": words.history(held, policy, site=site, on=today),
        "own": words.values(policy.values(), policy),
    }
    return render(request, "administration/site_rules.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def state_range(request: HttpRequest, code: str, limit: int = 0) -> HttpResponse:
    """State a limit, or correct one that was stated wrongly."""
    site, by = site_or_404(code), administrator(request)
    held = _range(site, limit) if limit else None
    form = RangeForm(posted(request), initial=_filled(held))

    def state(given: dict[str, Any]) -> None:
        stating_ranges.state_range(
            form.limit(), site=site, reason=given["reason"], by=by, instead_of=held
        )

    if done(form, state):
        return redirect("administration-rules", code=code)
    analytes = [held.analyte] if held is not None else [key for key, _name in words.ANALYTES]
    act = Act(
        title=_("Correct a reference range") if limit else _("State a reference range"),
        verb=_("Correct the range") if limit else _("State the range"),
        form=form,
        crumbs=_crumbs(site),
        lead=words.impact(stating_ranges.concerned(site, analytes)),
        optional=("laboratory", "age_low", "age_high", "valid_from", "valid_to"),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def stop_range(request: HttpRequest, code: str, limit: int) -> HttpResponse:
    site, by = site_or_404(code), administrator(request)
    held = _range(site, limit)
    form = StopForm(posted(request))
    if done(form, lambda given: stating_ranges.stop_range(held, **given, by=by)):
        return redirect("administration-rules", code=code)
    act = Act(
        title=_("End a reference range"),
        verb=_("End the range"),
        form=form,
        crumbs=_crumbs(site),
        lead=words.impact(stating_ranges.concerned(site, [held.analyte])),
    )
    return ask(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def set_policy(request: HttpRequest, code: str) -> HttpResponse:
    site, by, now = site_or_404(code), administrator(request), timezone.now()
    protocol = protocols.get(TRIAL)
    held = site_policies.in_force(site, trial=TRIAL, on=today_at(site))
    said = dict(held.values) if held is not None else {}
    form = PolicyForm(
        protocol.policy,
        posted(request),
        initial=_as_typed(said) | {"effective_from": today_at(site)},
    )

    def set_it(given: dict[str, Any]) -> None:
        # What a form does not show, as validities of answers, stays as it was set.
        kept = {key: said[key] for key in said.keys() - set(names_of(protocol.policy))}
        site_policies.set_site_policy(
            form.values() | kept,
            site=site,
            protocol=protocol,
            effective_from=given["effective_from"],
            reason=given["reason"],
            by=by,
            at=now,
        )

    if done(form, set_it):
        return redirect("administration-rules", code=code)
    act = Act(
        title=say("Policy of %(site)s for %(trial)s") % {"site": site.city, "trial": TRIAL},
        verb=_("Set the policy"),
        form=form,
        crumbs=_crumbs(site),
        lead=_(
            "It takes the place of all that was set before, from its day on; every candidate is assessed again."
        ),
        optional=names_of(protocol.policy),
    )
    return ask(request, act)


def _as_typed(said: dict[str, Any]) -> dict[str, Any]:
    yes_or_no = {
        name: "yes" if value else "no" for name, value in said.items() if isinstance(value, bool)
    }
    return said | yes_or_no


def _filled(held: ReferenceRange | None) -> dict[str, Any]:
    if held is None:
        return {"sex": "any"}
    limit = Limit.of(held)
    names = ("analyte", "high", "unit", "laboratory", "sex", "age_low", "age_high")
    return {name: getattr(limit, name) for name in (*names, "valid_from", "valid_to")}


def _range(site: Site, key: int) -> ReferenceRange:
    held = next((one for one in stating_ranges.ranges_of(site) if one.pk == key), None)
    if held is None:
        raise Http404(key)
    return held


def _crumbs(site: Site) -> tuple[Crumb, ...]:
    rules = reverse("administration-rules", args=[site.code])
    return (to_site(site), Crumb(_("Ranges and policy"), rules))
