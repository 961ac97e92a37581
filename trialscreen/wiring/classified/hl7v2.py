"""The routes of HL7 v2 messages: a part of the table of `classified`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trialscreen.wiring.classified.rules import ADMINS, READ, WRITE, Rule

ROUTES: Final[Mapping[str, Rule]] = {
    "api-hl7v2": Rule(None, WRITE),
    "messages": Rule(READ),
    "message": Rule(READ),
    "message-replay": Rule(None, WRITE),
    "administration-senders": Rule(ADMINS, patients=False),
    "administration-new-sender": Rule(ADMINS, ADMINS, patients=False),
    "administration-end-sender": Rule(ADMINS, ADMINS, patients=False),
    "api-administration-senders": Rule(ADMINS, ADMINS, patients=False),
    "api-administration-end-sender": Rule(None, ADMINS, patients=False),
    "api-messages": Rule(READ),
    "api-message": Rule(READ),
    "api-message-replay": Rule(None, WRITE),
}
