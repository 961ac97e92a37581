"""A message that was refused, processed once more by the state of now."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from patients.actions.message_attempts import REPLAYED, Try, attempt
from patients.actions.message_senders import Connection, possible, sender_of
from patients.actions.receive import Attribution
from patients.intake import hl7v2
from patients.intake.hl7v2 import NotReadable
from patients.models import MessageAttempt, MessageSender, ReceivedMessage
from patients.models.messages import NOTED, REFUSED
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

REPLAYABLE: Final = frozenset({REFUSED, NOTED})


class NotReplayable(Exception):
    """Why a message is not processed again, in one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def why_not(message: ReceivedMessage) -> str:
    """Why a message cannot be processed again; empty where it can."""
    if message.outcome not in REPLAYABLE:
        return "It was applied already."
    if message.repeats_id is not None:
        return "Another message had its control id: its sender has to send it under one of its own."
    return ""


def replay(message: ReceivedMessage, *, by: Attribution, at: datetime) -> MessageAttempt:
    """Process a message again; what comes of it is one more attempt. Nobody is sent an answer.

    Raises:
        NotReplayable: with the sentence.
    """
    with transaction.atomic(), use_sites([message.site_id]):
        sender = _sender(message)
        if sender is None:
            raise NotReplayable(
                "Nobody is registered who sends so over that connection: an administrator registers the sender first."
            )
        held = MessageSender.objects.select_for_update(no_key=True).get(pk=sender.pk)
        now = ReceivedMessage.objects.select_for_update(no_key=True).get(pk=message.pk)
        if sentence := why_not(now):
            raise NotReplayable(sentence)
        if now.sender_id is None:
            _give(now, held)
        site = Site.objects.get(pk=now.site_id)
        return attempt(now, Try(held, site, by, at, REPLAYED))


def _sender(message: ReceivedMessage) -> MessageSender | None:
    if message.sender is not None and message.sender.ended_at is None:
        return message.sender
    try:
        header = hl7v2.peek(bytes(message.raw))
    except NotReadable:
        return None
    came = Attribution(client=message.client, person=message.person)
    connection = Connection(message.way, message.peer, message.certificate, came)
    return sender_of(header, possible(connection, [message.site_id]))


def _give(message: ReceivedMessage, sender: MessageSender) -> None:
    """The message is that of a sender who was registered after it came.

    Raises:
        NotReplayable: the sender has sent one with its control id since.
    """
    same = ReceivedMessage.objects.filter(
        site_id=message.site_id, sender=sender, control_id=message.control_id, repeats=None
    )
    if message.control_id and same.exists():
        raise NotReplayable("Its sender has sent it again since.")
    message.sender = sender
    message.save(update_fields=["sender"])
