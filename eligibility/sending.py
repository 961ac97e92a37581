"""Sending what is due: claimed, posted outside of any transaction, and filed; one message after the other."""

from __future__ import annotations

import time
from typing import Final

from django.conf import settings
from django.utils import timezone

from eligibility.actions.dispatching import Letter, claim, file_attempt
from eligibility.telling.addresses import NotAnAddress, Rules, target_of
from eligibility.telling.bodies import CONTENT_TYPES, body_of
from eligibility.telling.posting import Outcome, Told, post
from eligibility.telling.signing import headers
from trialscreen.institution.scope import use_sites

AT_A_TIME: Final = 100
"""Messages, or seconds, after which a worker turns to other work first."""
SECONDS: Final = 20.0


def rules() -> Rules:
    """What this installation allows."""
    return Rules(tuple(settings.WEBHOOK_NETWORKS), settings.WEBHOOK_LOOPBACK)


def send_due(endpoint: int, site: int) -> tuple[int, bool]:
    """Send what is due at an endpoint, for a while. Returns how many attempts it made, and whether more may be due."""
    begun, made = time.monotonic(), 0
    while made < AT_A_TIME and time.monotonic() - begun < SECONDS:
        with use_sites([site]):
            letter = claim(endpoint, at=timezone.now())
        if letter is None:
            return made, False
        told = _send(letter)
        with use_sites([site]):
            file_attempt(letter, told, at=timezone.now())
        made += 1
    return made, True


def _send(letter: Letter) -> Told:
    allowed = rules()
    try:
        target = target_of(letter.url, allowed)
    except NotAnAddress:
        return Told(Outcome.NOT_ALLOWED, None, 0)
    body = body_of(
        letter.form,
        kind=letter.kind,
        message=letter.message,
        at=letter.at,
        data=letter.data,
        endpoint=letter.endpoint,
        number=letter.number,
        origin=letter.origin,
    )
    moment = int(timezone.now().timestamp())
    signed = headers(letter.secrets, message=str(letter.message), timestamp=moment, body=body)
    named = {
        "Content-Type": CONTENT_TYPES[letter.form],
        "User-Agent": "trialscreen",
        "Connection": "close",
    }
    return post(target, body, named | signed, rules=allowed)
