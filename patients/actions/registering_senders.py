"""Senders of HL7 v2 messages, as administrators register and end them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from oauth2_provider.models import Application

from patients.actions.sources import LONGEST, OURS
from patients.intake.hl7v2.charsets import CHARSETS
from patients.models import MessageSender
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.models import Account, Site
from trialscreen.institution.trail.acting import because

SOURCE: Final = "hl7v2"
"""Under which identifiers are looked up where nothing else was agreed: one for all senders of a site."""
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20]+")
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class NewSender:
    """What is said of a sender when it is registered."""

    name: str
    application: str
    facility: str = ""
    laboratory: str = ""
    source: str = ""
    client: str = ""
    networks: Sequence[str] = ()
    certificate: str = ""
    charset: str = "ASCII"
    authorities: Mapping[str, str] = field(default_factory=dict)


def register_sender(said: NewSender, *, site: Site, reason: str, by: Account) -> MessageSender:
    """From now on messages like its own are taken over its connections.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    certificate = said.certificate.replace(":", "").strip().lower()
    networks = [_network(one) for one in said.networks]
    _makes_sense(said, certificate, networks)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        try:
            with transaction.atomic():
                return MessageSender.objects.create(
                    site=site,
                    name=said.name.strip(),
                    application=said.application.strip(),
                    facility=said.facility.strip(),
                    laboratory=said.laboratory.strip(),
                    source=said.source.strip() or SOURCE,
                    client=said.client.strip(),
                    networks=networks,
                    certificate=certificate,
                    charset=said.charset,
                    authorities=dict(said.authorities),
                    registered_by=by,
                )
        except IntegrityError:
            raise NotDone(
                "name",
                _("A sender of this site has that name, or sends under the same MSH-3 and MSH-4."),
            ) from None


def end_sender(held: MessageSender, *, reason: str, by: Account, at: datetime) -> None:
    """From now on its messages are those of nobody. What it has sent stays.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        mine = MessageSender.objects.filter(pk=held.pk, ended_at=None)
        if not mine.update(ended_at=at):
            raise NotDone("ended", _("It was ended already."))


def senders(site: Site) -> list[MessageSender]:
    """Every sender of a site, those that have not ended first."""
    held = MessageSender.objects.filter(site=site).select_related("registered_by")
    return sorted(held, key=lambda one: (one.ended_at is not None, one.name, one.pk))


def sender_at(site: Site, ident: int) -> MessageSender | None:
    """One of a site's senders, also one that was ended."""
    return MessageSender.objects.filter(site=site, pk=ident).first()


def _makes_sense(said: NewSender, certificate: str, networks: list[str]) -> None:
    if not said.name.strip() or not said.application.strip():
        raise NotDone("application", _("A sender has a name, and sends under an MSH-3."))
    if not said.client.strip() and not networks:
        raise NotDone(
            "client", _("Say which API client hands its messages over, or from where it connects.")
        )
    if said.client.strip():
        known = Application.objects.filter(client_id=said.client.strip())
        if not known.exists():
            raise NotDone("client", _("No API client has this id."))
    if certificate and not _FINGERPRINT.fullmatch(certificate):
        raise NotDone("certificate", _("A certificate is named by its SHA-256: 64 digits 0 to f."))
    if certificate and not networks:
        raise NotDone("networks", _("Say from which networks it connects with its certificate."))
    if said.charset not in CHARSETS:
        raise NotDone("charset", _("This character set is not read."))
    source = said.source.strip()
    if len(source) > LONGEST or source.casefold() in OURS:
        raise NotDone("source", _("That is the name of a source of ours; choose another."))
    if len(said.authorities) > _MOST or not all(
        0 < len(name) <= _MOST * 4 and _URI.fullmatch(system) and len(system) <= _MOST * 4
        for name, system in said.authorities.items()
    ):
        raise NotDone("authorities", _("Each line is a name, an equals sign and a URI."))


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        raise NotDone(
            "networks", _("“%(text)s” is no address or network.") % {"text": text[:40]}
        ) from None
