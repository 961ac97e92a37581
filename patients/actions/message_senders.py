"""Who sends a message: found by its header and by the connection over which it came, never by the header alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from django.db.models import Q

from patients.actions.receive import Attribution
from patients.intake.hl7v2 import Header, Sender
from patients.models import MessageSender
from trialscreen.institution.models import Site

HTTP, MLLP = "http", "mllp"


@dataclass(frozen=True, slots=True)
class Connection:
    """How a message came: over which way, from where, and who has shown themselves to be there."""

    way: str
    peer: str = ""
    """An IP address."""
    certificate: str = ""
    """SHA-256 of the certificate that was shown and checked, in hexadecimal."""
    by: Attribution = field(default_factory=Attribution)


def possible(connection: Connection, site_ids: Iterable[int]) -> list[MessageSender]:
    """The senders of these sites that may come over this connection.

    Over HTTP those that the API client speaks for; a person may hand over the messages of every sender of their
    sites. To the listener those that are let in from the address with the certificate.
    """
    held = MessageSender.objects.filter(site_id__in=list(site_ids), ended_at=None)
    if connection.way == HTTP:
        mine = Q(client=connection.by.client) if connection.by.client else Q()
        return list(held.filter(mine).order_by("pk"))
    return [
        one
        for one in held.exclude(networks=[]).order_by("pk")
        if _within(connection.peer, one.networks)
        and one.certificate in ("", connection.certificate)
    ]


def comes_from(peer: str, site_ids: Iterable[int]) -> bool:
    """Whether any sender of these sites may connect to the listener from an address."""
    held = MessageSender.objects.filter(site_id__in=list(site_ids), ended_at=None)
    return any(_within(peer, one.networks) for one in held.exclude(networks=[]))


def sender_of(header: Header, candidates: Iterable[MessageSender]) -> MessageSender | None:
    """The one whose messages look like this; None for none, and where two sites have one of that name."""
    named = [
        one
        for one in candidates
        if (one.application, one.facility) == (header.application, header.facility)
    ]
    return named[0] if len(named) == 1 else None


def as_sender(held: MessageSender, site: Site) -> Sender:
    """What reading a message needs to know of its sender."""
    return Sender(
        name=held.name,
        zone=site.zone,
        laboratory=held.laboratory,
        charset=held.charset,
        authorities=held.authorities,
    )


def _within(peer: str, networks: Iterable[str]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return any(address in ip_network(one, strict=False) for one in networks)
