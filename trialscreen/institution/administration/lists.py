"""What the pages of administration read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db.models import Prefetch, Q, QuerySet
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
    ordered = accounts(search, shown, site=site).order_by(Lower("name"), "username")
    found = list(ordered[: MOST + 1])
    return People(found[:MOST], len(found) > MOST)


def accounts(search: str, shown: str, *, site: Site | None = None) -> QuerySet[Account]:
    """The same people in no order and without an end, each with roles and invitations."""
    asked = Account.objects.all()
    if shown != EVERYBODY:
        asked = asked.filter(is_active=shown == ACTIVE)
    for word in search.split():
        asked = asked.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(email__icontains=word)
        )
    if site is not None:
        asked = asked.filter(pk__in=StaffRole.objects.filter(site=site).values("account"))
    return asked.prefetch_related(*_beside())


def person(account: int) -> Account | None:
    """One account with its roles and invitations."""
    return Account.objects.filter(pk=account).prefetch_related(*_beside()).first()


def account_of(username: str) -> Account | None:
    """The account of a user name, as it is typed."""
    return Account.objects.filter(username=username.strip().lower()).first()


def _beside() -> tuple[Prefetch[str], ...]:
    roles = StaffRole.objects.select_related("site").order_by("-first_day", "-pk")
    links = Invitation.objects.select_related("made_by").order_by("-made_at", "-pk")
    return Prefetch("roles", roles), Prefetch("invitations", links)


def role_of(account: Account, role: int) -> StaffRole | None:
    return StaffRole.objects.filter(account=account, pk=role).select_related("site").first()


def sites() -> list[Site]:
    return list(centres().order_by("city", "name"))


def centres() -> QuerySet[Site]:
    """Every site, in no order."""
    return Site.objects.all()


def site_of(code: str) -> Site | None:
    return Site.objects.filter(code=code).first()


def staff_counts(site_ids: Collection[int], *, on: date) -> dict[int, int]:
    """How many people have a role at each site on a day."""
    held = StaffRole.objects.on(on).filter(site__in=list(site_ids), account__is_active=True)
    pairs = set(held.values_list("site", "account"))
    return {site: sum(1 for one, _ in pairs if one == site) for site in site_ids}


def roles_of_site(site: Site, *, on: date) -> list[StaffRole]:
    """Who has a role at the site now or later, by name."""
    return list(posts(on=on, site=site).order_by(Lower("account__name"), "pk"))


def posts(*, on: date, site: Site | None = None) -> QuerySet[StaffRole]:
    """Every role of an active account that is not over on a day, at one site or anywhere, in no order."""
    held = StaffRole.objects.not_over(on).filter(account__is_active=True)
    if site is not None:
        held = held.filter(site=site)
    return held.select_related("account", "site").prefetch_related("reviews__by")


def roles_in_force(*, at: datetime) -> list[StaffRole]:
    """Every role of an active account that is not over, administrators first."""
    rank = {Role.ADMINISTRATOR: 0, Role.MONITOR: 1}
    return sorted(
        posts(on=timezone.localdate(at)),
        key=lambda one: (rank.get(Role(one.role), 2), one.account.name.lower(), one.pk),
    )
