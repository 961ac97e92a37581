"""The worklist over HTTP: the tabs, filters and orders of the page, and giving screenings to whoever works on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import cursors, listing, protocols, tabs, worklist
from eligibility.actions import assign
from eligibility.api import worklist_schemas as schemas
from eligibility.api.screenings import Refused
from eligibility.api.screenings_shown import brief
from eligibility.list_forms import WorklistForm
from eligibility.policies import Refusal
from eligibility.presenters import worklist as presenter
from patients.actions.repeats import Answer
from patients.api import scoped
from patients.api.doors import RecordDoor, json_answer
from patients.api.inputs import read
from patients.api.pages import MOST
from patients.api.refusals import Explained, NotTheirs
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.rights import May

TRIAL = "NCT00514085"
UNDO = "eligibility.worklist.undo"
"""As on the page: what was given here can be taken back there, and the other way round."""
UNDO_SECONDS = 3600


class NoSuchPerson(Explained):
    """Nobody here to whom a screening can be given; who is elsewhere is as absent as who never was."""

    status_code = 422

    default_detail = "There is no such person here."
    errors: tuple[Mapping[str, str], ...] = (
        {"pointer": "/to", "code": "does-not-exist", "detail": default_detail},
    )


class UndoIsOver(Explained):
    status_code = 422
    default_detail = "This cannot be taken back: it was given more than an hour ago, or never."
    errors: tuple[Mapping[str, str], ...] = (
        {"pointer": "/undo", "code": "undo", "detail": default_detail},
    )


class WorklistDoor(RecordDoor):
    """The screenings of the sites of who asks."""

    def days(self, sites: frozenset[int]) -> dict[int, date]:
        return {one.pk: timezone.localdate(timezone=one.zone) for one in listing.places(sites)}

    @property
    def me(self) -> Account:
        return self.scope.account or Account()


class Worklist(WorklistDoor):
    """What is to be done at the sites of who asks."""

    @extend_schema(**schemas.LIST)
    def get(self, request: Request) -> Response:
        """A page of one tab, what is due first, with the counts of all tabs as they are with the same search."""
        said = self.parameters(("site", "tab", "search", "who", "sort", "cursor", "page_size"))
        sites = self.site_ids
        if "site" in said:
            sites = frozenset({scoped.site_of(sites, said["site"]).pk})
        asked, size = _asked(said), _size(said.get("page_size"))
        protocol = protocols.get(TRIAL)
        page = worklist.glimpse(
            asked, sites=self.days(sites), protocol=protocol, me=self.me.pk or 0, size=size
        )
        lines = worklist.lines(page)
        shown = presenter.present(
            page,
            lines,
            places=listing.places(sites),
            staff=(),
            me=self.me,
            investigates=Role.INVESTIGATOR in self.scope.roles,
            protocol=protocol,
        )
        return Response(
            {
                "tab": page.asked.tab.value,
                "counts": {tab.value: count for tab, count in page.counts.items()},
                "next": self._link(said, page.next),
                "previous": self._link(said, page.previous),
                "results": [_told(*pair) for pair in zip(lines, shown.rows, strict=True)],
            }
        )

    def _link(self, said: Mapping[str, str], cursor: str) -> str | None:
        there = self.request.build_absolute_uri(self.request.path)
        return f"{there}?{urlencode({**said, 'cursor': cursor})}" if cursor else None


class _Giving(WorklistDoor):
    http_method_names = ["post", "options"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.scope.account is None or self.scope.client:
            raise NotTheirs("Only a person gives work to a person.")

    def on(self) -> date:
        """The day it is at every site of who asks: of two days the earlier one."""
        return min(self.days(self.site_ids).values())

    def place(self) -> Site:
        """The site under which a key is kept, the same for one person each time."""
        return min(listing.places(self.site_ids), key=lambda one: one.pk)

    def give(self, screenings: Any, to: Any) -> dict[UUID, int | None]:
        try:
            return assign(
                screenings,
                to=to,
                by=self.me,
                on=self.on(),
                sites=self.scope.sites_where(May.WRITE_PATIENTS),
            )
        except Account.DoesNotExist:
            raise NoSuchPerson from None
        except Refusal as refusal:
            raise Refused(refusal) from None

    def account(self, to: str) -> int | None:
        """Who is meant. Somebody of another site is as absent as nobody."""
        if to == worklist.NOBODY:
            return None
        if to == worklist.ME:
            return int(self.me.pk)
        if int(to) not in [one.pk for one in worklist.workers(self.days(self.site_ids))]:
            raise NoSuchPerson
        return int(to)


class Assign(_Giving):
    """Screenings for somebody to work on."""

    @extend_schema(request=schemas.AssignInput, **schemas.ASSIGN)
    def post(self, request: Request) -> HttpResponse:
        """To ``me``, ``nobody``, or an account of the site by its number. Those that are closed stay as they are."""
        self.parameters()
        said = read(schemas.AssignInput, request.data)
        to = self.account(said["to"])

        def act() -> Answer:
            before = self.give(said["screenings"], to)
            held = {str(of): had for of, had in before.items()}
            undo = signing.dumps({"to": to, "before": held}, salt=UNDO)
            return json_answer({"given": len(before), "undo": undo if before else None})

        return self.once(self.place(), act)


class Undo(_Giving):
    """Back to whoever had them."""

    @extend_schema(request=schemas.UndoInput, **schemas.UNDO)
    def post(self, request: Request) -> HttpResponse:
        """As far as they are still where they were given, for an hour."""
        self.parameters()
        said = read(schemas.UndoInput, request.data)
        try:
            done = signing.loads(said["undo"], salt=UNDO, max_age=UNDO_SECONDS)
        except signing.BadSignature:
            raise UndoIsOver from None
        before = {UUID(of): had for of, had in done["before"].items()}

        def act() -> Answer:
            still = worklist.still_with(before, done["to"])
            given = self.give(still, before)
            return json_answer({"given_back": len(given), "of": len(before)})

        return self.once(self.place(), act)


def _asked(said: Mapping[str, str]) -> worklist.Asked:
    """As the form of the page reads it; but what cannot be meant is said, not left out."""
    names = {"search": "q", "cursor": "at"}
    form = WorklistForm(
        {"tab": tabs.Tab.OPEN.value} | {names.get(name, name): one for name, one in said.items()}
    )
    if not form.is_valid():
        back = {mine: name for name, mine in names.items()}
        raise ValidationError(
            {back.get(name, name): [str(said) for said in one] for name, one in form.errors.items()}
        )
    asked = form.asked()
    if asked.cursor and cursors.read(asked.cursor, order=asked.order) is None:
        raise ValidationError(
            {"cursor": ["No page begins here: take next or previous as they are."]}
        )
    return asked


def _size(said: str | None) -> int:
    if said is None:
        return worklist.PAGE
    if not (said.isascii() and said.isdecimal() and 0 < int(said[:9]) <= MOST):
        raise ValidationError({"page_size": [f"A number from 1 to {MOST}."]})
    return int(said)


def _told(line: worklist.Line, row: presenter.Row) -> dict[str, Any]:
    """A row of the page: who it is, what is missing and what comes next, in the words of the page."""
    return {
        **brief(line.screening),
        "assignee_account": line.screening.assignee_id,
        "family_name": line.family,
        "given_name": line.given,
        "sex": line.sex or None,
        "due_on": line.screening.due.isoformat(),
        "missing": [str(one.what) for one in row.gaps],
        "window": row.window or None,
        "next_step": str(row.action.verb),
        "subject_number": line.subject,
        "reason": line.reason or None,
        "being_assessed": line.overtaken,
    }
