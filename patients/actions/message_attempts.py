"""One try to apply a message that is kept: what it led to, or why it led to nothing, as one more row."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

import structlog
from django.db import OperationalError, transaction

from patients.actions.message_contents import Circumstances, Led, apply
from patients.actions.message_senders import as_sender
from patients.actions.receive import Attribution
from patients.intake import hl7v2
from patients.intake.hl7v2 import Fault, NotReadable
from patients.intake.problems import Refused
from patients.models import MessageAttempt, MessageSender, ReceivedMessage
from patients.models.messages import APPLIED, NOTED, REFUSED
from trialscreen.institution.models import Site

ARRIVED, RESENT, REPLAYED = "arrived", "resent", "replayed"
_MOST: Final = 200

log = structlog.get_logger(__name__)


class Try(NamedTuple):
    """Who has a message applied, when, and on what occasion."""

    sender: MessageSender
    site: Site
    by: Attribution
    at: datetime
    why: str


def attempt(message: ReceivedMessage, given: Try) -> MessageAttempt:
    """Apply a message, all of it or nothing, and file what came of it; call it in a transaction that holds the sender.

    Raises nothing that the message has to do with, but OperationalError where the database undoes everything.
    """
    led, faults = _applied(message, given)
    outcome = REFUSED if led is None else APPLIED if led.applied else NOTED
    answered = hl7v2.Answered(applied=led is not None, faults=faults)
    enhanced = False
    with suppress(NotReadable):
        enhanced = hl7v2.peek(bytes(message.raw)).enhanced
    message.outcome = outcome
    if led is not None and led.patient is not None:
        message.patient_id = led.patient
    message.save(update_fields=["outcome", "patient"])
    return MessageAttempt.objects.create(
        site=given.site,
        message=message,
        number=message.attempts.count() + 1,
        at=given.at,
        why=given.why,
        client=given.by.client[:200],
        person=given.by.person,
        outcome=outcome,
        acknowledged="" if given.why == REPLAYED else answered.code(enhanced=enhanced),
        faults=[one._asdict() for one in faults],
        remarks=[one._asdict() for one in led.remarks[:_MOST]] if led else [],
        delivery_id=led.delivery if led else None,
        merge_id=led.merge if led else None,
    )


def _applied(message: ReceivedMessage, given: Try) -> tuple[Led | None, tuple[Fault, ...]]:
    try:
        with transaction.atomic():
            sender = as_sender(given.sender, given.site)
            content = hl7v2.read_message(
                hl7v2.parse(bytes(message.raw), charset=sender.charset), sender
            )
            around = Circumstances(given.site, given.sender, given.by, message)
            return apply(content, around), ()
    except NotReadable as refused:
        return None, refused.faults[:_MOST]
    except Refused as refused:
        return None, tuple(
            Fault("not-stored", one.place, one.detail) for one in refused.issues[:_MOST]
        )
    except OperationalError:
        raise
    except Exception:
        # Kept, listed and answered like every other that is not applied: its sender must not wait for ever.
        log.exception("message_not_applied", message=message.pk)
        return None, (Fault("fault", "", hl7v2.CODES["fault"][1]),)
