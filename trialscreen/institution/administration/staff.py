"""People: invited, deactivated, reactivated; and the links by which they set their first password."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken

from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.administration.roles import at_site, give_role, take_away
from trialscreen.institution.models import Account, Invitation, Role, Site, StaffRole
from trialscreen.institution.trail.acting import acting, acting_as, because

LASTS: Final = timedelta(days=7)
"""How long an invitation can be used."""


class Invited(NamedTuple):
    account: Account
    key: str
    """Told once: only its sum is kept."""


def invite(
    *,
    name: str,
    username: str,
    email: str,
    role: Role,
    site: Site | None,
    first_day: date,
    last_day: date | None = None,
    by: Account,
    at: datetime,
) -> Invited:
    """An account for a person who had none, with a first role, and the key with which they set their password.

    Raises:
        NotDone: with the reason.
    """
    taken = NotDone(
        "username", _("That user name is somebody's, or was: a user name is never given twice.")
    )
    with transaction.atomic():
        demand_administrator(by)
        if Account.objects.filter(username=username.strip().lower()).exists():
            raise taken
        if email and Account.objects.filter(email__iexact=email, is_active=True).exists():
            raise NotDone("email", _("Another account has this e-mail address."))
        try:
            with transaction.atomic():
                account = Account.objects.create_user(username, name=name.strip(), email=email)
        except IntegrityError:
            raise taken from None
        except ValidationError as fault:
            raise NotDone("account", " ".join(fault.messages)) from None
        give_role(
            account, role=role, site=site, first_day=first_day, last_day=last_day, by=by, at=at
        )
        return Invited(account, _invitation(account, by=by, at=at))


def invite_again(account: Account, *, by: Account, at: datetime) -> Invited:
    """Another link for a person who has no password, in place of every one before.

    Raises:
        NotDone: the person has a password, which an administrator does not replace; or is deactivated.
    """
    with transaction.atomic():
        demand_administrator(by)
        held = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        if not held.is_active:
            raise NotDone("inactive", _("The account is deactivated: reactivate it first."))
        if held.has_usable_password():
            raise NotDone(
                "password", _("The person has set a password, which only they themselves change.")
            )
        _withdraw_links(held, at=at)
        return Invited(held, _invitation(held, by=by, at=at))


def key_sum(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def invitation_of(key_hash: str, *, at: datetime) -> Invitation | None:
    """The invitation that the key of this sum opens now, if any."""
    held = Invitation.objects.select_related("account").filter(key_hash=key_hash).first()
    if held is None or not held.is_open(at=at) or not held.account.is_active:
        return None
    return held


def accept(key_hash: str, *, password: str, at: datetime) -> Account:
    """Set the first password with an invitation, which is used up by it.

    Raises:
        NotDone: the key opens nothing (any more).
    """
    with transaction.atomic():
        held = invitation_of(key_hash, at=at)
        if held is None:
            raise NotDone("link", _no_link())
        with acting_as(replace(acting(), account=held.account_id, by=held.account.name)):
            used = Invitation.objects.filter(pk=held.pk, used_at=None, withdrawn_at=None)
            if not used.update(used_at=at):
                raise NotDone("link", _no_link())
            account = Account.objects.select_for_update(no_key=True).get(pk=held.account_id)
            account.set_own_password(password)
            account.save(update_fields=["password", "password_set_by_other"])
    return account


def _no_link() -> str:
    return _("This link is used, out of date or wrong: ask an administrator for another.")


def deactivate(account: Account, *, reason: str, by: Account, at: datetime) -> None:
    """Close an account now: sessions and tokens end, roles end, links are withdrawn, the password is gone.

    The user name stays with the person for ever.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        if held.pk == by.pk:
            raise NotDone("self", _("Nobody deactivates themselves: ask another administrator."))
        if not held.is_active:
            raise NotDone("inactive", _("The account is deactivated already."))
        held.is_active = False
        # Every session carries a sum over the password: with another one it is nobody's.
        held.set_unusable_password()
        held.save(update_fields=["is_active", "password"])
        for role in StaffRole.objects.filter(account=held, ended_at=None).select_related("site"):
            if role.last_day is None or role.last_day >= at_site(at, role.site):
                take_away(role, at=at)
        AccessToken.objects.filter(user=held).delete()
        _withdraw_links(held, at=at)
        _end_sessions(held, at=at)


def reactivate(account: Account, *, reason: str, by: Account, at: datetime) -> None:
    """Open an account again: without a role and without a password, both of which are given anew.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        if held.is_active:
            raise NotDone("active", _("The account is active."))
        held.is_active = True
        held.save(update_fields=["is_active"])


def _invitation(account: Account, *, by: Account, at: datetime) -> str:
    key = secrets.token_urlsafe(32)
    Invitation.objects.create(
        account=account, key_hash=key_sum(key), made_by=by, made_at=at, expires_at=at + LASTS
    )
    return key


def _withdraw_links(account: Account, *, at: datetime) -> None:
    open_ones = Invitation.objects.filter(account=account, used_at=None, withdrawn_at=None)
    open_ones.update(withdrawn_at=at)


def _end_sessions(account: Account, *, at: datetime) -> None:
    mine = [
        one.session_key
        for one in Session.objects.filter(expire_date__gt=at)
        if one.get_decoded().get(SESSION_KEY) == str(account.pk)
    ]
    Session.objects.filter(session_key__in=mine).delete()
