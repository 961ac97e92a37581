"""Senders of HL7 v2 messages at a site: registered, and ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.senders import SenderForm
from eligibility.api.administration import described, described_senders
from eligibility.api.administration.doors import Document, OfficeDoor, filled, told
from patients.actions import registering_senders as senders
from patients.api.doors import PAGING
from patients.api.pages import paged
from patients.models import MessageSender


class Senders(OfficeDoor):
    """Whose messages are taken at a site."""

    @extend_schema(**described_senders.SENDERS)
    def get(self, request: Request, code: str) -> Response:
        """A page of them, the first registered first, also those that have ended."""
        self.parameters(PAGING)
        return paged(request, MessageSender.objects.filter(site=self.site(code)), sender_of)

    @extend_schema(**described_senders.REGISTER_SENDER)
    def post(self, request: Request, code: str) -> HttpResponse:
        """A message is its own where MSH-3, MSH-4 and the connection are as said here."""
        site = self.site(code)

        def act(said: Document) -> Any:
            form = SenderForm({"charset": "ASCII"} | _as_typed(said))
            filled(form)
            new, reason = form.said()
            held = senders.register_sender(new, site=site, reason=reason, by=self.person)
            return told(sender_of(held), status=201)

        return self.do(described_senders.NEW_SENDER, act)


class EndSender(OfficeDoor):
    """The end of a sender."""

    http_method_names = ["post", "options"]

    @extend_schema(**described_senders.END_SENDER)
    def post(self, request: Request, code: str, sender: int) -> HttpResponse:
        """Its messages are refused from now on; what it has sent stays."""
        held = MessageSender.objects.filter(site=self.site(code), pk=sender).first()
        if held is None:
            raise NotFound

        def act(said: Document) -> Any:
            senders.end_sender(held, **filled(ReasonForm(said)), by=self.person, at=self.now)
            return told(sender_of(MessageSender.objects.get(pk=held.pk)))

        return self.do(described.REASON, act)


def sender_of(held: MessageSender) -> Document:
    return {
        "id": held.pk,
        "name": held.name,
        "application": held.application,
        "facility": held.facility,
        "laboratory": held.laboratory,
        "client": held.client or None,
        "networks": list(held.networks),
        "certificate": held.certificate or None,
        "source": held.source,
        "charset": held.charset,
        "authorities": [f"{name} = {system}" for name, system in held.authorities.items()],
        "registered_at": held.registered_at.isoformat(),
        "ended_at": held.ended_at.isoformat() if held.ended_at else None,
    }


def _as_typed(said: Document) -> Document:
    """Lists as the form of the page takes them."""
    between = {"networks": ",", "authorities": "\n"}
    return {
        name: between[name].join(one) if name in between and isinstance(one, list) else one
        for name, one in said.items()
    }
