"""Which sites' rows a request may see: worked out once, then told to PostgreSQL.

The application asks only for rows of the scope's sites, and behind it the database shows no other
(see :mod:`trialscreen.institution.row_security`). The database is told for one transaction at a
time, so nothing is left on a connection that the next request takes over; told nothing, it shows
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from trialscreen.institution.rights import OF_ROLE, May
from trialscreen.institution.smart_scopes import Granted, SystemScope, read_scope

if TYPE_CHECKING:
    from trialscreen.institution.models import Account, StaffRole

SETTING = "trialscreen.sites"
LOG_SETTING = "trialscreen.logs"
"""Sites whose screening logs may be read. It opens no other table, so it can be said of every site to a monitor."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and what may be done at which sites. Whoever is not known may do nothing."""

    account: Account | None = None
    """The person who asks, or for whom the client says that it asks."""
    client: str = ""
    """The id of the API client; empty for a person at a page or with a token of their own."""
    roles: frozenset[str] = frozenset()
    """Names of the roles that the person holds today, anywhere; empty for a client."""
    posts: tuple[str, ...] = ()
    """The same roles in words, each with its place."""
    sites: Mapping[May, frozenset[int]] = field(default_factory=dict)
    asked: tuple[SystemScope, ...] = ()
    """The SMART scopes of a client's token: they hold at ``/fhir`` alone."""
    granted: Mapping[int, Granted] = field(default_factory=dict)
    """What the client was granted, by site; asked together with `asked` (:mod:`~.smart_scopes`)."""

    @property
    def site_ids(self) -> frozenset[int]:
        """The sites whose patients may be read."""
        return self.sites_where(May.READ_PATIENTS)

    def sites_where(self, may: May) -> frozenset[int]:
        return self.sites.get(may, frozenset())


def scope_of(request: Any, *, now: datetime | None = None) -> Scope:
    """The scope of a request, of a page or of the API; worked out at its first use.

    Roles are those in force today by the site's own clock, so a change takes effect on the next
    request. `now` is the moment it is, unless a test says another.
    """
    known = request.__dict__.get("_scope")
    if known is None:
        known = request._scope = _work_out(request, now or timezone.now())
        # What comes after a view of the API has only the request that Django made.
        inner = request.__dict__.get("_request")
        if inner is not None:
            inner._scope = known
    return known


def _work_out(request: Any, now: datetime) -> Scope:
    token = getattr(request, "auth", None)
    client = getattr(token, "application", None)
    if token is not None and client is not None:
        words, grants = token.scope.split(), client.grants.all()
        return Scope(
            account=token.acting_for,
            client=client.client_id,
            sites=_sites_of_client(grants, set(words)),
            asked=tuple(one for one in map(read_scope, words) if one is not None),
            granted={one.site_id: one.granted for one in grants},
        )
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated or not account.is_active:
        return Scope()
    return scope_of_account(account, now=now)


def scope_of_account(account: Account, *, now: datetime) -> Scope:
    """What this person may do at the moment `now`; one query, and another for who has rights at all sites."""
    sites: defaultdict[May, set[int]] = defaultdict(set)
    roles: list[StaffRole] = []
    for held in account.roles.select_related("site"):
        zone = held.site.zone if held.site else None
        if not held.is_in_force(on=timezone.localdate(now, zone)):
            continue
        roles.append(held)
        for may in OF_ROLE[held.role]:
            sites[may].update(_every_site() if held.site_id is None else (held.site_id,))
    return Scope(
        account=account,
        roles=frozenset(each.role for each in roles),
        posts=tuple(each.in_words for each in roles),
        sites=_frozen(sites),
    )


def _every_site() -> Iterable[int]:
    """All but the sandbox: who sees every site counts no patient of whom a program was only tried."""
    from trialscreen.institution.models import SANDBOX, Site

    return Site.objects.exclude(code=SANDBOX).values_list("pk", flat=True)


def _sites_of_client(grants: Any, asked: set[str]) -> dict[May, frozenset[int]]:
    sites: defaultdict[May, set[int]] = defaultdict(set)
    for grant in grants:
        for may in grant.allowed & asked:
            sites[May(may)].add(grant.site_id)
    return _frozen(sites)


def _frozen(sites: Mapping[May, set[int]]) -> dict[May, frozenset[int]]:
    return {may: frozenset(ids) for may, ids in sites.items()}


@contextmanager
def use_sites(site_ids: Iterable[int]) -> Iterator[None]:
    """A transaction in which the rows of these sites, and of no others, exist.

    May be nested: the inner block has its own sites, and the outer one has its back afterwards.
    """
    with transaction.atomic():
        before = _told()
        _tell(_listed(site_ids))
        yield
        # After an error the rollback does the same.
        _tell(before)


def tell_sites(site_ids: Iterable[int]) -> None:
    """As :func:`use_sites`, for the rest of a transaction that is already open.

    Raises TransactionManagementError outside of one, where PostgreSQL would forget it at once.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the sites in use are those of a transaction")
    _tell(_listed(site_ids))


def tell_logs(site_ids: Iterable[int]) -> None:
    """For the rest of an open transaction, the screening logs of these sites exist, and no other clinical row.

    Raises TransactionManagementError outside of one.
    """
    tell_sites(())
    _tell(_listed(site_ids), LOG_SETTING)


@contextmanager
def use_logs(site_ids: Iterable[int]) -> Iterator[None]:
    """A transaction in which the screening logs of these sites exist; nested, within the sites of the outer one.

    So a page may show the log of its own sites beside their patients.
    """
    with transaction.atomic():
        before = _told(LOG_SETTING)
        _tell(_listed(site_ids), LOG_SETTING)
        yield
        _tell(before, LOG_SETTING)


def sites_in_use() -> frozenset[int]:
    """The sites that the database has been told of in this transaction."""
    return frozenset(int(each) for each in _told().split(",") if each)


def _listed(site_ids: Iterable[int]) -> str:
    return ",".join(str(int(each)) for each in sorted(set(site_ids)))


def _told(setting: str = SETTING) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [setting])
        return cursor.fetchone()[0] or ""


def _tell(value: str, setting: str = SETTING) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])
