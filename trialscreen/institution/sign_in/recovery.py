"""Help for who has lost a password or a device: by an administrator, and never all of it by one alone.

Whoever could give somebody both a new password and a new second factor could be them (21 CFR 11.200(a)(3)).
"""

from __future__ import annotations

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trialscreen.institution.models import Account, Role, StaffRole
from trialscreen.institution.models.accounts import Help
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.sign_in.factors import has_second_factor
from trialscreen.institution.trail.acting import because


def password_link(account: Account, *, reason: str, by: Account, at: datetime) -> str:
    """The path at which the person chooses another password: once, within an hour.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic(), because(_why(reason)):
        held = _to_be_helped(account, Help.PASSWORD, by=by, at=at)
        if not held.has_usable_password():
            raise NotDone("password", _("There is no password yet: make a link to the first one."))
        _note(held, Help.PASSWORD, by=by)
        key = default_token_generator.make_token(held)
    address = {"uidb36": user_pk_to_url_str(held), "key": key}
    return reverse("account_reset_password_from_key", kwargs=address)


def forget_second_factors(account: Account, *, reason: str, by: Account, at: datetime) -> None:
    """Let the person set up a second factor anew, after signing in with the password; sessions end.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic(), because(_why(reason)):
        held = _to_be_helped(account, Help.SECOND_FACTOR, by=by, at=at)
        if not has_second_factor(held):
            raise NotDone("second-factor", _("There is no second factor to remove."))
        _note(held, Help.SECOND_FACTOR, by=by)
        Authenticator.objects.filter(user=held).delete()
        for session in UserSession.objects.filter(user=held):
            session.end()


def _why(reason: str) -> str:
    if not reason.strip():
        raise NotDone("reason", _("Say why."))
    return reason.strip()


def _to_be_helped(account: Account, how: Help, *, by: Account, at: datetime) -> Account:
    today = timezone.localdate(at)
    if not StaffRole.objects.on(today).filter(account=by, role=Role.ADMINISTRATOR).exists():
        raise NotDone("role", _("Only an administrator does this."))
    held = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if held.pk == by.pk:
        raise NotDone("self", _("Nobody helps themselves: ask another administrator."))
    if not held.is_active:
        raise NotDone("inactive", _("The account is deactivated."))
    if any(by.pk in people for half, people in held.helped_by.items() if half != how):
        said = _(
            "You have helped with the other half already. Until %(name)s has signed in, another administrator helps "
            "with this one: nobody alone may replace both."
        )
        raise NotDone("alone", said % {"name": held.name})
    return held


def _note(account: Account, how: Help, *, by: Account) -> None:
    """Kept until the person signs in."""
    people = {*account.helped_by.get(how.value, ()), by.pk}
    account.helped_by = account.helped_by | {how.value: sorted(people)}
    account.save(update_fields=["helped_by"])
