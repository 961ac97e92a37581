"""The periodic review of access: an administrator looks at every role that is in force, and confirms or ends it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.lists import roles_in_force
from trialscreen.institution.administration.rights import demand_administrator
from trialscreen.institution.models import Account, RoleReview, StaffRole

EVERY: Final = timedelta(days=90)
"""After so long a role is looked at again."""


def confirm_roles(keys: Collection[int], *, by: Account, at: datetime) -> int:
    """That these roles are still needed; how many were confirmed. All of them, or none.

    Raises:
        NotDone: nothing was chosen, a role is one's own, or one is no longer in force.
    """
    if not keys:
        raise NotDone("nothing", _("Choose the roles that you confirm."))
    with transaction.atomic():
        demand_administrator(by)
        held = {one.pk: one for one in roles_in_force(at=at)}
        if set(keys) - held.keys():
            raise NotDone("moved", _("The list has changed since: read it again."))
        if any(held[key].account_id == by.pk for key in keys):
            raise NotDone("self", _("Nobody confirms their own role: ask another administrator."))
        RoleReview.objects.bulk_create(
            RoleReview(role_id=key, outcome=RoleReview.CONFIRMED, by=by, at=at)
            for key in sorted(set(keys))
        )
    return len(set(keys))


def last_look(role: StaffRole) -> RoleReview | None:
    """The latest review of a role whose reviews are at hand."""
    return max(role.reviews.all(), key=lambda one: one.at, default=None)


def due_on(role: StaffRole) -> date:
    """From which day on a role is to be looked at: some time after it was given or last confirmed."""
    seen = last_look(role)
    since = role.first_day if seen is None else timezone.localdate(seen.at)
    return since + EVERY
