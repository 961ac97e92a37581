"""The page of one patient: who it is, what arrived when and from whom, and the facts behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.listing import Candidate
from eligibility.presenters.dates import day
from eligibility.presenters.evaluation import account_of
from eligibility.presenters.facts import Kind, kinds
from eligibility.presenters.people import (
    age,
    born,
    client_in_words,
    full_name,
    initials,
    place,
    sex_of,
)
from eligibility.presenters.words import Words
from patients.facts import Facts
from patients.models import Delivery


@dataclass(frozen=True)
class Arrival:
    """One message that was taken."""

    when: str
    source: str
    by: str
    version: int
    kept: int
    account: str


@dataclass(frozen=True)
class Page:
    id: UUID
    name: str
    initials: str
    birth: str
    age: str
    sex: Words
    identifiers: tuple[tuple[str, str], ...]
    """(value, the system that gave it) of each."""
    site: str
    data_to: str
    version: int
    arrivals: tuple[Arrival, ...]
    kinds: tuple[Kind, ...]


def present(held: Candidate, facts: Facts, *, on: date) -> Page:
    """View objects of one patient; the age is that of `on`."""
    birth = facts.person.birth
    days = (birth.first, birth.last) if birth is not None else (None, None)
    site = held.patient.site
    return Page(
        id=held.patient.pk,
        name=full_name(held.given, held.family),
        initials=initials(held.given, held.family),
        birth=born(days),
        age=age(days, on=on),
        sex=sex_of(facts.person.sex or ""),
        identifiers=tuple((one.value, one.system or one.source) for one in held.identifiers),
        site=place(site),
        data_to=day(facts.received_on),
        version=held.patient.record_version,
        arrivals=tuple(_arrival(one, held) for one in held.deliveries),
        kinds=kinds(facts),
    )


def _arrival(delivery: Delivery, held: Candidate) -> Arrival:
    moment = timezone.localtime(delivery.received_at, held.patient.site.zone)
    who = (
        client_in_words(delivery.client),
        delivery.person.name if delivery.person is not None else "",
    )
    return Arrival(
        when=f"{day(moment.date())}, {moment:%H:%M}",
        source=delivery.source,
        by=_(" for ").join(part for part in who if part) or _("not stated"),
        version=delivery.record_version,
        kept=getattr(delivery, "kept", 0),
        account=account_of({"account": delivery.account}),
    )
