"""Versions of a trial's criteria over HTTP: the same steps, under the same policies and in the words of the page.

People alone come in here, with the rights over the conduct of a trial; what a step is made for is said by If-Match.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eligibility import versions
from eligibility.actions import VersionTaken, foreseeing, publishing
from eligibility.actions.foreseen import latest_impact
from eligibility.api import versions_schemas as schemas
from eligibility.api.administration import doors
from eligibility.api.versions_shown import counted, told
from eligibility.models import VersionEvent
from eligibility.policies import Moved, NotAllowed, Refusal
from eligibility.presenters.versions import as_json
from eligibility.publication import last_number
from eligibility.rules.differences import compare
from patients.api.inputs import StrictSerializer, read
from patients.api.refusals import Conflict, Explained, Unconditional
from trialscreen.institution.administration.repeats import Done, one_at_a_time
from trialscreen.institution.conduct import Conduct, manages, sites_where
from trialscreen.institution.models import Role
from trialscreen.institution.scope import scope_of, tell_sites
from trialscreen.institution.trail.acting import identify


class Refused(Explained):
    """A policy's refusal, in its sentence and with its code."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.status_code = 409
        if isinstance(refusal, NotAllowed):
            self.status_code = 403
        elif isinstance(refusal, Moved):
            self.status_code = 412
        self.errors = ({"pointer": "", "code": refusal.code, "detail": refusal.sentence},)


class NoStep(Unconditional):
    default_detail = "Say by If-Match which step was the last one that was read, as in the ETag."


class OfTheTrial(BasePermission):
    """Staff, monitors and administrators; no client, as somebody's name stands under each step."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = scope_of(request)
        writes = request.method not in SAFE_METHODS
        if scope.client or (writes and not scope.roles & view.roles):
            return False
        return bool(sites_where(scope, Conduct.READ)) or manages(scope)


class VersionDoor(doors.PersonsDoor):
    """Versions of one trial; no patient exists here."""

    permission_classes = [OfTheTrial]
    roles = frozenset({Role.ADMINISTRATOR.value})
    """Whoever has none of these writes nothing; who else it is not to be is said by the step."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        APIView.initial(self, request, *args, **kwargs)
        self.scope = scope_of(request)
        identify(self.scope)
        self.site_ids = frozenset()
        self.now = timezone.now()
        tell_sites(self.site_ids)

    def held(self, nct_id: str, version: str) -> versions.Version:
        found = (one for one in versions.of_trial(nct_id) if one.version == version)
        held = next(found, None)
        if held is None:
            raise NotFound
        return held


class Versions(VersionDoor):
    """Every version of a trial."""

    @extend_schema(**schemas.LIST)
    def get(self, request: Request, nct_id: str) -> Response:
        """The latest first: those on record, and those that the release carries and nobody has submitted."""
        self.parameters()
        held = versions.of_trial(nct_id)
        if not held:
            raise NotFound
        document = {"next": None, "previous": None, "results": [told(one) for one in held]}
        return Response(document, headers=_tag(nct_id))


class OneVersion(VersionDoor):
    """One version, and everything that happened to it."""

    @extend_schema(**schemas.READ)
    def get(self, request: Request, nct_id: str, version: str) -> Response:
        self.parameters()
        return Response(told(self.held(nct_id, version)), headers=_tag(nct_id))


class Changes(VersionDoor):
    """What differs between two versions."""

    @extend_schema(**schemas.CHANGES)
    def get(self, request: Request, nct_id: str, version: str, earlier: str) -> Response:
        self.parameters()
        before, after = self.held(nct_id, earlier), self.held(nct_id, version)
        return Response(as_json(compare(before.protocol, after.protocol)))


class Impact(VersionDoor):
    """What publishing would change for the open candidates, in numbers."""

    @extend_schema(**schemas.IMPACT)
    def get(self, request: Request, nct_id: str, version: str) -> Response:
        """What was asked for last; ``counts`` is null until a worker has counted."""
        self.parameters()
        held = self.held(nct_id, version)
        found = latest_impact(held.filed) if held.filed is not None else None
        if found is None:
            raise NotFound
        return Response(counted(found))

    @extend_schema(request=None, **schemas.ASK_IMPACT)
    def post(self, request: Request, nct_id: str, version: str) -> Response:
        """Have it counted; while one is under way that one is answered, so asking twice asks once."""
        self.parameters()
        held = self.held(nct_id, version)
        try:
            asked = foreseeing.ask_impact(_filed(held), by=self.person)
        except Refusal as refusal:
            raise Refused(refusal) from None
        return Response(counted(asked), status=202)


class _Step(VersionDoor):
    http_method_names = ["post", "options"]
    takes: type[StrictSerializer]

    def done(
        self,
        request: Request,
        nct_id: str,
        version: str,
        do: Callable[[versions.Version, dict[str, Any], int], VersionEvent],
    ) -> HttpResponse:
        """Take the step once. Requests of one person come one after the other, so that a key is looked up when the
        first with it is done."""
        self.parameters()
        held = self.held(nct_id, version)
        seen = _seen(request._request)
        said = read(self.takes, request.data)

        def step() -> Done:
            do(held, said, seen)
            return doors.told(told(self.held(nct_id, version)), tag=_tag(nct_id)["ETag"])

        one_at_a_time(self.person)
        try:
            return self.one_act(step)
        except Refusal as refusal:
            raise Refused(refusal) from None
        except VersionTaken as taken:
            raise Conflict(str(taken)) from None


class Submit(_Step):
    """Put a version that the release carries on record as a draft."""

    takes = schemas.SubmitInput

    @extend_schema(request=schemas.SubmitInput, **schemas.step("submit"))
    def post(self, request: Request, nct_id: str, version: str) -> HttpResponse:
        return self.done(
            request,
            nct_id,
            version,
            lambda held, said, seen: publishing.submit(
                held.protocol, reason=said["reason"], by=self.person, seen=seen
            ),
        )


class Review(_Step):
    """Approve a draft that somebody else submitted."""

    takes = schemas.ReviewInput
    roles = frozenset({Role.INVESTIGATOR.value, Role.ADMINISTRATOR.value})

    @extend_schema(request=schemas.ReviewInput, **schemas.step("review"))
    def post(self, request: Request, nct_id: str, version: str) -> HttpResponse:
        return self.done(
            request,
            nct_id,
            version,
            lambda held, said, seen: publishing.review(
                _filed(held), statement=said["statement"], by=self.person, seen=seen
            ),
        )


class SendBack(_Step):
    """Say why a version is not to be published as it is."""

    takes = schemas.SendBackInput
    roles = Review.roles

    @extend_schema(request=schemas.SendBackInput, **schemas.step("send_back"))
    def post(self, request: Request, nct_id: str, version: str) -> HttpResponse:
        return self.done(
            request,
            nct_id,
            version,
            lambda held, said, seen: publishing.send_back(
                _filed(held), reason=said["reason"], by=self.person, seen=seen
            ),
        )


class Publish(_Step):
    """Put a reviewed version in force."""

    takes = schemas.PublishInput

    @extend_schema(request=schemas.PublishInput, **schemas.step("publish"))
    def post(self, request: Request, nct_id: str, version: str) -> HttpResponse:
        return self.done(
            request,
            nct_id,
            version,
            lambda held, said, seen: publishing.put_in_force(
                _filed(held),
                signatures=said["signatures"],
                reason=said["reason"],
                by=self.person,
                seen=seen,
            ),
        )


def _filed(held: versions.Version) -> Any:
    if held.filed is None:
        raise Conflict("Nobody has submitted this version.")
    return held.filed


def _tag(nct_id: str) -> dict[str, str]:
    return {"ETag": f'"{last_number(nct_id)}"'}


def _seen(request: HttpRequest) -> int:
    """The last step that the client has read; one that is none is as one that is over.

    Raises:
        NoStep: it does not say.
    """
    said = request.headers.get("If-Match")
    if said is None:
        raise NoStep
    number = said.strip().strip('"')
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1
