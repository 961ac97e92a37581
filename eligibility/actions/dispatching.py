"""What those who send write: which message is whose, and what came of each attempt.

A message is claimed in one short transaction, sent outside of any, and its outcome filed in another. A worker that dies
in between leaves a claim that runs out: then it is sent again, with the same id. So each message is sent at least once,
unless it was the end of five workers.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import structlog
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from eligibility.models import Attempt, Dispatch, Endpoint, EndpointHealth
from eligibility.telling import retrying
from eligibility.telling.posting import ANSWERED, Outcome, Told
from trialscreen.institution.kept_secrets import Unreadable, decrypted

PURPOSE: Final = "webhook secrets"
HOLD: Final = timedelta(seconds=45)
"""How long a worker has one: longer than an attempt can take, name lookup included."""
LOOKED_AT: Final = 200
"""Messages of which the lanes are looked at at once."""
_MOST_MILLISECONDS: Final = 2**31 - 1
_NOTHING_TAKEN: Final = gettext_noop("Nothing was taken for a day.")
_GONE: Final = gettext_noop("The receiver answered that it wants nothing more (410).")
_NO_SECRET: Final = gettext_noop(
    "Its secret cannot be read with the keys there are: make a new one."
)

log = structlog.get_logger(__name__)


class Letter(NamedTuple):
    """A claimed message, with everything that sending it needs."""

    dispatch: int
    holder: uuid.UUID
    endpoint: int
    url: str
    form: str
    origin: str
    secrets: tuple[str, ...]
    kind: str
    message: uuid.UUID
    at: datetime
    data: Mapping[str, Any]
    number: int


def due(*, at: datetime) -> QuerySet[Dispatch]:
    """Messages whose time has come, of endpoints that neither rest nor pause; some wait for another of their lane."""
    return Dispatch.objects.filter(
        Q(held_until=None) | Q(held_until__lte=at),
        state=Dispatch.WAITING,
        due_at__lte=at,
        endpoint__ended_at=None,
        endpoint__paused_at=None,
    ).exclude(endpoint__health__rests_until__gt=at)


def _next_due(endpoint: int, at: datetime) -> Dispatch | None:
    """A message that is due and first of its lane, held; of those that others are taking, the one after.

    Looked for in some lanes at a time, the longest due first: asked of all at once, PostgreSQL may compare every
    message with every other. A lane that was looked at is left out from then on, however many messages wait in it.
    """
    waiting = due(at=at).filter(endpoint=endpoint)
    seen: set[UUID] = set()
    while True:
        others = waiting.exclude(lane__in=seen) if seen else waiting
        longest = others.order_by("due_at").values_list("lane", flat=True)[:LOOKED_AT]
        lanes = set(longest)
        if not lanes:
            return None
        firsts = Dispatch.objects.filter(endpoint=endpoint, state=Dispatch.WAITING, lane__in=lanes)
        heads = firsts.order_by("lane", "sequence").distinct("lane").values_list("pk", flat=True)
        mine = waiting.filter(pk__in=list(heads)).order_by("due_at", "pk")
        held = mine.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if held is not None:
            return held
        seen |= lanes


def claim(endpoint: int, *, at: datetime) -> Letter | None:
    """Take the next message of an endpoint, within a transaction of the caller; None: there is none, or others have it.

    Of workers at the same moment each gets another: a row that one is taking is passed over by the rest.
    """
    one = _next_due(endpoint, at)
    while one is not None and not _may_go_on(one, at):
        one = _next_due(endpoint, at)
    if one is None:
        return None
    held = Endpoint.objects.get(pk=endpoint)
    try:
        secrets = _secrets(held, at)
    except Unreadable:
        _pause(held, _NO_SECRET, at)
        return None
    one.holder, one.held_until = uuid.uuid4(), at + HOLD
    one.first_tried_at = one.first_tried_at or at
    if one.number is None:
        one.number = _next_number(held)
    one.save(update_fields=["holder", "held_until", "first_tried_at", "number"])
    told = one.occurrence
    return Letter(
        dispatch=one.pk,
        holder=one.holder,
        endpoint=held.pk,
        url=held.url,
        form=held.format,
        origin=held.origin,
        secrets=secrets,
        kind=one.kind,
        message=one.message,
        at=told.at if told is not None else one.made_at,
        data=told.data if told is not None else {},
        number=one.number,
    )


def _may_go_on(one: Dispatch, at: datetime) -> bool:
    """Whether it is sent. Where whoever had it last is taken for dead, that was a try: a message that ends the process
    which sends it is parked like any other that fails, instead of ending one after the other."""
    if one.held_until is None:
        return True
    since = at - (one.held_until - HOLD)
    one.holder, one.held_until = None, None
    one.tries += 1
    parked = retrying.is_parked(one.tries, answered=True, others_taken=False)
    if parked:
        one.state, one.done_at = Dispatch.PARKED, at
        log.warning("message_parked_that_ends_workers", delivery=one.pk, site=one.site_id)
    one.save(update_fields=["holder", "held_until", "tries", "state", "done_at"])
    Attempt.objects.create(
        site_id=one.site_id,
        delivery=one,
        at=at,
        outcome=Outcome.BROKEN_OFF.value,
        milliseconds=min(int(since.total_seconds() * 1000), _MOST_MILLISECONDS),
        next_at=None if parked else at,
    )
    return not parked


def file_attempt(letter: Letter, told: Told, *, at: datetime) -> bool:
    """Keep what came of an attempt, within a transaction of the caller. False: it had been taken for dead meanwhile."""
    mine = Dispatch.objects.select_for_update(of=("self",), no_key=True)
    one = mine.filter(pk=letter.dispatch, holder=letter.holder).first()
    if one is None:
        return False
    health = _health(letter.endpoint)
    one.holder, one.held_until = None, None
    one.tries += 1
    next_at = None
    if told.outcome is Outcome.TAKEN:
        one.state, one.done_at = Dispatch.DELIVERED, at
        health.away, health.failing_since, health.rests_until = 0, None, None
        health.last_success_at = at
    else:
        next_at = _failed(one, health, told, at)
    one.save(update_fields=["holder", "held_until", "tries", "state", "done_at", "due_at"])
    health.save()
    Attempt.objects.create(
        site_id=one.site_id,
        delivery=one,
        at=at,
        outcome=told.outcome.value,
        status=told.status,
        milliseconds=told.milliseconds,
        next_at=next_at,
    )
    _give_up(letter.endpoint, health, told, at)
    return True


def _failed(one: Dispatch, health: EndpointHealth, told: Told, at: datetime) -> datetime | None:
    """When it is tried again; None: it is parked."""
    answered = told.outcome in ANSWERED
    health.failing_since = health.failing_since or at
    health.away = 0 if answered else health.away + 1
    rest = retrying.rest_after(health.away)
    health.rests_until = at + rest if rest is not None else None
    took = health.last_success_at
    others = took is not None and one.first_tried_at is not None and took > one.first_tried_at
    if retrying.is_parked(one.tries, answered=answered, others_taken=others):
        one.state, one.done_at = Dispatch.PARKED, at
        return None
    one.due_at = at + retrying.wait_after(one.tries)
    return one.due_at


def _give_up(endpoint: int, health: EndpointHealth, told: Told, at: datetime) -> None:
    gone = told.outcome is Outcome.GONE
    if gone or retrying.is_given_up(health.failing_since, at=at):
        held = Endpoint.objects.get(pk=endpoint)
        _pause(held, _GONE if gone else _NOTHING_TAKEN, at)


def _pause(held: Endpoint, why: str, at: datetime) -> None:
    running = Endpoint.objects.filter(pk=held.pk, paused_at=None, ended_at=None)
    if running.update(paused_at=at, paused_why=why):
        log.warning("endpoint_paused", endpoint=held.pk, site=held.site_id, why=why)


def _secrets(held: Endpoint, at: datetime) -> tuple[str, ...]:
    kept = [held.secret, *([held.old_secret] if held.takes_old_secret(at=at) else [])]
    return tuple(decrypted(one, purpose=PURPOSE) for one in kept)


def _next_number(held: Endpoint) -> int:
    _health(held.pk)
    EndpointHealth.objects.filter(endpoint=held).update(numbered=F("numbered") + 1)
    return EndpointHealth.objects.values_list("numbered", flat=True).get(endpoint=held)


def _health(endpoint: int) -> EndpointHealth:
    """What is known of an endpoint, held until the transaction ends."""
    return EndpointHealth.objects.select_for_update(of=("self",), no_key=True).get(
        endpoint=endpoint
    )
