"""Webhooks and what was sent, in words for administrators; nothing of a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.models import Attempt, Dispatch, Endpoint
from eligibility.presenters.administration import moment
from eligibility.presenters.words import Look, Words
from eligibility.telling.kinds import TEST, WORDS, Kind
from eligibility.telling.posting import Outcome

RUNNING = Look(gettext_lazy("Running"), "pass", "circle-check", "running")
FAILING = Look(gettext_lazy("Failing"), "unknown", "alert-triangle", "failing")
PAUSED = Look(gettext_lazy("Paused"), "wait", "clock", "paused")
ENDED = Look(gettext_lazy("Ended"), "neutral", "ban", "ended")
_OF_STATE: Final[Mapping[str, Look]] = {
    Dispatch.WAITING: Look(gettext_lazy("Waiting"), "wait", "clock", "waiting"),
    Dispatch.DELIVERED: Look(gettext_lazy("Delivered"), "pass", "circle-check", "delivered"),
    Dispatch.PARKED: Look(gettext_lazy("Parked"), "fail", "x", "parked"),
    Dispatch.DROPPED: Look(gettext_lazy("Not sent"), "neutral", "ban", "dropped"),
}
_OUTCOMES: Final[Mapping[str, Words]] = {
    Outcome.TAKEN: gettext_lazy("Taken"),
    Outcome.REFUSED: gettext_lazy("Refused"),
    Outcome.GONE: gettext_lazy("The receiver wants nothing more"),
    Outcome.AWAY: gettext_lazy("Not now, it was answered"),
    Outcome.NO_ANSWER: gettext_lazy("Nobody answered"),
    Outcome.TIMED_OUT: gettext_lazy("No answer within ten seconds"),
    Outcome.NO_TLS: gettext_lazy("The certificate is not trusted"),
    Outcome.NOT_ALLOWED: gettext_lazy("The host stands where nothing may be sent"),
    Outcome.BROKEN_OFF: gettext_lazy("Broken off: the worker ended before there was an answer"),
}


@dataclass(frozen=True)
class Webhook:
    id: int
    name: str
    url: str
    host: str
    city: str
    format: str
    look: Look
    is_active: bool
    is_paused: bool
    notice: str
    """Why it does not run, or since when it fails; empty where all is well."""
    events: tuple[str, ...]
    secret: str
    last_success: str
    waiting: int
    parked: int
    registered: str


@dataclass(frozen=True)
class Tried:
    at: str
    outcome: Words
    status: str
    took: str


@dataclass(frozen=True)
class Sent:
    id: int
    kind: str
    message: str
    made: str
    look: Look
    next: str
    attempts: tuple[Tried, ...]
    can_be_sent: bool


def present(held: Any, *, at: datetime) -> Webhook:
    """An endpoint as :func:`eligibility.webhooks.endpoints` reads it."""
    health = held.health
    return Webhook(
        id=held.pk,
        name=held.name,
        url=held.url,
        host=urlsplit(held.url).netloc,
        city=held.site.city,
        format=dict(Endpoint.FORMATS)[held.format],
        look=_look(held),
        is_active=held.ended_at is None,
        is_paused=held.paused_at is not None,
        notice=_notice(held),
        events=tuple(WORDS[Kind(one)] for one in held.events),
        secret=_secret(held, at),
        last_success=moment(health.last_success_at) if health.last_success_at else _("Never"),
        waiting=held.waiting,
        parked=held.parked,
        registered=_("%(when)s by %(who)s")
        % {"when": moment(held.registered_at), "who": held.registered_by.name},
    )


def sent(held: Any, attempts: list[Attempt], *, is_active: bool) -> Sent:
    """A message and its attempts."""
    waits = held.state == Dispatch.WAITING
    return Sent(
        id=held.pk,
        kind=_("Test") if held.kind == TEST else held.kind,
        message=str(held.message),
        made=moment(held.made_at),
        look=_OF_STATE[held.state],
        next=moment(held.due_at) if waits and attempts else "",
        attempts=tuple(_tried(one) for one in attempts),
        can_be_sent=is_active and held.state in (Dispatch.DELIVERED, Dispatch.PARKED),
    )


def states(chosen: str) -> list[tuple[str, Words, bool]]:
    """The filter of the deliveries: each state, its word, and whether it is chosen."""
    every = [("", gettext_lazy("All")), *((key, look.label) for key, look in _OF_STATE.items())]
    return [(key, label, key == chosen) for key, label in every]


def _look(held: Any) -> Look:
    if held.ended_at is not None:
        return ENDED
    if held.paused_at is not None:
        return PAUSED
    return FAILING if held.health.failing_since is not None else RUNNING


def _notice(held: Any) -> str:
    if held.ended_at is not None:
        return _("Ended %(when)s.") % {"when": moment(held.ended_at)}
    if held.paused_at is not None:
        who = held.paused_by.name if held.paused_by is not None else _("by itself")
        return _("Paused %(when)s, %(who)s: %(why)s What happens is kept and sent on resuming.") % {
            "when": moment(held.paused_at),
            "who": who,
            "why": _sentence(_(held.paused_why)),
        }
    if held.health.failing_since is not None:
        return _("Nothing was taken since %(when)s; it is paused after a day.") % {
            "when": moment(held.health.failing_since)
        }
    return ""


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _secret(held: Any, at: datetime) -> str:
    if held.ended_at is not None:
        return _("forgotten")
    since = moment(held.secret_since)
    if not held.takes_old_secret(at=at):
        return _("since %(when)s") % {"when": since}
    return _("since %(when)s; the one before signs until %(until)s") % {
        "when": since,
        "until": moment(held.old_until),
    }


def _tried(one: Attempt) -> Tried:
    return Tried(
        at=moment(one.at),
        outcome=_OUTCOMES[one.outcome],
        status=f"HTTP {one.status}" if one.status is not None else "",
        took=ngettext("%(n)d ms", "%(n)d ms", one.milliseconds) % {"n": one.milliseconds},
    )
