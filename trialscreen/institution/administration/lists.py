"""What the pages of administration read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db.models import Prefetch, Q
from django.db.models.functions import Lower
from django.utils import timezone

from trialscreen.institution.models import Account, Invitation, Role, Site, StaffRole

MOST: Final = 200
"""People a list shows; more are found by a search."""
EVERYBODY, ACTIVE, DEACTIVATED = "all", "active", "deactivated"
SHOWN: Final = (ACTIVE, DEACTIVATED, EVERYBODY)


class People(NamedTuple):
    """Accounts by name, each with its roles; whether there are more than these."""

    found: list[Account]
    more: bool


def people(search: str, shown: str, *, site: Site | None = None) -> People:
    """Those in whose name, user name or e-mail address every word of `search` stands."""
    asked = Account.objects.all()
    if shown != EVERYBODY:
        asked = asked.filter(is_active=shown == ACTIVE)
    for word in search.split():
        asked = asked.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(email__icontains=word)
        )
    if site is not None:
        asked = asked.filter(pk__in=StaffRole.objects.filter(site=site).values("account"))
    ordered = asked.order_by(Lower("name"), "username").prefetch_related(*_beside())
    found = list(ordered[: MOST + 1])
    return People(found[:MOST], len(found) > MOST)


def person(account: int) -> Account | None:
    """One account with its roles and invitations."""
    return Account.objects.filter(pk=account).prefetch_related(*_beside()).first()


def _beside() -> tuple[Prefetch[str], ...]:
    roles = StaffRole.objects.select_related("site").order_by("-first_day", "-pk")
    links = Invitation.objects.select_related("made_by").order_by("-made_at", "-pk")
    return Prefetch("roles", roles), Prefetch("invitations", links)


def role_of(account: Account, role: int) -> StaffRole | None:
    return StaffRole.objects.filter(account=account, pk=role).select_related("site").first()


def sites() -> list[Site]:
    return list(Site.objects.order_by("city", "name"))


def site_of(code: str) -> Site | None:
    return Site.objects.filter(code=code).first()


def staff_counts(site_ids: Collection[int], *, on: date) -> dict[int, int]:
    """How many people have a role at each site on a day."""
    held = StaffRole.objects.on(on).filter(site__in=list(site_ids), account__is_active=True)
    pairs = set(held.values_list("site", "account"))
    return {site: sum(1 for one, _ in pairs if one == site) for site in site_ids}


def roles_of_site(site: Site, *, on: date) -> list[StaffRole]:
    """Who has a role at the site now or later, by name."""
    held = StaffRole.objects.not_over(on).filter(site=site, account__is_active=True)
    return list(held.select_related("account").order_by(Lower("account__name"), "pk"))


def roles_in_force(*, at: datetime) -> list[StaffRole]:
    """Every role of an active account that is not over, administrators first."""
    held = StaffRole.objects.not_over(timezone.localdate(at)).filter(account__is_active=True)
    rank = {Role.ADMINISTRATOR: 0, Role.MONITOR: 1}
    rows = list(held.select_related("account", "site").prefetch_related("reviews__by"))
    return sorted(
        rows, key=lambda one: (rank.get(Role(one.role), 2), one.account.name.lower(), one.pk)
    )
