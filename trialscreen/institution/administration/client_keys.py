"""Public keys of API clients: registered by value, several at once while they are changed, and ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken, Application

from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.clients import LONGEST_OVERLAP, held_client
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.models import Account, ApiClient, ClientKey
from trialscreen.institution.signed_tokens.jwks import NotAKey, read_jwks
from trialscreen.institution.trail.acting import because

MOST_HELD: Final = 20
"""Keys of one client that hold at the same time."""


def add_keys(
    application: Application, *, jwks: str, reason: str, by: Account, at: datetime
) -> list[ClientKey]:
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
        kept = held_client(application)
        if kept.proof == ApiClient.SECRET:
            said = _("The client is registered with a secret. Change that first.")
            raise NotDone("proof", said)
        mine = ClientKey.objects.filter(application=application)
        if mine.filter(kid__in=[one.kid for one in read]).exists():
            raise NotDone("jwks", _("The client has, or had, a key of one of these names (kid)."))
        # One key under two names, or of two clients, could be ended in one place and go on in the other.
        if ClientKey.objects.filter(thumbprint__in=[one.thumbprint for one in read]).exists():
            raise NotDone("jwks", _("One of these keys is, or was, registered already."))
        if sum(one.holds(at=at) for one in mine) + len(read) > MOST_HELD:
            raise NotDone("jwks", _("A client has at most %(n)d keys.") % {"n": MOST_HELD})
        return [
            ClientKey.objects.create(
                application=application,
                kid=one.kid,
                algorithm=one.algorithm,
                members=one.members,
                thumbprint=one.thumbprint,
                since=at,
                added_by=by,
            )
            for one in read
        ]


def end_key(key: ClientKey, *, overlap_hours: int, reason: str, by: Account, at: datetime) -> None:
    """What the key signs is taken for so many hours yet; with none, the client's tokens end now as well.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP:
        said = _("A key is taken for %(n)d hours more at most.") % {"n": LONGEST_OVERLAP}
        raise NotDone("hours", said)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held_client(key.application)
        held = ClientKey.objects.select_for_update(no_key=True).get(pk=key.pk)
        ends = at + timedelta(hours=overlap_hours)
        if held.until is not None and held.until <= ends:
            raise NotDone("twice", _("The key ends by then already."))
        held.until = max(ends, held.since)
        held.save(update_fields=["until"])
        if not overlap_hours:
            AccessToken.objects.filter(application=key.application).delete()


def set_proof(
    application: Application, *, proof: str, reason: str, by: Account, at: datetime
) -> None:
    """By what the client shows who it is from now on. Tokens that it got the other way end.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        kept = held_client(application)
        if kept.proof == proof:
            raise NotDone("nothing", _("Nothing would change."))
        kept.proof = proof
        if proof == ApiClient.KEYS:
            kept.old_secret, kept.old_until = "", None
        kept.save()
        if proof != ApiClient.EITHER:
            AccessToken.objects.filter(application=application).delete()


def key_of(application: Any, ident: int) -> ClientKey | None:
    """One key of a client; None: it has no such key."""
    return ClientKey.objects.filter(application=application, pk=ident).first()
