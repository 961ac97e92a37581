"""Who administers; asked by every act here, at the moment of the act."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Account, Role, StaffRole


def demand_administrator(by: Account) -> None:
    """Hold all administrators' roles until the transaction ends, and ask for one of `by`.

    So of two who take each other's role away, or deactivate each other, the second is told no: one is always left.

    Raises:
        NotDone: `by` is no administrator, or not any more.
    """
    roles = StaffRole.objects.filter(role=Role.ADMINISTRATOR).order_by("pk")
    held = list(roles.select_for_update(no_key=True, of=("self",)))
    mine = (one for one in held if one.account_id == by.pk)
    is_active = Account.objects.filter(pk=by.pk, is_active=True).exists()
    if not is_active or not any(one.is_in_force(on=timezone.localdate()) for one in mine):
        raise NotDone("role", _("Only an administrator does this."))


def demand_reason(given: str) -> str:
    """The reason without what surrounds it.

    Raises:
        NotDone: none was given.
    """
    said = given.strip()
    if not said:
        raise NotDone("reason", _("Say why."))
    return said
