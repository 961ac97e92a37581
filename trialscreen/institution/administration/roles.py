"""Roles: given for days, ended with a day or at once. Each act counts from the next request on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.models import Account, Role, RoleReview, Site, StaffRole
from trialscreen.institution.models.staff import AT_ALL_SITES, AT_ONE_SITE
from trialscreen.institution.trail.acting import because


def give_role(
    account: Account,
    *,
    role: Role,
    site: Site | None,
    first_day: date,
    last_day: date | None = None,
    by: Account,
    at: datetime,
) -> StaffRole:
    """Give a person a role at a site, or at all sites, from a day on.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        account.refresh_from_db()
        if account.pk == by.pk:
            raise NotDone(
                "self", _("Nobody gives a role to themselves: ask another administrator.")
            )
        if not account.is_active:
            raise NotDone("inactive", _("The account is deactivated: reactivate it first."))
        return _given(account, role, site, (first_day, last_day), at)


def _given(
    account: Account,
    role: Role,
    site: Site | None,
    days: tuple[date, date | None],
    at: datetime,
) -> StaffRole:
    first_day, last_day = days
    today = at_site(at, site)
    if (site is None) is not (role in AT_ALL_SITES):
        raise NotDone(
            "place",
            _("Choose a site for this role.")
            if site is None
            else _("Monitors and administrators are of all sites: choose no site."),
        )
    if first_day < today:
        raise NotDone("past", _("A role begins today or later."))
    if last_day is not None and last_day < first_day:
        raise NotDone("days", _("The last day is before the first."))
    if site is not None and site.closed_on is not None and site.closed_on <= first_day:
        raise NotDone("closed", _("The site is closed on that day."))
    held = StaffRole.objects.not_over(today).filter(account=account)
    other = AT_ONE_SITE if role in AT_ALL_SITES else AT_ALL_SITES
    if held.filter(role__in=other).exists():
        raise NotDone(
            "duties",
            _("Who administers or monitors has no role at a site: end the other role first."),
        )
    try:
        with transaction.atomic():
            return StaffRole.objects.create(
                account=account, role=role, site=site, first_day=first_day, last_day=last_day
            )
    except IntegrityError:
        raise NotDone("twice", _("The person has this role there on these days.")) from None


def end_role(
    role: StaffRole, *, last_day: date | None, reason: str, by: Account, at: datetime
) -> StaffRole:
    """End a role with a day, the last on which it counts; without a day at once.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = StaffRole.objects.select_for_update(no_key=True, of=("self",)).get(pk=role.pk)
        today = at_site(at, held.site)
        if held.account_id == by.pk:
            raise NotDone("self", _("Nobody ends a role of their own: ask another administrator."))
        if held.ended_at is not None or (held.last_day is not None and held.last_day < today):
            raise NotDone("ended", _("This role has ended."))
        if last_day is None:
            _reviewed(held, by=by, at=at)
            return take_away(held, at=at)
        if last_day < max(today, held.first_day):
            raise NotDone(
                "past",
                _("It counts until today at least, and for its first day; or end it at once."),
            )
        if held.last_day is not None and last_day >= held.last_day:
            raise NotDone("longer", _("It ends earlier by itself: for longer, give another role."))
        held.last_day = last_day
        held.save(update_fields=["last_day"])
        _reviewed(held, by=by, at=at)
    return held


def take_away(held: StaffRole, *, at: datetime) -> StaffRole:
    """End a role now. One that has not begun never will."""
    held.last_day = max(at_site(at, held.site), held.first_day)
    held.ended_at = at
    held.save(update_fields=["last_day", "ended_at"])
    return held


def _reviewed(held: StaffRole, *, by: Account, at: datetime) -> None:
    RoleReview.objects.create(role=held, outcome=RoleReview.ENDED, by=by, at=at)


def at_site(at: datetime, site: Site | None) -> date:
    """The day it is at a site; of a role at all sites, the institution's."""
    return timezone.localdate(at, site.zone if site is not None else None)
