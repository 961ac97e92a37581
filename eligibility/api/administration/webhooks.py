"""Webhooks: registered, changed, paused, given another secret, ended; what was sent, and sending it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import webhooks as held_webhooks
from eligibility.actions import resending
from eligibility.actions import webhooks as acts
from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.webhooks import (
    ChangeWebhookForm,
    SinceForm,
    WebhookForm,
    WebhookSecretForm,
)
from eligibility.api.administration import described_webhooks as described
from eligibility.api.administration.doors import Document, OfficeDoor, filled, tag_of, told
from eligibility.api.administration.shown_webhooks import delivery_of, webhook_of
from eligibility.models import Dispatch
from eligibility.sending import rules
from patients.api.doors import PAGING
from patients.api.pages import paged


class WebhooksDoor(OfficeDoor):
    fields = {"hours": "overlap_hours"}

    def held(self, webhook: int) -> Any:
        held = held_webhooks.endpoint(webhook)
        if held is None:
            raise NotFound
        return held

    def tag(self, webhook: int) -> str:
        return tag_of(_version(webhook_of(self.held(webhook))))

    def changed(self, webhook: int) -> Any:
        shown = webhook_of(self.held(webhook))
        return told(shown, tag=tag_of(_version(shown)))

    def secret(self, made: acts.Registered, status: int) -> Any:
        shown = webhook_of(self.held(made.endpoint.pk))
        more = {"secret": made.secret}
        return told(shown | more, status=status, tag=tag_of(_version(shown)), once=("secret",))


class Webhooks(WebhooksDoor):
    """Every endpoint."""

    @extend_schema(**described.WEBHOOKS)
    def get(self, request: Request) -> Response:
        """A page of them, the first registered first; no secret of any. ``?site=`` names a site."""
        asked = self.parameters(("site", *PAGING))
        rows = held_webhooks.endpoints()
        if "site" in asked:
            rows = rows.filter(site__code=asked["site"])
        return paged(request, rows, webhook_of)

    @extend_schema(**described.REGISTER)
    def post(self, request: Request) -> HttpResponse:
        """Its secret is shown once. It is told of what happens from now on."""

        def act(said: Document) -> Any:
            given = filled(WebhookForm(said))
            origin = request.build_absolute_uri("/").rstrip("/")
            made = acts.register_endpoint(
                **given, origin=origin, rules=rules(), by=self.person, at=self.now
            )
            return self.secret(made, 201)

        return self.do(described.NEW_WEBHOOK, act)


class OneWebhook(WebhooksDoor):
    """One endpoint."""

    @extend_schema(**described.WEBHOOK)
    def get(self, request: Request, webhook: int) -> Response:
        """With its version as ``ETag``, and how it answers."""
        self.parameters()
        shown = webhook_of(self.held(webhook))
        return Response(shown, headers={"ETag": tag_of(_version(shown))})

    @extend_schema(**described.CHANGE)
    def patch(self, request: Request, webhook: int) -> HttpResponse:
        """Another name, URL, choice of events or format. What waits is sent as it is then."""
        held = self.held(webhook)
        now = {"name": held.name, "url": held.url, "events": held.events, "format": held.format}

        def act(said: Document) -> Any:
            named = request.data if isinstance(request.data, Mapping) else {}
            whole = {name: one for name, one in now.items() if name not in named} | said
            given = filled(ChangeWebhookForm(whole))
            acts.change_endpoint(webhook, **given, rules=rules(), by=self.person)
            return self.changed(webhook)

        return self.do(described.WEBHOOK_CHANGE, act, tag=self.tag(webhook))


class _WebhookAct(WebhooksDoor):
    http_method_names = ["post", "options"]


class RotateSecret(_WebhookAct):
    """Another secret."""

    @extend_schema(**described.ROTATE)
    def post(self, request: Request, webhook: int) -> HttpResponse:
        """Shown once. The one before signs beside it for so many hours yet."""

        def act(said: Document) -> Any:
            given = filled(WebhookSecretForm(said))
            return self.secret(
                acts.rotate_secret(webhook, **given, by=self.person, at=self.now), 200
            )

        return self.do(described.NEW_SECRET, act, tag=self.tag(webhook))


class Pause(_WebhookAct):
    """Nothing is sent for a while."""

    @extend_schema(**described.PAUSE)
    def post(self, request: Request, webhook: int) -> HttpResponse:
        """What happens meanwhile is kept, and sent when it is resumed."""

        def act(said: Document) -> Any:
            given = filled(ReasonForm(said))
            acts.pause_endpoint(webhook, **given, by=self.person, at=self.now)
            return self.changed(webhook)

        return self.do(described.REASON, act, tag=self.tag(webhook))


class Resume(_WebhookAct):
    """Sending goes on."""

    @extend_schema(**described.RESUME)
    def post(self, request: Request, webhook: int) -> HttpResponse:
        """Everything that waits is sent at once."""

        def act(said: Document) -> Any:
            acts.resume_endpoint(webhook, by=self.person, at=self.now)
            return self.changed(webhook)

        return self.do(described.NOTHING, act, tag=self.tag(webhook))


class End(_WebhookAct):
    """The end of an endpoint."""

    @extend_schema(**described.END)
    def post(self, request: Request, webhook: int) -> HttpResponse:
        """What waits is not sent, its secrets are forgotten, and it is not opened again."""

        def act(said: Document) -> Any:
            given = filled(ReasonForm(said))
            acts.end_endpoint(webhook, **given, by=self.person, at=self.now)
            return self.changed(webhook)

        return self.do(described.REASON, act, tag=self.tag(webhook))


class SendTest(_WebhookAct):
    """A message about nobody."""

    @extend_schema(**described.TEST)
    def post(self, request: Request, webhook: int) -> HttpResponse:
        """Sent like any other, to see whether it arrives."""
        self.held(webhook)

        def act(said: Document) -> Any:
            made = resending.send_test(webhook, by=self.person, at=self.now)
            return told(self._shown(made.pk), status=202)

        return self.do(described.NOTHING, act)

    def _shown(self, key: int) -> Document:
        return delivery_of(held_webhooks.delivery(key), [])


class Deliveries(WebhooksDoor):
    """What was and is to be sent to an endpoint."""

    @extend_schema(**described.DELIVERIES)
    def get(self, request: Request, webhook: int) -> Response:
        """A page of them, the latest first, each with its attempts."""
        asked = self.parameters(("state", *PAGING))
        state = asked.get("state", "")
        if state and state not in dict(Dispatch.STATES):
            raise ValidationError({"state": ["One of waiting, delivered, parked and dropped."]})
        self.held(webhook)
        tried: dict[int, Any] = {}
        return paged(
            request,
            held_webhooks.deliveries(webhook, state=state),
            lambda one: delivery_of(one, tried.get(one.pk, [])),
            order=("-id",),
            prepare=lambda found: tried.update(held_webhooks.attempts([one.pk for one in found])),
        )


class ReplaySince(_WebhookAct):
    """Everything since a moment, once more."""

    @extend_schema(**described.REPLAY_SINCE)
    def post(self, request: Request, webhook: int) -> HttpResponse:
        """Every message that was made since then and is not waiting is put in line again, each with its id."""
        self.held(webhook)

        def act(said: Document) -> Any:
            given = filled(SinceForm(said))
            again = resending.send_again_since(webhook, **given, by=self.person, at=self.now)
            return told({"sent_again": again}, status=202)

        return self.do(described.SINCE, act)


class Replay(_WebhookAct):
    """One message, once more."""

    @extend_schema(**described.REPLAY)
    def post(self, request: Request, delivery: int) -> HttpResponse:
        """Put in line again with its id, also where it was delivered."""
        if held_webhooks.delivery(delivery) is None:
            raise NotFound

        def act(said: Document) -> Any:
            resending.send_again(delivery, by=self.person, at=self.now)
            tried = held_webhooks.attempts([delivery])[delivery]
            return told(delivery_of(held_webhooks.delivery(delivery), tried), status=202)

        return self.do(described.NOTHING, act)


def _version(shown: Document) -> Document:
    """What is of the endpoint itself: how it answers changes by the minute, and nobody's change collides with that."""
    return {name: one for name, one in shown.items() if name != "health"}
