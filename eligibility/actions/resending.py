"""Messages that administrators have sent: a test, and again what was sent or parked before."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.actions.telling import announce
from eligibility.actions.webhooks import held_endpoint, rested
from eligibility.models import Dispatch, Endpoint, Resending
from eligibility.telling.kinds import TEST
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator
from trialscreen.institution.models import Account

AT_ONCE: Final = 10_000
"""Messages that are sent again by one act."""


def send_test(endpoint: int, *, by: Account, at: datetime) -> Dispatch:
    """A message about nobody, to see whether it arrives.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        held = _running(endpoint)
        message = uuid.uuid4()
        made = Dispatch.objects.create(
            site_id=held.site_id,
            endpoint=held,
            message=message,
            lane=message,
            sequence=1,
            kind=TEST,
            made_at=at,
            due_at=at,
        )
        rested(held)
        announce([held.pk], held.site_id)
    return made


def send_again(delivery: int, *, by: Account, at: datetime) -> Dispatch:
    """Put one message in line again, with its id; also one that was delivered.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        one = Dispatch.objects.filter(pk=delivery).first()
        held = held_endpoint(one.endpoint_id) if one is not None else None
        if one is None or held is None:
            raise NotDone("moved", _("There is no such delivery."))
        again = _put_in_line(held, by=by, at=at, delivery=one)
        if not again:
            raise NotDone("active", _("It is waiting already."))
        one.refresh_from_db()
    return one


def send_again_since(endpoint: int, *, since: datetime, by: Account, at: datetime) -> int:
    """Put every message that was made since a moment in line again, each with its id. Returns how many.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        held = held_endpoint(endpoint)
        again = _put_in_line(held, by=by, at=at, since=since)
        if not again:
            raise NotDone("nothing", _("Nothing was sent or parked since then."))
    return again


def _put_in_line(
    held: Endpoint,
    *,
    by: Account,
    at: datetime,
    delivery: Dispatch | None = None,
    since: datetime | None = None,
) -> int:
    done = Dispatch.objects.filter(
        endpoint=held, state__in=(Dispatch.DELIVERED, Dispatch.PARKED)
    ).exclude(kind=TEST)
    if delivery is not None:
        done = Dispatch.objects.filter(
            pk=delivery.pk, state__in=(Dispatch.DELIVERED, Dispatch.PARKED)
        )
    if since is not None:
        done = done.filter(made_at__gte=since)
        if done.count() > AT_ONCE:
            raise NotDone(
                "since",
                _("These are more than %(n)d messages: choose a later moment.") % {"n": AT_ONCE},
            )
    again = done.update(
        state=Dispatch.WAITING, tries=0, due_at=at, first_tried_at=None, done_at=None
    )
    if again:
        Resending.objects.create(
            site_id=held.site_id,
            endpoint=held,
            delivery=delivery,
            since=since,
            count=again,
            by=by,
            at=at,
        )
        announce([held.pk], held.site_id)
    return again


def _running(endpoint: int) -> Endpoint:
    held = held_endpoint(endpoint)
    if held.paused_at is not None:
        raise NotDone("inactive", _("It is paused: resume it first."))
    return held
