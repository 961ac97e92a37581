"""Accounts, their roles, and the periodic review of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.people import EndForm, InvitationForm, ReviewForm, RoleForm
from eligibility.api.administration import described
from eligibility.api.administration.doors import Document, OfficeDoor, filled, tag_of, told
from eligibility.api.administration.shown import person_of, reviewed, role_of
from eligibility.presenters.administration import moment
from patients.api.doors import PAGING
from patients.api.pages import paged
from trialscreen.institution.administration import lists, reviews, roles, staff
from trialscreen.institution.models import Account, StaffRole
from trialscreen.institution.sign_in.letters import send_link


class PeopleDoor(OfficeDoor):
    fields = {"past": "first_day", "days": "last_day", "place": "site"}

    def held(self, account: int) -> Account:
        held = lists.person(account)
        if held is None:
            raise NotFound
        return held

    def shown(self, account: int) -> Document:
        return person_of(self.held(account), at=self.now)

    def invited(self, made: staff.Invited, status: int) -> Any:
        """The link is told here once, and sent to whom it is for, if letters can be."""
        address = f"{reverse('invitation')}?{urlencode({'key': made.key})}"
        link, until = self.request.build_absolute_uri(address), self.now + staff.LASTS
        letter = send_link(
            made.account,
            link,
            template="administration/email/invitation.txt",
            subject=_("Your account for trial screening"),
            until=moment(until),
        )
        shown = self.shown(made.account.pk)
        more = {"link": link, "link_until": until.isoformat(), "letter": letter.value}
        return told(shown | more, status=status, tag=tag_of(shown), once=("link",))


class People(PeopleDoor):
    """Everybody with an account."""

    @extend_schema(**described.PEOPLE)
    def get(self, request: Request) -> Response:
        """A page of them by user names; ``?search=`` in names, ``?show=active|deactivated|all``, ``?site=``."""
        asked = self.parameters(("search", "show", "site", *PAGING))
        shown = asked.get("show", lists.EVERYBODY)
        if shown not in lists.SHOWN:
            raise ValidationError({"show": [f"One of {', '.join(lists.SHOWN)}."]})
        site = self.site(asked["site"]) if "site" in asked else None
        rows = lists.accounts(asked.get("search", ""), shown, site=site)
        return paged(request, rows, lambda one: person_of(one, at=self.now), order=("username",))

    @extend_schema(**described.INVITE)
    def post(self, request: Request) -> HttpResponse:
        """An account with a first role. The link by which they set their password is shown once."""

        def act(said: Document) -> Any:
            given = filled(InvitationForm(said))
            return self.invited(staff.invite(**given, by=self.person, at=self.now), 201)

        return self.do(described.INVITATION, act)


class OnePerson(PeopleDoor):
    """One account."""

    @extend_schema(**described.PERSON)
    def get(self, request: Request, account: int) -> Response:
        """With its roles, also those that are over; its version is the ``ETag``."""
        self.parameters()
        shown = self.shown(account)
        return Response(shown, headers={"ETag": tag_of(shown)})


class Deactivate(PeopleDoor):
    """The end of an account."""

    http_method_names = ["post", "options"]

    @extend_schema(**described.DEACTIVATE)
    def post(self, request: Request, account: int) -> HttpResponse:
        """Sessions, tokens and links end at once, every role ends, and the password is gone."""
        held = self.held(account)

        def act(said: Document) -> Any:
            staff.deactivate(held, **filled(ReasonForm(said)), by=self.person, at=self.now)
            shown = self.shown(account)
            return told(shown, tag=tag_of(shown))

        return self.do(described.REASON, act, tag=tag_of(self.shown(account)))


class Reactivate(PeopleDoor):
    """An account that is opened again."""

    http_method_names = ["post", "options"]

    @extend_schema(**described.REACTIVATE)
    def post(self, request: Request, account: int) -> HttpResponse:
        """It comes back without a role and without a password."""
        held = self.held(account)

        def act(said: Document) -> Any:
            staff.reactivate(held, **filled(ReasonForm(said)), by=self.person, at=self.now)
            shown = self.shown(account)
            return told(shown, tag=tag_of(shown))

        return self.do(described.REASON, act, tag=tag_of(self.shown(account)))


class InviteAgain(PeopleDoor):
    """Another link for somebody who has no password."""

    http_method_names = ["post", "options"]

    @extend_schema(**described.INVITE_AGAIN)
    def post(self, request: Request, account: int) -> HttpResponse:
        """In place of every one before; shown once."""
        held = self.held(account)

        def act(said: Document) -> Any:
            return self.invited(staff.invite_again(held, by=self.person, at=self.now), 200)

        return self.do(described.NOTHING, act)


class Roles(PeopleDoor):
    """Another role for somebody."""

    http_method_names = ["post", "options"]

    @extend_schema(**described.GIVE_ROLE)
    def post(self, request: Request, account: int) -> HttpResponse:
        """It counts from the next request on, on each of its days."""
        held = self.held(account)

        def act(said: Document) -> Any:
            given = filled(RoleForm(said))
            role = roles.give_role(held, **given, by=self.person, at=self.now)
            return told(role_of(role, at=self.now), status=201)

        return self.do(described.ROLE, act)


class EndRole(PeopleDoor):
    """The last day of a role."""

    http_method_names = ["post", "options"]
    fields = {"past": "last_day", "longer": "last_day"}

    @extend_schema(**described.END_ROLE)
    def post(self, request: Request, account: int, role: int) -> HttpResponse:
        """Without a last day it ends at once."""
        held = lists.role_of(self.held(account), role)
        if held is None:
            raise NotFound
        return self.do(described.ROLE_END, lambda said: self._end(held, said))

    def _end(self, held: StaffRole, said: Document) -> Any:
        ended = roles.end_role(held, **filled(EndForm(said)), by=self.person, at=self.now)
        return told(role_of(ended, at=self.now))


class Staff(PeopleDoor):
    """Who has a role at a site."""

    @extend_schema(**described.STAFF)
    def get(self, request: Request, code: str) -> Response:
        """A page of the roles that are not over; each is ended at ``people/{account}/roles/{id}/end/``."""
        self.parameters(PAGING)
        site = self.site(code)
        rows = lists.posts(on=timezone.localdate(timezone=site.zone), site=site)
        return paged(request, rows, lambda one: role_of(one, at=self.now))

    @extend_schema(**described.GIVE_STAFF)
    def post(self, request: Request, code: str) -> HttpResponse:
        """Give somebody who has an account a role at this site."""
        site = self.site(code)

        def act(said: Document) -> Any:
            form = RoleForm(said | {"site": site.code})
            given = filled(form)
            held = lists.account_of(said.get("username", ""))
            if held is None:
                raise ValidationError({"username": [_("Nobody has this user name.")]})
            role = roles.give_role(held, **given, by=self.person, at=self.now)
            return told(role_of(role, at=self.now), status=201)

        return self.do(described.STAFF_ROLE, act)


class AccessReview(OfficeDoor):
    """The periodic review of access."""

    fields = {"nothing": "roles", "moved": "roles", "self": "roles"}

    @extend_schema(**described.REVIEW)
    def get(self, request: Request) -> Response:
        """A page of the roles in force or to come, and when each was last confirmed; ``?due=true`` or false."""
        asked = self.parameters(("due", *PAGING))
        rows = lists.posts(on=timezone.localdate(self.now))
        if "due" in asked:
            if asked["due"] not in ("true", "false"):
                raise ValidationError({"due": ["Either true or false."]})
            today, wanted = timezone.localdate(self.now), asked["due"] == "true"
            rows = rows.filter(pk__in=[x.pk for x in rows if (reviews.due_on(x) <= today) is wanted])  # fmt: skip
        return paged(request, rows, lambda one: reviewed(one, at=self.now))

    @extend_schema(**described.CONFIRM_ROLES)
    def post(self, request: Request) -> HttpResponse:
        """That these roles are still needed; all of them, or none."""

        def act(said: Document) -> Any:
            offered = [one.pk for one in lists.roles_in_force(at=self.now)]
            given = filled(ReviewForm(offered, said))
            count = reviews.confirm_roles(given["roles"], by=self.person, at=self.now)
            return told({"confirmed": count})

        return self.do(described.CONFIRMATION, act)
