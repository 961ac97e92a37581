"""Hospital record systems that ask by CDS Hooks: registered with their keys, ended; and what came of their cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from eligibility.models import CardFeedback, RecordSystem, RecordSystemKey
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.client_keys import MOST_HELD
from trialscreen.institution.administration.clients import LONGEST_OVERLAP
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.models import Account, Site
from trialscreen.institution.signed_tokens.jwks import NotAKey, read_jwks
from trialscreen.institution.trail.acting import because

MOST_FEEDBACK: Final = 100
"""Cards of which one message tells."""
MOST_SHOWN: Final = 100


def add_system(
    *, site: Site, issuer: str, name: str, contact: str, by: Account, at: datetime
) -> RecordSystem:
    """Register a record system for a site. Nothing it signs is taken until it has a key.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        if RecordSystem.objects.filter(issuer=issuer, ended_at=None).exists():
            raise NotDone("issuer", _("A record system with this issuer is registered."))
        if RecordSystem.objects.filter(name__iexact=name.strip(), ended_at=None).exists():
            raise NotDone("name", _("Another record system has this name."))
        return RecordSystem.objects.create(
            site=site,
            issuer=issuer,
            name=name.strip(),
            contact=contact.strip(),
            added_by=by,
            added_at=at,
        )


def set_storing(system: RecordSystem, *, stores: bool, reason: str, by: Account) -> None:
    """Whether what it shows with a question is received as a delivery from now on, or nothing of it is kept.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = _held(system)
        if held.stores == stores:
            raise NotDone("nothing", _("Nothing would change."))
        held.stores = stores
        held.save(update_fields=["stores"])


def add_keys(
    system: RecordSystem, *, jwks: str, reason: str, by: Account, at: datetime
) -> list[RecordSystemKey]:
    """Take a JWK set by value: from now on what these keys sign is taken, beside what the others sign.

    Raises:
        NotDone: with the reason; then none of them is kept.
    """
    why = demand_reason(reason)
    try:
        read = read_jwks(jwks)
    except NotAKey as fault:
        raise NotDone("jwks", str(fault)) from None
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = _held(system)
        mine = list(RecordSystemKey.objects.filter(system=held))
        if {one.kid for one in mine} & {one.kid for one in read}:
            raise NotDone("jwks", _("It has, or had, a key of one of these names (kid)."))
        prints = [one.thumbprint for one in read]
        if RecordSystemKey.objects.filter(thumbprint__in=prints).exists():
            raise NotDone("jwks", _("One of these keys is, or was, registered already."))
        if sum(one.holds(at=at) for one in mine) + len(read) > MOST_HELD:
            raise NotDone("jwks", _("A record system has at most %(n)d keys.") % {"n": MOST_HELD})
        return [
            RecordSystemKey.objects.create(
                site=held.site, system=held, since=at, added_by=by, **one._asdict()
            )
            for one in read
        ]


def end_key(
    key: RecordSystemKey, *, overlap_hours: int, reason: str, by: Account, at: datetime
) -> None:
    """What the key signs is taken for so many hours yet.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP:
        said = _("A key is taken for %(n)d hours more at most.") % {"n": LONGEST_OVERLAP}
        raise NotDone("hours", said)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        _held(key.system)
        held = RecordSystemKey.objects.select_for_update(no_key=True).get(pk=key.pk)
        ends = at + timedelta(hours=overlap_hours)
        if held.until is not None and held.until <= ends:
            raise NotDone("twice", _("The key ends by then already."))
        held.until = max(ends, held.since)
        held.save(update_fields=["until"])


def end_system(system: RecordSystem, *, reason: str, by: Account, at: datetime) -> None:
    """It is answered no more, for good.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = _held(system)
        held.ended_at = at
        held.save(update_fields=["ended_at"])


def take_feedback(system: RecordSystem, told: Iterable[Mapping[str, Any]], *, at: datetime) -> int:
    """Keep what somebody did with cards. Told again it changes nothing. Returns how many are new."""
    added = 0
    with transaction.atomic():
        for one in told:
            same = {name: one[name] for name in ("card", "outcome", "outcome_at")}
            rest = {name: one[name] for name in ("reason_system", "reason_code", "comment")}
            _row, fresh = CardFeedback.objects.get_or_create(
                site=system.site, system=system, **same, defaults={**rest, "received_at": at}
            )
            added += fresh
    return added


def _held(system: RecordSystem) -> RecordSystem:
    """The row, locked.

    Raises:
        NotDone: it was ended.
    """
    held = RecordSystem.objects.select_for_update(no_key=True, of=("self",)).get(pk=system.pk)
    if held.ended_at is not None:
        raise NotDone("ended", _("It was ended: register it anew."))
    return held


def systems() -> QuerySet[RecordSystem]:
    """Every record system with its keys, in no order."""
    return RecordSystem.objects.select_related("site").prefetch_related("keys")


def feedback_of(system: RecordSystem) -> list[CardFeedback]:
    """What came of its cards, the last first."""
    return list(CardFeedback.objects.filter(system=system)[:MOST_SHOWN])
