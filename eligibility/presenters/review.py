"""The review of access in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.administration import moment, where
from eligibility.presenters.dates import day
from eligibility.presenters.words import Look
from trialscreen.institution.administration.reviews import due_on, last_look
from trialscreen.institution.models import StaffRole

DUE = Look(gettext_lazy("Due"), "unknown", "alert-triangle", "due")
SEEN = Look(gettext_lazy("Reviewed"), "pass", "check", "seen")
NEW = Look(gettext_lazy("New"), "neutral", "clock", "new")


@dataclass(frozen=True)
class Row:
    id: str
    """Of the role, as a form sends it."""
    account: int
    name: str
    role: str
    since: str
    signed_in: str
    look: Look
    seen: str
    is_due: bool
    is_me: bool


def present(roles: Iterable[StaffRole], *, me: int, on: date) -> list[Row]:
    """Those that are due first, in the order in which they are."""
    rows = [(_row(one, me, on), due_on(one)) for one in roles]
    return [row for row, due in sorted(rows, key=lambda pair: (not pair[0].is_due, pair[1]))]


def _row(role: StaffRole, me: int, on: date) -> Row:
    seen, due = last_look(role), due_on(role)
    account = role.account
    return Row(
        id=str(role.pk),
        account=account.pk,
        name=account.name or account.username,
        role=f"{role.get_role_display()}, {where(role.site)}",
        since=day(role.first_day),
        signed_in=moment(account.last_login) if account.last_login else _("Never"),
        look=DUE if due <= on else NEW if seen is None else SEEN,
        seen=_("%(when)s, %(by)s") % {"when": moment(seen.at), "by": seen.by.name}
        if seen is not None
        else _("not yet"),
        is_due=due <= on,
        is_me=account.pk == me,
    )
