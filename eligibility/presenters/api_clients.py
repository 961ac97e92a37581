"""API clients in words for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.administration import moment
from eligibility.presenters.words import Look, Words
from trialscreen.institution.models import ApiClient
from trialscreen.institution.rights import IN_WORDS

ACTIVE = Look(gettext_lazy("Active"), "pass", "circle-check", "active")
NO_GRANT = Look(gettext_lazy("Granted nothing"), "unknown", "alert-triangle", "no-grant")
ENDED = Look(gettext_lazy("Deactivated"), "neutral", "ban", "ended")


@dataclass(frozen=True)
class Granted:
    code: str
    city: str
    rights: tuple[Words, ...]
    smart: tuple[str, ...] = ()


@dataclass(frozen=True)
class Key:
    """A public key in words."""

    id: int
    kid: str
    kind: str
    since: str
    until: str
    """Empty: nobody has ended it."""
    holds: bool


@dataclass(frozen=True)
class Client:
    id: int
    name: str
    key: str
    """Its public id."""
    contact: str
    look: Look
    is_active: bool
    last_token: str
    secret: str
    granted: tuple[Granted, ...]
    has_secret: bool = True
    has_keys: bool = False
    keys: tuple[Key, ...] = ()


def present(application: Any, *, at: datetime) -> Client:
    """A client as :func:`trialscreen.institution.administration.clients.clients` reads it."""
    kept: ApiClient | None = getattr(application, "kept", None)
    granted = tuple(
        Granted(
            one.site.code,
            one.site.city,
            tuple(words for may, words in IN_WORDS.items() if may in one.allowed),
            tuple(sorted(str(each) for each in one.granted.system)),
        )
        for one in application.grants.all()
    )
    ended = kept is not None and kept.ended_at is not None
    return Client(
        id=application.pk,
        name=application.name or application.client_id,
        key=application.client_id,
        contact=kept.contact if kept is not None else "",
        look=ENDED if ended else ACTIVE if granted else NO_GRANT,
        is_active=not ended,
        last_token=moment(application.last_token) if application.last_token else _("Never"),
        secret=_secret(application, kept, at),
        granted=granted,
        has_secret=kept is None or kept.proof != ApiClient.KEYS,
        has_keys=kept is not None and kept.proof != ApiClient.SECRET,
        keys=tuple(present_key(one, at=at) for one in application.keys.all()),
    )


def present_key(key: Any, *, at: datetime) -> Key:
    """A key of a client, or of a hospital record system."""
    kind = _("RSA, RS384") if key.algorithm == "RS384" else _("EC P-384, ES384")
    until = moment(key.until) if key.until is not None else ""
    return Key(key.pk, key.kid, kind, moment(key.since), until, key.holds(at=at))


def _secret(application: Any, kept: ApiClient | None, at: datetime) -> str:
    if kept is not None and kept.ended_at is not None:
        return _("none since %(when)s") % {"when": moment(kept.ended_at)}
    if kept is not None and kept.proof == ApiClient.KEYS:
        return _("none: it signs with its keys")
    since = moment(kept.secret_since if kept is not None else application.created)
    if kept is None or kept.old_until is None or kept.old_until <= at:
        return _("since %(when)s") % {"when": since}
    return _("since %(when)s; the one before works until %(until)s") % {
        "when": since,
        "until": moment(kept.old_until),
    }
