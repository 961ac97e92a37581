"""How much may be asked for in a minute, counted in the cache that all processes share.

What each limit is, and what happens while the cache is away, is in ``docs/decisions/throttling.md``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import structlog
from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from trialscreen.wiring.away import is_away

MINUTE: Final = 60
EVALUATIONS: Final = frozenset({"api-evaluate", "evaluate", "cds-trial-eligibility"})

log = structlog.get_logger(__name__)


class Limit(NamedTuple):
    """At most `most` in a minute; `open_without_cache` says whether uncounted requests are let through."""

    name: str
    most: int
    open_without_cache: bool

    def spend(self, key: object) -> int:
        """Count one; 0 if it may be, else the seconds until it may. Raises what the cache raises.

        One atomic step counts, so many at once do not all slip through. A window is a minute of the clock.
        """
        now = int(time.time())
        counter = f"throttle:{self.name}:{key}:{now // MINUTE}"
        cache.add(counter, 0, MINUTE * 2)
        try:
            spent = cache.incr(counter)
        except ValueError:  # it was thrown out between the two steps
            cache.add(counter, 1, MINUTE * 2)
            return 0
        return 0 if spent <= self.most else MINUTE - now % MINUTE

    def is_spent(self, key: object) -> int:
        """As :meth:`spend`, without counting."""
        now = int(time.time())
        spent = cache.get(f"throttle:{self.name}:{key}:{now // MINUTE}", 0)
        return 0 if int(spent) < self.most else MINUTE - now % MINUTE


# Who has shown who they are is served although nothing is counted: a patient waits. Who has not is not.
_OPEN: Final[Mapping[str, bool]] = {
    "person": True,
    "client": True,
    "evaluation": False,
    "source": True,
    "refused": False,
}


def limit(name: str) -> Limit:
    """One of ``settings.THROTTLES``, by the number that holds now."""
    return Limit(name, settings.THROTTLES[name], _OPEN[name])


class ClientThrottle(BaseThrottle):
    """Each API client, or each person with a token of their own, whatever number of tokens it holds."""

    _wait = 0

    def allow_request(self, request: Any, view: Any) -> bool:
        token = getattr(request, "auth", None)
        if token is None:
            return True
        client = getattr(token, "application", None)
        asking = getattr(token, "record_system", None)
        if asking is not None:
            # One system asks for everybody of a hospital: it is counted as a client is, and no further.
            return self._may(limit("client"), f"record-system:{asking.pk}")
        whose = f"client:{client.pk}" if client is not None else f"person:{request.user.pk}"
        wanted = ["client" if client is not None else "person"]
        match = request.resolver_match
        if match is not None and match.url_name in EVALUATIONS:
            wanted.append("evaluation")
        return all(self._may(limit(name), whose) for name in wanted)

    def _may(self, of: Limit, whose: str) -> bool:
        try:
            self._wait = of.spend(whose)
        except Exception as fault:
            if not is_away(fault):
                raise
            log.warning("not_counted", limit=of.name, let_through=True)
            return True
        return not self._wait

    def wait(self) -> float | None:
        return float(self._wait - 1) if self._wait else None
