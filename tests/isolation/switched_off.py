"""One of the two kinds of isolation at a time: the application's filters off, or the database's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from trialscreen.institution import conduct, scope
from trialscreen.institution.models import Site
from trialscreen.institution.rights import May
from trialscreen.institution.scope import Scope
from trialscreen.wiring.owner import as_owner

_TRULY: ContextVar[dict[str, frozenset[int]] | None] = ContextVar("truly", default=None)


@contextmanager
def database_alone() -> Iterator[None]:
    """The application lets everything through that somebody has a right to anywhere, at every site.

    What PostgreSQL is told stays what the person has: it alone keeps the sites apart.
    """
    with pytest.MonkeyPatch.context() as patch:
        every = frozenset(Site.objects.values_list("pk", flat=True))
        work_out, tell = scope._work_out, scope._tell
        tell_conduct, conducted = conduct._tell, conduct.sites_where

        def wide(request: Any, now: datetime) -> Scope:
            narrow = work_out(request, now)
            logs = narrow.sites_where(May.READ_LOGS)
            sites = frozenset().union(
                *(ids for may, ids in narrow.sites.items() if may is not May.READ_LOGS)
            )
            _TRULY.set({scope.SETTING: sites, scope.LOG_SETTING: logs})
            return replace(narrow, sites={may: every for may, ids in narrow.sites.items() if ids})

        def tell_truly(value: str, setting: str = scope.SETTING) -> None:
            tell(_only(value, (_TRULY.get() or {}).get(setting)), setting)

        def conducted_widely(held: Scope, may: conduct.Conduct) -> frozenset[int]:
            narrow = conducted(held, may)
            truly = _TRULY.get() or {}
            setting = (
                conduct.READ_SETTING if may is conduct.Conduct.READ else conduct.MANAGE_SETTING
            )
            _TRULY.set({**truly, setting: narrow | {0}})
            return every if narrow else narrow

        def tell_conduct_truly(setting: str, site_ids: Any) -> str:
            truly = (_TRULY.get() or {}).get(setting)
            return tell_conduct(setting, [one for one in site_ids if truly is None or one in truly])

        patch.setattr(scope, "_work_out", wide)
        patch.setattr(scope, "_tell", tell_truly)
        patch.setattr(conduct, "sites_where", conducted_widely)
        patch.setattr(conduct, "_tell", tell_conduct_truly)
        yield
    _TRULY.set(None)


def _only(listed: str, truly: frozenset[int] | None) -> str:
    if truly is None:
        return listed
    return ",".join(one for one in listed.split(",") if one and int(one) in truly)


@contextmanager
def application_alone() -> Iterator[None]:
    """As where a superuser serves, whom alone no row security holds."""
    with as_owner():
        yield
