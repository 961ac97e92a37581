"""How long a session lasts: some minutes without a request, some hours at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import structlog
from allauth.mfa.signals import authentication_failed
from django.conf import settings
from django.contrib.auth import (
    SESSION_KEY,
    logout,
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from trialscreen.institution.models import Account
from trialscreen.institution.trail.acting import acting, acting_as
from trialscreen.institution.trail.actions import Word, note, note_whatever_happens

Next = Callable[[HttpRequest], HttpResponseBase]

BEGAN, SEEN = "began_at", "seen_at"
# Not every request of a busy page writes to the database for this.
COARSENESS = 30
# What a page asks for again without anybody at it does not make a session last longer.
BY_ITSELF = "X-By-Itself"

log = structlog.get_logger(__name__)


def session_limits(get_response: Next) -> Next:
    """End a session that has been idle or has lasted too long (see the settings)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            _judge(request, now=time.time())
        return get_response(request)

    return middleware


def _judge(request: HttpRequest, *, now: float) -> None:
    if _left(request, now=now) <= 0:
        logout(request)
    elif now - request.session[SEEN] >= COARSENESS and BY_ITSELF not in request.headers:
        request.session[SEEN] = now


def _left(request: HttpRequest, *, now: float) -> float:
    began, seen = request.session.get(BEGAN, 0.0), request.session.get(SEEN, 0.0)
    until = began + settings.SESSION_MAX_HOURS * 3600
    return min(until, seen + settings.SESSION_IDLE_MINUTES * 60) - now


def seconds_left(request: HttpRequest) -> int:
    """For how long the session lasts if nobody asks for anything any more."""
    return max(0, int(_left(request, now=time.time())))


@receiver(user_logged_in)
def note_beginning(request: HttpRequest, user: Account, **_others: object) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()
    log.info("signed_in", account=user.pk)
    if user.helped_by:
        user.helped_by = {}
        user.save(update_fields=["helped_by"])
    with acting_as(replace(acting(), account=user.pk, by=user.name)):
        note(Word.SIGNED_IN, about="account", key=str(user.pk))


@receiver(user_logged_out)
def note_end(user: Account | None, **_others: object) -> None:
    if user is not None:
        with acting_as(replace(acting(), account=user.pk, by=user.name)):
            note(Word.SIGNED_OUT, about="account", key=str(user.pk))


@receiver(user_login_failed)
def note_failure(credentials: dict[str, object], **_others: object) -> None:
    """Whose account it was, by number: what was typed as a name may be a password."""
    typed = str(credentials.get("username", "")).strip().lower()
    account = Account.objects.filter(username=typed).values_list("pk", flat=True).first()
    log.warning("sign_in_failed", account=account)
    note_whatever_happens(Word.SIGN_IN_FAILED, about="account", key=str(account or ""))


@receiver(authentication_failed)
def note_wrong_code(user: Account, **_others: object) -> None:
    """The password was right and the second factor was not; or it was asked for again."""
    log.warning("second_factor_failed", account=user.pk)
    note_whatever_happens(
        Word.SIGN_IN_FAILED,
        about="account",
        key=str(user.pk),
        circumstances={"step": "second-factor"},
    )
