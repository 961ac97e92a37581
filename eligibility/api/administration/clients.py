"""API clients: registered, granted rights site by site, given another secret, deactivated."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility.administration_forms.clients import (
    ClientForm,
    EndKeyForm,
    GrantForm,
    KeysForm,
    ProofForm,
    SecretForm,
)
from eligibility.administration_forms.fields import ReasonForm
from eligibility.api.administration import described
from eligibility.api.administration.doors import Document, OfficeDoor, filled, tag_of, told
from eligibility.api.administration.shown import client_of
from patients.api.doors import PAGING
from patients.api.pages import paged
from trialscreen.institution.administration import client_keys, clients


class ClientsDoor(OfficeDoor):
    fields = {"hours": "overlap_hours"}

    def held(self, client: int) -> Any:
        held = clients.client(client)
        if held is None:
            raise NotFound
        return held

    def tag(self, client: int) -> str:
        return tag_of(client_of(self.held(client)))

    def secret(self, made: clients.Registered, status: int) -> Any:
        shown = client_of(self.held(made.application.pk))
        if not made.secret:
            return told(shown, status=status, tag=tag_of(shown))
        more = {"secret": made.secret}
        return told(shown | more, status=status, tag=tag_of(shown), once=("secret",))


class Clients(ClientsDoor):
    """Every client."""

    @extend_schema(**described.CLIENTS)
    def get(self, request: Request) -> Response:
        """A page of them, the first registered first; no secret of any."""
        self.parameters(PAGING)
        return paged(request, clients.registered(), client_of)

    @extend_schema(**described.REGISTER_CLIENT)
    def post(self, request: Request) -> HttpResponse:
        """Its secret, if it has one, is shown once. It may do nothing until it is granted something at a site."""

        def act(said: Document) -> Any:
            given = filled(ClientForm(said))
            return self.secret(clients.add_client(**given, by=self.person, at=self.now), 201)

        return self.do(described.NEW_CLIENT, act)


class OneClient(ClientsDoor):
    """One client."""

    @extend_schema(**described.CLIENT)
    def get(self, request: Request, client: int) -> Response:
        """With its version as ``ETag``."""
        self.parameters()
        shown = client_of(self.held(client))
        return Response(shown, headers={"ETag": tag_of(shown)})


class _ClientAct(ClientsDoor):
    http_method_names = ["post", "options"]

    def changed(self, client: int) -> Any:
        shown = client_of(self.held(client))
        return told(shown, tag=tag_of(shown))


class Grant(_ClientAct):
    """What a client may do at a site."""

    @extend_schema(**described.GRANT)
    def post(self, request: Request, client: int, code: str) -> HttpResponse:
        """In place of what it might before; none takes its grant away. It holds from the next request on."""
        held, site = self.held(client), self.site(code)

        def act(said: Document) -> Any:
            clients.set_grant(held, site=site, **filled(GrantForm(said)), by=self.person)
            return self.changed(client)

        return self.do(described.RIGHTS, act, tag=self.tag(client))


class Rotate(_ClientAct):
    """Another secret."""

    @extend_schema(**described.ROTATE)
    def post(self, request: Request, client: int) -> HttpResponse:
        """Shown once. The one before is taken for so many hours yet; with 0 all its tokens end now."""
        held = self.held(client)

        def act(said: Document) -> Any:
            given = filled(SecretForm(said))
            return self.secret(clients.new_secret(held, **given, by=self.person, at=self.now), 200)

        return self.do(described.NEW_SECRET, act, tag=self.tag(client))


class Proof(_ClientAct):
    """How a client shows who it is."""

    @extend_schema(**described.SET_PROOF)
    def post(self, request: Request, client: int) -> HttpResponse:
        """``secret``, ``keys`` or ``either``; the tokens that it has got the other way end now."""
        held = self.held(client)

        def act(said: Document) -> Any:
            client_keys.set_proof(held, **filled(ProofForm(said)), by=self.person, at=self.now)
            return self.changed(client)

        return self.do(described.PROOF, act, tag=self.tag(client))


class Keys(_ClientAct):
    """Public keys of a client."""

    @extend_schema(**described.ADD_KEYS)
    def post(self, request: Request, client: int) -> HttpResponse:
        """Beside those it has. They are given by value: no address of keys is ever asked."""
        held = self.held(client)

        def act(said: Document) -> Any:
            client_keys.add_keys(held, **filled(KeysForm(said)), by=self.person, at=self.now)
            return self.changed(client)

        return self.do(described.KEYS_GIVEN, act, tag=self.tag(client))


class EndKey(_ClientAct):
    """The end of a public key."""

    @extend_schema(**described.END_KEY)
    def post(self, request: Request, client: int, key: int) -> HttpResponse:
        """It is taken for so many hours yet; with 0 all tokens of the client end now."""
        held = client_keys.key_of(self.held(client), key)
        if held is None:
            raise NotFound

        def act(said: Document) -> Any:
            client_keys.end_key(held, **filled(EndKeyForm(said)), by=self.person, at=self.now)
            return self.changed(client)

        return self.do(described.KEY_END, act, tag=self.tag(client))


class EndClient(_ClientAct):
    """The end of a client."""

    @extend_schema(**described.END_CLIENT)
    def post(self, request: Request, client: int) -> HttpResponse:
        """Its tokens end at once and it gets no other; it is not opened again."""
        held = self.held(client)

        def act(said: Document) -> Any:
            given = filled(ReasonForm(said))
            clients.deactivate_client(held, **given, by=self.person, at=self.now)
            return self.changed(client)

        return self.do(described.REASON, act, tag=self.tag(client))
