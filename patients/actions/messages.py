"""HL7 v2 messages: kept as they came, applied once, answered by what became of them.

A message is kept in the transaction in which it is applied, and its answer is made there; whoever calls sends it
after the commit, so that nothing is acknowledged that is not held. What cannot be applied leaves its reasons, and the
rest of that transaction is undone, so no message is applied by half.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import uuid4

from django.utils import timezone

from patients.actions.message_attempts import ARRIVED, RESENT, Try, attempt
from patients.actions.message_senders import MLLP, Connection, possible, sender_of
from patients.actions.receive import Attribution
from patients.intake import hl7v2
from patients.intake.hl7v2 import Fault, Header, NotReadable
from patients.models import MessageAttempt, MessageSender, ReceivedMessage, UnplacedMessage
from patients.models.messages import APPLIED, DUPLICATE, NOTED, REFUSED
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites


class Answer(NamedTuple):
    """What is answered to who sent it, once it is committed."""

    ack: bytes
    code: str
    """MSA-1."""
    message: int | None
    """The message that was kept; None where its site is not known."""


@dataclass(frozen=True, slots=True)
class _Came:
    """One message and the circumstances of its coming."""

    raw: bytes
    header: Header
    connection: Connection
    at: datetime

    @property
    def digest(self) -> str:
        return sha256(self.raw).hexdigest()


def receive_messages(
    raw: bytes,
    *,
    connection: Connection,
    site_ids: Iterable[int],
    fallback: Site | None,
    at: datetime,
) -> list[Answer]:
    """Take one message, or each of a batch; `site_ids` are those for which the connection may send at all.

    What nobody is registered for is kept at `fallback`, and without that site as one that belongs to none. Nothing
    is raised for a message, whatever it holds: it is kept, and the answer says why it was not applied.
    """
    site_ids = frozenset(site_ids)
    try:
        batch = hl7v2.unpack(raw)
    except NotReadable as refused:
        came = _Came(raw[: hl7v2.LARGEST], hl7v2.UNNAMED, connection, at)
        with use_sites(site_ids):
            return [_keep_unread(came, possible(connection, site_ids), fallback, refused.faults)]
    answers = []
    for one in batch.messages:
        # Each by itself: what one of them does is undone with its own reasons alone.
        with use_sites(site_ids):
            answers.append(_receive(one, connection, site_ids, fallback, at))
    return answers


def answer_of(raw: bytes, answers: list[Answer], at: datetime) -> bytes:
    """All answers as one transmission: an ACK, or to a batch a batch of them."""
    acks = b"".join(one.ack for one in answers)
    if len(answers) == 1 and raw.lstrip()[:3] not in (b"BHS", b"FHS"):
        return acks
    stamp = at.strftime("%Y%m%d%H%M%S%z").encode()
    return b"BHS|^~\\&|trialscreen|||||%s\r%sBTS|%d\r" % (stamp, acks, len(answers))


def _receive(
    raw: bytes,
    connection: Connection,
    site_ids: frozenset[int],
    fallback: Site | None,
    at: datetime,
) -> Answer:
    candidates = possible(connection, site_ids)
    try:
        header = hl7v2.peek(raw)
    except NotReadable as refused:
        came = _Came(raw, hl7v2.UNNAMED, connection, at)
        return _keep_unread(came, candidates, fallback, refused.faults)
    came = _Came(raw, header, connection, at)
    sender = sender_of(header, candidates)
    if sender is None:
        said = f"Nobody has registered “{header.application[:60]}” of “{header.facility[:60]}” for this connection."
        return _keep_unread(came, (), fallback, (Fault("unknown-sender", "MSH[1]-3", said),))
    with use_sites([sender.site_id]):
        return _receive_from(sender, came)


def _receive_from(sender: MessageSender, came: _Came) -> Answer:
    # One message of a sender after the other: in the order of their coming, and each once.
    held = MessageSender.objects.select_for_update(no_key=True).get(pk=sender.pk)
    site = Site.objects.get(pk=held.site_id)
    came = _in_the_name_of(held, came)
    named = came.header.control_id
    first = None
    if named:
        # The names of rows are kept without what PostgreSQL cannot hold.
        first = ReceivedMessage.objects.filter(
            site=site, sender=held, control_id=_shown(named), repeats=None
        ).first()
    if first is None:
        message = _kept(came, site, held)
        tried = attempt(message, Try(held, site, came.connection.by, came.at, ARRIVED))
    elif first.digest != came.digest:
        message = _kept(came, site, held, repeats=first)
        said = f"Another message of this sender had the control id “{named[:60]}”."
        tried = _filed(message, came, (Fault("control-id-reused", "MSH[1]-10", said),))
    elif first.outcome in (APPLIED, NOTED):
        message = _kept(came, site, held, repeats=first, outcome=DUPLICATE)
        tried = _filed(message, came, ())
    else:
        message = first
        tried = attempt(message, Try(held, site, came.connection.by, came.at, RESENT))
    return _answer(came, message, tried, site)


def _in_the_name_of(sender: MessageSender, came: _Came) -> _Came:
    """What comes to the listener is the sender's own doing; over HTTP the token says whose."""
    if came.connection.way != MLLP:
        return came
    by = Attribution(client=f"mllp:{sender.name}")
    return replace(came, connection=replace(came.connection, by=by))


def _keep_unread(
    came: _Came,
    candidates: Iterable[MessageSender],
    fallback: Site | None,
    faults: tuple[Fault, ...],
) -> Answer:
    """A message that nobody is found for: at the site of the only one it can be from, else where `fallback` says."""
    only = list(candidates)
    sender = only[0] if len(only) == 1 else None
    site = sender.site if sender else fallback
    if site is None:
        _keep_unplaced(came)
        answered = hl7v2.Answered(applied=False, faults=faults)
        return Answer(_ack(came, answered, ""), answered.code(enhanced=came.header.enhanced), None)
    with use_sites([site.pk]):
        message = _kept(came, site, sender)
        return _answer(came, message, _filed(message, came, faults), site)


def _kept(
    came: _Came,
    site: Site,
    sender: MessageSender | None,
    *,
    repeats: ReceivedMessage | None = None,
    outcome: str = REFUSED,
) -> ReceivedMessage:
    by, header = came.connection.by, came.header
    return ReceivedMessage.objects.create(
        site=site,
        sender=sender,
        received_on=timezone.localdate(came.at, site.zone),
        way=came.connection.way,
        peer=came.connection.peer[:60],
        certificate=came.connection.certificate,
        client=by.client[:200],
        person=by.person,
        application=_shown(header.application),
        facility=_shown(header.facility),
        kind=_shown(header.kind)[:40],
        control_id=_shown(header.control_id),
        raw=came.raw,
        size=len(came.raw),
        digest=came.digest,
        repeats=repeats,
        outcome=outcome,
    )


def _keep_unplaced(came: _Came) -> None:
    UnplacedMessage.objects.create(
        received_at=came.at,
        way=came.connection.way,
        peer=came.connection.peer[:60],
        client=came.connection.by.client[:200],
        application=_shown(came.header.application),
        facility=_shown(came.header.facility),
        kind=_shown(came.header.kind)[:40],
        size=len(came.raw),
        digest=came.digest,
        raw=came.raw,
    )


def _filed(message: ReceivedMessage, came: _Came, faults: tuple[Fault, ...]) -> MessageAttempt:
    """The first attempt at a message of which nothing can be applied."""
    answered = hl7v2.Answered(applied=not faults, faults=faults)
    return MessageAttempt.objects.create(
        site_id=message.site_id,
        message=message,
        number=1,
        at=came.at,
        why=ARRIVED,
        client=came.connection.by.client[:200],
        person=came.connection.by.person,
        outcome=message.outcome,
        acknowledged=answered.code(enhanced=came.header.enhanced),
        faults=[one._asdict() for one in faults],
    )


def _answer(came: _Came, message: ReceivedMessage, tried: MessageAttempt, site: Site) -> Answer:
    faults = tuple(Fault(**one) for one in tried.faults)
    answered = hl7v2.Answered(applied=tried.outcome != REFUSED, faults=faults)
    return Answer(_ack(came, answered, site.code), tried.acknowledged, message.pk)


def _ack(came: _Came, answered: hl7v2.Answered, facility: str) -> bytes:
    return hl7v2.acknowledgement(
        answered,
        came.header,
        at=came.at,
        control_id=uuid4().hex[:20],
        facility=facility,
        charset=came.header.charset,
    )


def _shown(text: str) -> str:
    """A name from a header for a column: what is no character of a text is left out."""
    return "".join(one for one in text[:200] if one.isprintable())
