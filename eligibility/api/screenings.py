"""Screening episodes over HTTP: the same acts, under the same policies and in the same words as on the page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import actions, episodes, listing, protocols, retests
from eligibility.actions import Actor
from eligibility.api import screenings_schemas as schemas
from eligibility.api import screenings_shown as shown
from eligibility.api.screenings_acts import ACTS, Asked
from eligibility.api.views import protocol_or_404
from eligibility.models import Event, Screening, State
from eligibility.policies import Moved, NotAllowed, Refusal
from eligibility.possible import refusals
from patients.actions.repeats import Answer
from patients.api import scoped
from patients.api.doors import PAGING, RecordDoor, json_answer
from patients.api.inputs import StrictSerializer, read
from patients.api.pages import paged
from patients.api.refusals import Explained, Unconditional
from trialscreen.institution.rights import May
from trialscreen.institution.scope import Scope

STATUSES = ("eligible", "not_yet", "undetermined", "ineligible")


class Refused(Explained):
    """A policy's refusal, in its sentence and with its code."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.status_code = 409
        if isinstance(refusal, NotAllowed):
            self.status_code = 403
        elif isinstance(refusal, Moved) and refusal.code == "moved":
            self.status_code = 412
        said = {"pointer": "", "code": refusal.code, "detail": refusal.sentence}
        self.errors = (said,)


class NoVersion(Unconditional):
    default_detail = "Say by If-Match which version of the screening was read, as in its ETag."


class NoSuchPatient(Explained):
    """A body names a patient who is not there, or not for who asks."""

    status_code = 422
    default_detail = "There is no such patient."
    errors: tuple[Mapping[str, str], ...] = (
        {"pointer": "/patient", "code": "does-not-exist", "detail": "There is no such patient."},
    )


class ScreeningDoor(RecordDoor):
    """Episodes of the asker's sites."""

    reading = May.READ_VERDICTS

    def held(self, screening: UUID) -> Screening:
        """Another site's is as absent as one that never was."""
        held = episodes.of_sites(self.site_ids).filter(pk=screening).first()
        if held is None:
            raise NotFound
        return held


class Screenings(ScreeningDoor):
    """The episodes of the asker's sites."""

    @extend_schema(**schemas.LIST)
    def get(self, request: Request) -> Response:
        """A page of them in the order of opening; ``?site=``, ``?state=``, ``?status=``, ``?patient=``, ``?trial=``."""
        asked = self.parameters(("site", "state", "status", "patient", "trial", *PAGING))
        sites = self.site_ids
        if "site" in asked:
            sites = frozenset({scoped.site_of(sites, asked["site"]).pk})
        rows = episodes.of_sites(sites).filter(**_filters(asked))
        return paged(request, rows, shown.brief, order=("opened_at", "id"))

    @extend_schema(request=schemas.OpenInput, **schemas.OPEN)
    def post(self, request: Request) -> HttpResponse:
        """Open the first episode of a patient by hand; one that is open already is answered as it is (200)."""
        self.parameters()
        said = read(schemas.OpenInput, request.data)
        protocol = protocol_or_404(said.get("trial", "NCT00514085"))
        held = scoped.patients_of(self.site_ids).filter(pk=said["patient"]).first()
        if held is None:
            raise NoSuchPatient

        def act() -> Answer:
            known = episodes.latest_of(held.pk, trial=protocol.trial)
            by, on = actor_of(self.scope), timezone.localdate(timezone=held.site.zone)
            try:
                made = actions.add_candidate(held, by=by, protocol=protocol, on=on)
            except Refusal as refusal:
                raise Refused(refusal) from None
            return told(made, by=by, status=200 if known is not None else 201)

        return self.once(held.site, act)


class OneScreening(ScreeningDoor):
    """One episode: where it stands, what people decided, and what can be done now."""

    @extend_schema(**schemas.READ)
    def get(self, request: Request, screening: UUID) -> HttpResponse:
        self.parameters()
        answer = told(self.held(screening), by=actor_of(self.scope))
        return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


class Events(ScreeningDoor):
    """Everything that has happened in an episode."""

    @extend_schema(**schemas.EVENTS)
    def get(self, request: Request, screening: UUID) -> Response:
        """A page of its events, the first first."""
        self.parameters(PAGING)
        rows = Event.objects.filter(screening=self.held(screening))
        return paged(request, rows, shown.event, order=("sequence",))


class OneAct(ScreeningDoor):
    """An act with an episode."""

    http_method_names = ["post", "options"]
    takes: ClassVar[type[StrictSerializer]]
    do: ClassVar[Callable[[Asked], object]]

    def post(self, request: Request, screening: UUID) -> HttpResponse:
        self.parameters()
        held = self.held(screening)
        return self.once(held.site, lambda: self._done(request, held))

    def _done(self, request: Request, held: Screening) -> Answer:
        by, now = actor_of(self.scope), timezone.now()
        on = timezone.localdate(now, held.site.zone)
        seen = seen_version(request, held)
        said = read(type(self).takes, request.data)
        asked = Asked(held, by, protocols.get(held.trial.number), now, on, seen, said)
        try:
            done = type(self).do(asked)
        except Refusal as refusal:
            raise Refused(refusal) from None
        if isinstance(done, Screening) and done.pk != held.pk:
            return told(done, by=by, status=201)
        return told(held, by=by)

    def _digest(self) -> str:
        """As ever; but nothing that is kept is worked out from a password, which could be guessed from it."""
        said = self.request.data
        if not isinstance(said, Mapping) or "password" not in said:
            return super()._digest()
        named = {key: one for key, one in said.items() if key != "password"}
        asked = self.request._request
        says = [str(asked.method), asked.get_full_path(), asked.headers.get("X-Acting-For", "")]
        says.append(json.dumps(named, sort_keys=True, default=str))
        return hashlib.sha256("\n".join(says).encode()).hexdigest()


def actor_of(scope: Scope) -> Actor:
    """Who asks: a person, a client, or a client for a person."""
    if scope.account is not None:
        return Actor.person(scope.account, scope.client)
    return Actor(None, scope.client, scope.client)


def seen_version(request: Request, held: Screening) -> int:
    """The version of the episode that the client has read, from ``If-Match``; weak tags never match.

    Raises:
        NoVersion: there is none.
        Refused: it is not a version of this episode.
    """
    asked = request.headers.get("If-Match")
    if asked is None:
        raise NoVersion
    tags = [tag.strip() for tag in asked.split(",")]
    if "*" in tags or f'"{held.version}"' in tags:
        return held.version
    return -1


def told(held: Screening, *, by: Actor, status: int = 200) -> Answer:
    """The episode as it is now."""
    now = episodes.of_sites([held.site_id]).get(pk=held.pk)
    on = timezone.localdate(timezone=now.site.zone)
    protocol = protocols.get(now.trial.number)
    record, answer = listing.examine(now.patient_id, protocol=protocol, on=on)
    failed = retests.of_episode(now, answer, record)
    refused = refusals(now, by=by, answer=answer, on=on, failed=failed)
    document = shown.whole(episodes.story(now), refused=refused, failed=failed)
    headers = {"ETag": f'"{now.version}"'}
    if status == 201:
        headers["Location"] = reverse("api-screening", args=[now.pk])
    return json_answer(document, status=status, **headers)


def _filters(asked: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, known in (("state", tuple(State.values)), ("status", STATUSES)):
        if name in asked:
            if asked[name] not in known:
                raise ValidationError({name: [f"One of {', '.join(known)}."]})
            found[name] = asked[name]
    if "trial" in asked:
        found["trial__number"] = asked["trial"]
    if "patient" in asked:
        try:
            found["patient"] = UUID(asked["patient"])
        except ValueError:
            raise ValidationError({"patient": ["The id of a patient."]}) from None
    return found


def act_view(name: str) -> Any:
    """The view of one act, described under its own name."""
    do, takes = ACTS[name]
    view: Any = type(name.title(), (OneAct,), {"do": staticmethod(do), "takes": takes})
    return schemas.act(name, takes)(view).as_view()
