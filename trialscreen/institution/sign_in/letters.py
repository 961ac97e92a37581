"""Letters with a link, to the person whose link it is: sent if there is a server for them, and never in the log.

Plain text, the product's address and the person's user name: nothing of a patient. Whoever asked for the link is told
what became of the letter, and is shown the link where the letter cannot bring it.
"""

from __future__ import annotations

from enum import StrEnum

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from trialscreen.institution.models import Account

log = structlog.get_logger(__name__)


class Letter(StrEnum):
    """What became of it."""

    SENT = "sent"
    OFF = "off"
    """No server for letters is set up."""
    NO_ADDRESS = "no-address"
    NOT_TAKEN = "not-taken"
    """The server could not be reached, or did not take it."""


def send_link(account: Account, link: str, *, template: str, subject: str, until: str) -> Letter:
    """Send the link, unless there is nowhere to send it."""
    if not settings.EMAIL_HOST_CONFIGURED:
        return Letter.OFF
    if not account.email:
        return Letter.NO_ADDRESS
    told = {"account": account, "link": link, "until": until}
    letter = EmailMessage(subject, render_to_string(template, told), to=[account.email])
    try:
        letter.send()
    except (OSError, ValueError) as fault:
        # The exception may quote the letter, so only its kind is written down.
        log.warning("letter_not_sent", account=account.pk, because=type(fault).__name__)
        return Letter.NOT_TAKEN
    log.info("letter_sent", account=account.pk)
    return Letter.SENT
