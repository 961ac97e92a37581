"""Rights over how a trial is run: who may see where it is open and who answers for it, and who may change that.

They are of people alone and no scopes of API clients, so they stand apart from :mod:`trialscreen.institution.rights`. A
request that comes in by one of them sees no row of any patient: the sites in use are none, and PostgreSQL is told, by
settings of their own, of which sites the openings may be read and changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from trialscreen.institution.access import to_sign_in
from trialscreen.institution.models import Role, Site
from trialscreen.institution.scope import Scope, scope_of, tell_sites, use_sites
from trialscreen.institution.trail.acting import identify

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]

READ_SETTING: Final = "trialscreen.conduct"
"""Sites whose openings may be read; no other row is shown by it."""
MANAGE_SETTING: Final = "trialscreen.manage"
"""Sites whose openings may be changed."""
_EVERYWHERE = {Role.MONITOR.value, Role.ADMINISTRATOR.value}


class Conduct(StrEnum):
    READ = "conduct.read"
    """Where the trial is open, for how many, and who answers for it: staff of their own sites, monitors of all."""
    MANAGE = "trial.manage"
    """Change that: administrators, at all sites."""


def sites_where(scope: Scope, may: Conduct) -> frozenset[int]:
    """The sites at which a person has a right over the conduct of trials; none for a client."""
    if scope.account is None or scope.client:
        return frozenset()
    if may is Conduct.MANAGE and Role.ADMINISTRATOR.value not in scope.roles:
        return frozenset()
    if scope.roles & _EVERYWHERE:
        return frozenset(Site.objects.values_list("pk", flat=True))
    return scope.site_ids


def manages(scope: Scope) -> bool:
    """Whether who asks may change where a trial is open; also while there is no site yet."""
    is_person = scope.account is not None and not scope.client
    return is_person and Role.ADMINISTRATOR.value in scope.roles


def for_conduct(
    may: Conduct = Conduct.READ,
) -> Callable[[Page[P]], Callable[..., HttpResponseBase]]:
    """A page about the conduct of a trial, in a transaction that holds no patient.

    Leads who has not signed in to the sign-in page, and refuses (403) who may not.
    """

    def wrap(view: Page[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            scope = scope_of(request)
            identify(scope)
            read, manage = (sites_where(scope, each) for each in Conduct)
            allowed = manages(scope) if may is Conduct.MANAGE else read or manages(scope)
            if not allowed:
                raise PermissionDenied
            # No site is called 0; what concerns them all can be changed before there is one.
            with use_conduct(read, manage | {0} if manages(scope) else ()):
                return view(request, *args, **kwargs)

        return page

    return wrap


@contextmanager
def use_conduct(read: Iterable[int], manage: Iterable[int] = ()) -> Iterator[None]:
    """A transaction in which openings of these sites are read and changed, and no patient exists. May be nested."""
    with use_sites(()):
        before = [_tell(READ_SETTING, read), _tell(MANAGE_SETTING, manage)]
        yield
        # After an error the rollback does the same.
        for setting, told in zip((READ_SETTING, MANAGE_SETTING), before, strict=True):
            _tell(setting, [int(one) for one in told.split(",") if one])


def tell_conduct(read: Iterable[int], manage: Iterable[int] = ()) -> None:
    """As :func:`use_conduct`, for the rest of a transaction that is already open; of no site is any patient in use."""
    tell_sites(())
    _tell(READ_SETTING, read)
    _tell(MANAGE_SETTING, manage)


def _tell(setting: str, site_ids: Iterable[int]) -> str:
    """Set it for the rest of the transaction; what it was is returned."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [setting])
        before: str = cursor.fetchone()[0] or ""
        listed = ",".join(str(int(each)) for each in sorted(set(site_ids)))
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, listed])
    return before
