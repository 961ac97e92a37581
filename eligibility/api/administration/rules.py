"""What is on record of a site: approvals, reference ranges and policy windows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import protocols
from eligibility.actions import approving, opening, site_policies
from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.site_rules import PolicyForm, RangeForm, StopForm
from eligibility.administration_forms.sites import ApprovalForm
from eligibility.api.administration import described
from eligibility.api.administration.doors import Document, OfficeDoor, filled, merged, told
from eligibility.api.administration.shown import approval_of, policy_of, range_of
from eligibility.api.administration.sites import TRIAL
from eligibility.models import Trial
from patients.actions import stating_ranges
from patients.actions.ranges import Limit
from patients.api.doors import PAGING
from patients.api.pages import paged
from patients.models import ReferenceRange
from trialscreen.institution.models import Site


class Approvals(OfficeDoor):
    """Approvals of the trial at a site."""

    fields = {"future": "approved_on", "days": "expires_on", "twice": "reference"}

    @extend_schema(**described.APPROVALS)
    def get(self, request: Request, code: str) -> Response:
        """A page of them, the first recorded first, also what was withdrawn or has run out."""
        self.parameters(PAGING)
        rows = approving.recorded(self.site(code), trial=trial_or_404())
        return paged(request, rows, approval_of)

    @extend_schema(**described.RECORD_APPROVAL)
    def post(self, request: Request, code: str) -> HttpResponse:
        """Write what the document says; a part opens while the ethics board's holds."""
        site, trial = self.site(code), trial_or_404()

        def act(said: Document) -> Any:
            given = filled(ApprovalForm(said))
            held = approving.record_approval(
                site=site, trial=trial, **given, by=self.person, at=self.now
            )
            return told(approval_of(held), status=201)

        return self.do(described.APPROVAL, act)


class WithdrawApproval(OfficeDoor):
    """An approval that no longer holds."""

    http_method_names = ["post", "options"]

    @extend_schema(**described.WITHDRAW_APPROVAL)
    def post(self, request: Request, code: str, approval: int) -> HttpResponse:
        """From today on; without another one nobody is confirmed or registered here."""
        rows = approving.recorded(self.site(code), trial=trial_or_404())
        held = rows.filter(pk=approval).first()
        if held is None:
            raise NotFound

        def act(said: Document) -> Any:
            given = filled(ReasonForm(said))
            gone = approving.withdraw_approval(held, **given, by=self.person, at=self.now)
            return told(approval_of(gone))

        return self.do(described.REASON, act)


class Ranges(OfficeDoor):
    """Upper limits of normal of a site's laboratories."""

    fields = {"days": "valid_to", "age": "age_high"}

    @extend_schema(**described.RANGES)
    def get(self, request: Request, code: str) -> Response:
        """A page of those that hold; ``?analyte=``, and ``?on=`` a day on which they are valid."""
        asked = self.parameters(("analyte", "on", *PAGING))
        rows = stating_ranges.current(self.site(code))
        if "analyte" in asked:
            rows = rows.filter(analyte=asked["analyte"])
        if "on" in asked:
            rows = stating_ranges.valid_on(rows, _day(asked["on"]))
        return paged(request, rows, range_of)

    @extend_schema(**described.STATE_RANGE)
    def post(self, request: Request, code: str) -> HttpResponse:
        """State another limit; candidates whom it concerns are assessed again."""
        site = self.site(code)

        def act(said: Document) -> Any:
            return told(range_of(_state(self, said, site, None)), status=201)

        return self.do(described.RANGE, act)


class CorrectRange(OfficeDoor):
    """A limit that was stated wrongly."""

    http_method_names = ["post", "options"]
    fields = Ranges.fields

    @extend_schema(**described.CORRECT_RANGE)
    def post(self, request: Request, code: str, limit: int) -> HttpResponse:
        """What is named is different, null takes it away; the limit before stays readable and counts for nothing."""
        site = self.site(code)
        held = _range(site, limit)
        before = Limit.of(held)
        names = ("analyte", "high", "unit", "laboratory", "sex", "age_low", "age_high")
        was = {name: getattr(before, name) for name in (*names, "valid_from", "valid_to")}

        def act(said: Document) -> Any:
            return told(range_of(_state(self, merged(was, request.data, said), site, held)))

        return self.do(described.RANGE_CORRECTION, act)


class EndRange(OfficeDoor):
    """The last day of a limit."""

    http_method_names = ["post", "options"]
    fields = {"days": "last_day"}

    @extend_schema(**described.END_RANGE)
    def post(self, request: Request, code: str, limit: int) -> HttpResponse:
        """Answered with the limit as it holds from now on, which has an id of its own."""
        held = _range(self.site(code), limit)

        def act(said: Document) -> Any:
            given = filled(StopForm(said))
            return told(range_of(stating_ranges.stop_range(held, **given, by=self.person)))

        return self.do(described.RANGE_END, act)


class Policies(OfficeDoor):
    """What a site tightens of the trial's policy windows."""

    fields = {"past": "effective_from"}

    @extend_schema(**described.POLICIES)
    def get(self, request: Request, code: str) -> Response:
        """A page of all that was set, the first set first; the windows of the protocol stand with the trial."""
        self.parameters(PAGING)
        return paged(request, site_policies.set_at(self.site(code), trial=TRIAL), policy_of)

    @extend_schema(**described.SET_POLICY)
    def post(self, request: Request, code: str) -> HttpResponse:
        """In place of all that was set before, from a day on; what is left out is the protocol's own."""
        site, protocol = self.site(code), protocols.get(TRIAL)

        def act(said: Document) -> Any:
            form = PolicyForm(protocol.policy, said)
            given = filled(form)
            held = site_policies.set_site_policy(
                form.values(),
                site=site,
                protocol=protocol,
                effective_from=given["effective_from"],
                reason=given["reason"],
                by=self.person,
                at=timezone.now(),
            )
            return told(policy_of(held), status=201)

        return self.do(described.policy_body(protocol.policy), act)


def trial_or_404() -> Trial:
    trial = opening.trial_of(TRIAL)
    if trial is None:
        raise NotFound
    return trial


def _state(
    door: OfficeDoor, said: Document, site: Site, held: ReferenceRange | None
) -> ReferenceRange:
    form = RangeForm({"sex": "any"} | said)
    given = filled(form)
    return stating_ranges.state_range(
        form.limit(), site=site, reason=given["reason"], by=door.person, instead_of=held
    )


def _range(site: Site, key: int) -> ReferenceRange:
    held = stating_ranges.current(site).filter(pk=key).first()
    if held is None:
        raise NotFound
    return held


def _day(said: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = None
    if day is None or day.isoformat() != said:
        raise ValidationError({"on": ["One calendar date, written YYYY-MM-DD."]})
    return day
