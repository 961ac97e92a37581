"""A site's map of its own codes over HTTP: the same steps, under the same rules and in the words of the pages.

Everybody who may read the site's patients may read it. People alone propose, review and put in force, as somebody's
name stands under each step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import listing
from eligibility.actions import mapping
from eligibility.api import local_codes_schemas as schemas
from eligibility.models import LocalCodesImpact
from eligibility.presenters import local_codes as words
from patients import local_codes
from patients.actions import local_codes as acts
from patients.api.doors import RecordDoor, json_answer
from patients.api.inputs import StrictSerializer, read
from patients.api.refusals import Explained
from patients.codes.local_rows import LONGEST, Refused, Row
from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Account, Site


class NotTaken(Explained):
    """An act that is not done, in its sentence and with its code."""

    def __init__(self, refused: NotDone) -> None:
        super().__init__(refused.sentence)
        self.status_code = 403 if refused.code in ("role", "own", "client") else 409
        self.errors = ({"pointer": "", "code": refused.code, "detail": refused.sentence},)


class LinesRefused(Explained):
    """Lines of which something is wrong, each problem with its place; nothing was kept."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(_("Nothing was kept: the lines cannot be used as they are."))
        self.status_code = 422
        self.errors = tuple(
            {
                "pointer": "/lines"
                + (f"/{one.line - 1}" if one.line else "")
                + _column(one.column),
                "code": one.code,
                "detail": one.text,
            }
            for one in refused.problems
        )


def _column(name: str) -> str:
    return f"/{name}" if name else ""


class OfASite(RecordDoor):
    """What there is about the local codes of one site."""

    def site(self, code: str) -> Site:
        found = (one for one in listing.places(self.site_ids) if one.code == code)
        site = next(found, None)
        if site is None:
            raise NotFound
        return site

    def version(self, code: str, number: int) -> Any:
        held = local_codes.versions_of(self.site(code).pk).filter(number=number).first()
        if held is None:
            raise NotFound
        return held

    @property
    def person(self) -> Account:
        """Raises NotTaken for a client, whomever it acts for."""
        if self.scope.account is None or self.scope.client:
            raise NotTaken(NotDone("client", _("A system brings no map on: people do.")))
        return self.scope.account


class Map(OfASite):
    """The map in force."""

    @extend_schema(**schemas.MAP)
    def get(self, request: Request, code: str) -> Response:
        """Every line; version 0 without any: the site has no map in force."""
        self.parameters()
        now = local_codes.in_force(self.site(code).pk)
        lines = words.shown(local_codes.lines_of(now))
        return Response({"version": now.number if now else 0, "lines": lines})


class Unread(OfASite):
    """Codes on record that nothing reads."""

    @extend_schema(**schemas.UNREAD)
    def get(self, request: Request, code: str) -> Response:
        """The 200 on the records of most patients; no patient is named."""
        self.parameters()
        found = local_codes.unread_codes(self.site(code).pk)
        return Response(
            {"next": None, "previous": None, "results": [_unread(one) for one in found]}
        )


class Versions(OfASite):
    """Versions of the map, and a new one."""

    @extend_schema(**schemas.VERSIONS)
    def get(self, request: Request, code: str) -> Response:
        """The 200 latest, the last one first."""
        self.parameters()
        site = self.site(code)
        held = [_told(one) for one in local_codes.versions_of(site.pk)[:200]]
        return Response({"next": None, "previous": None, "results": held})

    @extend_schema(**schemas.PROPOSE)
    def post(self, request: Request, code: str) -> Any:
        """A draft: what is in force or, where there is one, the open draft, with these lines in it."""
        self.parameters()
        by, site = self.person, self.site(code)
        said = read(schemas.ProposalInput, request.data)
        rows = [
            Row(place, **{name: line.get(name, "") for name in LONGEST})
            for place, line in enumerate(said["lines"], 1)
        ]

        def once() -> Any:
            try:
                made = acts.propose(
                    rows, site=site, reason=said["reason"], by=by, seen=said.get("seen")
                )
            except Refused as refused:
                raise LinesRefused(refused) from None
            except NotDone as refused:
                raise NotTaken(refused) from None
            return json_answer(_whole(made), status=201)

        return self.once(site, once)


class OneVersion(OfASite):
    """One version: its differences, its steps, its impact."""

    @extend_schema(**schemas.VERSION)
    def get(self, request: Request, code: str, number: int) -> Response:
        self.parameters()
        return Response(_whole(self.version(code, number)))


class _Step(OfASite):
    http_method_names = ["post", "options"]
    takes: ClassVar[type[StrictSerializer]] = schemas.StepInput
    do: ClassVar[Callable[..., Any]]

    def post(self, request: Request, code: str, number: int) -> Any:
        self.parameters()
        by, held = self.person, self.version(code, number)
        said = read(self.takes, request.data)

        def once() -> Any:
            try:
                type(self).do(held, by=by, **said)
            except NotDone as refused:
                raise NotTaken(refused) from None
            return json_answer(_whole(self.version(code, number)))

        return self.once(held.site, once)


@schemas.step("impact", "Have counted what a draft would change", schemas.ImpactInput)
class Impact(_Step):
    """Count it in the background; while that is under way, asking again asks once."""

    takes = schemas.ImpactInput
    do = staticmethod(mapping.ask_impact)


@schemas.step("review", "Approve a draft that others proposed", schemas.StepInput)
class Review(_Step):
    """Say that it reads the codes as they are meant."""

    do = staticmethod(lambda held, *, by, reason: acts.review(held, statement=reason, by=by))


@schemas.step("put_in_force", "Put a reviewed version in force", schemas.StepInput)
class PutInForce(_Step):
    """Its impact was counted in the last 24 hours. Records that hold its codes are read anew in the background."""

    do = staticmethod(mapping.put_in_force)


@schemas.step("set_aside", "Take a draft back", schemas.StepInput)
class SetAside(_Step):
    """What is in force stays in force."""

    do = staticmethod(acts.set_aside)


def _unread(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "system": one["system"],
        "code": one["coded"],
        "text": one["text"][:80],
        "about": one["about"],
        "records": one["records"],
        "patients": one["patients"],
    }


def _told(one: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": one.state,
        "based_on": one.based_on,
        "digest": one.digest,
        "reason": one.reason,
        "by": one.by_name,
        "at": one.at.isoformat(),
    }


def _whole(one: Any) -> dict[str, Any]:
    before = local_codes.versions_of(one.site_id).filter(number=one.based_on).first()
    lines = local_codes.lines_of(one)
    found = words.changes(local_codes.lines_of(before), lines)
    return {
        **_told(one),
        "lines": words.shown(lines),
        "changes": [
            {
                "system": each.system,
                "code": each.code,
                "display": each.display,
                "from": each.before or None,
                "to": each.after or None,
            }
            for each in found
        ],
        "events": [
            {
                "to": each.after,
                "by": each.by_name,
                "at": each.at.isoformat(),
                "reason": each.reason,
            }
            for each in one.events.all()
        ],
        "impact": _impact(mapping.latest_impact(one)),
    }


def _impact(found: LocalCodesImpact | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "against": found.against,
        "asked_at": found.asked_at.isoformat(),
        "asked_by": found.by_name,
        "finished_at": found.finished_at.isoformat() if found.finished_at else None,
        "sentences": list(words.sentences(found.counts)) if found.counts else [],
        "counts": found.counts,
    }
