"""Record systems that ask by CDS Hooks: registered, with their public keys, and ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility.actions import record_systems
from eligibility.administration_forms.clients import EndKeyForm, KeysForm
from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.record_systems import StoringForm, SystemForm
from eligibility.api.administration import described_systems as described
from eligibility.api.administration.described import KEY_END, KEYS_GIVEN, REASON
from eligibility.api.administration.doors import Document, OfficeDoor, filled, tag_of, told
from eligibility.api.administration.shown import feedback_of, record_system_of
from eligibility.models import RecordSystem
from patients.api.doors import PAGING
from patients.api.pages import paged
from trialscreen.institution.administration import lists


class SystemsDoor(OfficeDoor):
    fields = {"hours": "overlap_hours"}

    def held(self, system: int) -> RecordSystem:
        held = record_systems.systems().filter(pk=system).first()
        if held is None:
            raise NotFound
        return held

    def tag(self, system: int) -> str:
        return tag_of(record_system_of(self.held(system)))

    def changed(self, system: int, status: int = 200) -> Any:
        shown = record_system_of(self.held(system))
        return told(shown, status=status, tag=tag_of(shown))


class Systems(SystemsDoor):
    """Every record system."""

    @extend_schema(**described.SYSTEMS)
    def get(self, request: Request) -> Response:
        """A page of them, the first registered first."""
        self.parameters(PAGING)
        return paged(request, record_systems.systems(), record_system_of)

    @extend_schema(**described.ADD_SYSTEM)
    def post(self, request: Request) -> HttpResponse:
        """It asks for one site. Nothing it signs is taken until it has a key."""

        def act(said: Document) -> Any:
            given = filled(SystemForm(said, sites=lists.sites()))
            made = record_systems.add_system(**given, by=self.person, at=self.now)
            return self.changed(made.pk, 201)

        return self.do(described.NEW_SYSTEM, act)


class OneSystem(SystemsDoor):
    """One record system."""

    @extend_schema(**described.SYSTEM)
    def get(self, request: Request, system: int) -> Response:
        """With its version as ``ETag``, and what came of its last cards."""
        self.parameters()
        held = self.held(system)
        shown = record_system_of(held)
        came = [feedback_of(one) for one in record_systems.feedback_of(held)]
        return Response(shown | {"feedback": came}, headers={"ETag": tag_of(shown)})


class _SystemAct(SystemsDoor):
    http_method_names = ["post", "options"]


class Storing(_SystemAct):
    """Whether what it sends is kept."""

    @extend_schema(**described.SET_STORING)
    def post(self, request: Request, system: int) -> HttpResponse:
        """From the next question on."""
        held = self.held(system)

        def act(said: Document) -> Any:
            record_systems.set_storing(held, **filled(StoringForm(said)), by=self.person)
            return self.changed(system)

        return self.do(described.STORING, act, tag=self.tag(system))


class Keys(_SystemAct):
    """Public keys of a record system."""

    @extend_schema(**described.ADD_SYSTEM_KEYS)
    def post(self, request: Request, system: int) -> HttpResponse:
        """Beside those it has. They are given by value: no address of keys is ever asked."""
        held = self.held(system)

        def act(said: Document) -> Any:
            record_systems.add_keys(held, **filled(KeysForm(said)), by=self.person, at=self.now)
            return self.changed(system)

        return self.do(KEYS_GIVEN, act, tag=self.tag(system))


class EndKey(_SystemAct):
    """The end of a public key."""

    @extend_schema(**described.END_SYSTEM_KEY)
    def post(self, request: Request, system: int, key: int) -> HttpResponse:
        """It is taken for so many hours yet."""
        held = self.held(system).keys.filter(pk=key).first()
        if held is None:
            raise NotFound

        def act(said: Document) -> Any:
            record_systems.end_key(held, **filled(EndKeyForm(said)), by=self.person, at=self.now)
            return self.changed(system)

        return self.do(KEY_END, act, tag=self.tag(system))


class EndSystem(_SystemAct):
    """The end of a record system."""

    @extend_schema(**described.END_SYSTEM)
    def post(self, request: Request, system: int) -> HttpResponse:
        """It is answered no more, from now on."""
        held = self.held(system)

        def act(said: Document) -> Any:
            record_systems.end_system(held, **filled(ReasonForm(said)), by=self.person, at=self.now)
            return self.changed(system)

        return self.do(REASON, act, tag=self.tag(system))
