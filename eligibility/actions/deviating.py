"""What was not as the protocol asks is recorded by people as well as found by the product. It overrides nothing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.actions.screenings import Actor, look_up, may_at_site
from eligibility.models import Deviation, Screening
from eligibility.policies import NotAllowed, NotNow, must_be_unmoved
from eligibility.rules.protocol import Protocol
from eligibility.workflow import Act

LONGEST = 2000
"""Of what is said of a deviation, in characters."""


def record_deviation(
    screening: UUID,
    *,
    by: Actor,
    protocol: Protocol,
    on: date,
    seen: int,
    criterion: str,
    text: str,
    occurred_on: date,
) -> Deviation:
    """Record what was not as the protocol asks, in words; `criterion` is empty where it is about none.

    No verdict, signature or registration changes by it. Said again with the same words it is the same deviation.

    Raises:
        Screening.DoesNotExist: there is none, or it is another site's.
        NotAllowed, NotNow, Moved: with the reason.
    """
    held = look_up(screening)
    if by.account is None or by.client:
        raise NotAllowed("client", _("Only a person records a deviation."))
    may_at_site(Act.START, held, by, on)
    must_be_unmoved(held, seen)
    said = text.strip()
    _must_be_sound(held, protocol, on, criterion=criterion, text=said, occurred_on=occurred_on)
    with transaction.atomic():
        must_be_unmoved(Screening.objects.select_for_update(no_key=True).get(pk=held.pk), seen)
        same = Deviation.objects.filter(
            screening=held, criterion=criterion, text=said, occurred_on=occurred_on, by=by.account
        ).first()
        return same or Deviation.objects.create(
            site_id=held.site_id,
            screening=held,
            criterion=criterion,
            text=said,
            occurred_on=occurred_on,
            by=by.account,
            by_name=by.name,
        )


def _must_be_sound(
    held: Screening, protocol: Protocol, on: date, *, criterion: str, text: str, occurred_on: date
) -> None:
    if criterion and criterion not in {one.id for one in protocol.criteria}:
        raise NotNow("criterion", _("Choose a criterion of the protocol, or none."))
    if not any(letter.isalnum() for letter in text):
        raise NotNow("text", _("Say in words what was not as the protocol asks."))
    if len(text) > LONGEST:
        raise NotNow("text", _("At most %(n)d characters.") % {"n": LONGEST})
    if occurred_on > on:
        raise NotNow("occurred_on", _("A deviation is recorded once it has happened."))
    if occurred_on < held.opened_on:
        raise NotNow("occurred_on", _("This screening had not begun on that day."))
