"""Where a trial is open and for how many, who answers for it at a site, and the delegation log: read by all staff.

Openings and principals are changed by administrators; lines of the log are entered and ended by the staff of the site.
Signing them is the principal's own, with the password again, and stays a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eligibility import listing
from eligibility.actions import notes as noting
from eligibility.actions import opening
from eligibility.administration_forms.delegating import EndForm, EntryForm, PrincipalForm
from eligibility.administration_forms.parts import OpeningForm, PartForm
from eligibility.api.administration import described_conduct as described
from eligibility.api.administration.doors import Document, OfficeDoor, filled, merged, told
from eligibility.api.administration.shown import delegation_of, principal_of, trial_part_of
from eligibility.api.administration.sites import TRIAL
from eligibility.models import Trial, TrialPart
from patients.api.refusals import CannotBeUsed
from trialscreen.institution import actions
from trialscreen.institution.administration import repeats
from trialscreen.institution.conduct import Conduct, manages, sites_where, tell_conduct
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import scope_of
from trialscreen.institution.trail.acting import identify

WHOLE = "whole"
_STAFF = frozenset({Role.COORDINATOR.value, Role.INVESTIGATOR.value})


class OfConduct(BasePermission):
    """People who may see how the trial is run, and of them those who may change it; no client."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = scope_of(request)
        if request.method not in SAFE_METHODS:
            return scope.account is not None and not scope.client and bool(scope.roles & view.roles)
        return bool(sites_where(scope, Conduct.READ)) or manages(scope)


class ConductDoor(OfficeDoor):
    """How a trial is run; no patient exists here."""

    permission_classes = [OfConduct]
    roles = frozenset({Role.ADMINISTRATOR.value})
    """Whoever has none of these writes nothing."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        APIView.initial(self, request, *args, **kwargs)
        self.scope = scope_of(request)
        identify(self.scope)
        self.site_ids = frozenset()
        self.now = timezone.now()
        read, manage = (sites_where(self.scope, each) for each in Conduct)
        # No site is called 0; what concerns them all can be changed before there is one.
        tell_conduct(read, manage | {0} if manages(self.scope) else ())

    def site(self, code: str) -> Site:
        """Of those of which who asks may know how the trial is run there."""
        allowed = listing.places(sites_where(self.scope, Conduct.READ))
        held = next((one for one in allowed if one.code == code), None)
        if held is None:
            raise NotFound
        return held

    def trial(self, nct_id: str) -> Trial:
        known = nct_id.isascii() and nct_id.isalnum()
        held = opening.trial_of(nct_id) if known else None
        if held is None:
            raise NotFound
        return held

    def part(self, nct_id: str, key: str) -> TrialPart:
        name = "" if key == WHOLE else key
        parts = opening.parts_of(self.trial(nct_id))
        held = next((one for one in parts if one.name == name), None)
        if held is None:
            raise NotFound
        return held


def _version(part: TrialPart) -> str:
    return f'"{opening.last_change(part, None)}"'


class TrialParts(ConductDoor):
    """The whole of a trial and its parts, with the places of each."""

    @extend_schema(**described.TRIAL_PARTS)
    def get(self, request: Request, nct_id: str) -> Response:
        """``whole`` first; of a site what is open there is at ``sites/{code}/parts/``."""
        self.parameters()
        today = timezone.localdate()
        results = [trial_part_of(one, today) for one in opening.parts_of(self.trial(nct_id))]
        return Response({"next": None, "previous": None, "results": results})

    @extend_schema(**described.ADD_TRIAL_PART)
    def post(self, request: Request, nct_id: str) -> HttpResponse:
        """A part that the trial does not have yet; with an empty name the whole of it."""
        trial = self.trial(nct_id)

        def act(said: Document) -> Any:
            form = PartForm(said)
            given, today = filled(form), timezone.localdate()
            named = {name: given[name] for name in ("name", "title", "reason")}
            held = opening.add_part(
                trial=trial, **named, wanted=form.wanted, by=self.person, on=today
            )
            return told(trial_part_of(held, today), status=201, tag=_version(held))

        return self.do(described.NEW_PART, act)


class OneTrialPart(ConductDoor):
    """One part of a trial, or ``whole``."""

    @extend_schema(**described.TRIAL_PART)
    def get(self, request: Request, nct_id: str, part: str) -> Response:
        """Its ``ETag`` is the number of its last change."""
        self.parameters()
        held = self.part(nct_id, part)
        shown = trial_part_of(held, timezone.localdate())
        return Response(shown, headers={"ETag": _version(held)})

    @extend_schema(**described.CHANGE_TRIAL_PART)
    def patch(self, request: Request, nct_id: str, part: str) -> HttpResponse:
        """Open, close or resize it; what is not named stays, and null takes away."""
        held = self.part(nct_id, part)
        before = {name: getattr(held, name) for name in ("opened_on", "closed_on", "ceiling")}

        def act(said: Document) -> Any:
            form = OpeningForm(merged(before, request.data, said))
            given, today = filled(form), timezone.localdate()
            changed = opening.change_part(
                held.pk,
                wanted=form.wanted,
                reason=given["reason"],
                by=self.person,
                on=today,
                seen=opening.last_change(held, None),
            )
            return told(trial_part_of(changed, today), tag=_version(changed))

        return self.do(described.PART_CHANGE, act, tag=_version(held))


class Principals(ConductDoor):
    """Who answers for the trial at a site."""

    fields: Mapping[str, str] = {"investigator": "username", "past": "first_day"}

    @extend_schema(**described.PRINCIPALS)
    def get(self, request: Request, code: str) -> Response:
        """All of them, the latest first; never two on one day."""
        self.parameters()
        held = opening.principals_of(TRIAL, site_ids=[self.site(code).pk])
        results = [principal_of(one) for one in held]
        return Response({"next": None, "previous": None, "results": results})

    @extend_schema(**described.NAME_PRINCIPAL)
    def post(self, request: Request, code: str) -> HttpResponse:
        """Who answered for it until then ends the day before."""
        site = self.site(code)
        today = timezone.localdate(timezone=site.zone)

        def act(said: Document) -> Any:
            people = opening.investigators_of(site, on=today)
            given = filled(PrincipalForm(people, _by_account(said, people)))
            held = actions.appoint_principal(
                site=site,
                trial=TRIAL,
                account=next(one for one in people if one.pk == given["account"]),
                first_day=given["first_day"],
                by=self.person,
                today=today,
            )
            return told(principal_of(held), status=201)

        return self.do(described.PRINCIPAL, act)


class _LogDoor(ConductDoor):
    roles = _STAFF

    def demand(self) -> None:
        """Who may keep a log is asked by the act; one after the other, for the key that a request came with."""
        repeats.one_at_a_time(self.person)

    def kept_site(self, code: str) -> Site:
        """A site whose log who asks may keep."""
        site = self.site(code)
        if site.pk not in self.scope.site_ids:
            raise PermissionDenied
        return site


class DelegationLog(_LogDoor):
    """The delegation log of a site."""

    fields: Mapping[str, str] = {"days": "last_day", "past": "last_day"}

    @extend_schema(**described.LOG)
    def get(self, request: Request, code: str) -> Response:
        """Every line, the latest first; one counts from its signature on, for the days that it names."""
        self.parameters()
        results = [delegation_of(one) for one in actions.log_of(self.site(code), trial=TRIAL)]
        return Response({"next": None, "previous": None, "results": results})

    @extend_schema(**described.ENTER_LINE)
    def post(self, request: Request, code: str) -> HttpResponse:
        """A new line; it waits for the signature of who answers for the trial at the site."""
        site = self.kept_site(code)
        today = timezone.localdate(timezone=site.zone)

        def act(said: Document) -> Any:
            staff = noting.staff_of(site.pk, on=today)
            given = filled(EntryForm(staff, _by_account(said, staff)))
            account = next(one for one in staff if one.pk == given.pop("account"))
            held = actions.enter_delegation(
                site=site, trial=TRIAL, account=account, by=self.person, today=today, **given
            )
            return told(delegation_of(held), status=201)

        return self.do(described.LINE, act)


class EndDelegation(_LogDoor):
    """The last day of a line."""

    http_method_names = ["post", "options"]
    fields: Mapping[str, str] = {"past": "last_day", "longer": "last_day"}

    @extend_schema(**described.END_LINE)
    def post(self, request: Request, code: str, entry: int) -> HttpResponse:
        """The last on which it counts; a line that nobody has signed is withdrawn."""
        site = self.kept_site(code)
        log = actions.log_of(site, trial=TRIAL)
        held = next((one for one in log if one.pk == entry), None)
        if held is None:
            raise NotFound
        today = timezone.localdate(timezone=site.zone)

        def act(said: Document) -> Any:
            given = filled(EndForm(said))
            return told(
                delegation_of(actions.end_delegation(held, **given, by=self.person, today=today))
            )

        return self.do(described.LINE_END, act)


def _by_account(said: Document, people: list[Account]) -> Document:
    """A user name stands for the account that the form of the page would offer; nobody else is offered."""
    held = next((one for one in people if one.username == said.get("username")), None)
    if held is None:
        raise CannotBeUsed({"username": [_("Nobody here has this user name.")]})
    return {name: one for name, one in said.items() if name != "username"} | {"account": held.pk}
