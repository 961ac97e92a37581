"""Record systems that ask by CDS Hooks in words for administrators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.models import CardFeedback, RecordSystem
from eligibility.presenters.administration import moment
from eligibility.presenters.api_clients import Key, present_key
from eligibility.presenters.cds_cards import OVERRIDE_SYSTEM, OVERRIDES
from eligibility.presenters.words import Look, Words

ASKS = Look(gettext_lazy("Asks"), "pass", "circle-check", "active")
NO_KEY = Look(gettext_lazy("No key"), "unknown", "alert-triangle", "no-key")
ENDED = Look(gettext_lazy("Ended"), "neutral", "ban", "ended")
_OUTCOMES: Final = {
    CardFeedback.ACCEPTED: gettext_lazy("Accepted"),
    CardFeedback.OVERRIDDEN: gettext_lazy("Set aside"),
}
_REASONS: Final = dict(OVERRIDES)


@dataclass(frozen=True)
class Outcome:
    """What came of one card."""

    at: str
    outcome: Words
    reason: str


@dataclass(frozen=True)
class System:
    id: int
    name: str
    issuer: str
    contact: str
    site: str
    look: Look
    is_active: bool
    stores: bool
    keys: tuple[Key, ...]


def present(system: RecordSystem, *, at: datetime) -> System:
    """A record system as :func:`eligibility.actions.record_systems.systems` reads it."""
    keys: list[Any] = list(system.keys.all())
    asks = any(one.holds(at=at) for one in keys)
    return System(
        id=system.pk,
        name=system.name,
        issuer=system.issuer,
        contact=system.contact,
        site=system.site.city,
        look=ENDED if system.ended_at is not None else ASKS if asks else NO_KEY,
        is_active=system.ended_at is None,
        stores=system.stores,
        keys=tuple(present_key(one, at=at) for one in keys),
    )


def outcomes(feedback: Iterable[CardFeedback]) -> list[Outcome]:
    """Without what somebody has written of their own, which may name a patient."""
    return [
        Outcome(moment(one.outcome_at), _OUTCOMES[one.outcome], _reason(one)) for one in feedback
    ]


def _reason(one: CardFeedback) -> str:
    known = _REASONS.get(one.reason_code) if one.reason_system == OVERRIDE_SYSTEM else None
    said = known or (_("Code %(code)s") % {"code": one.reason_code} if one.reason_code else "")
    if one.comment:
        return f"{said} {_('(with a comment)')}".strip()
    return said
