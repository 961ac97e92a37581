"""How often something may fail, counted in the cache that all processes share.

Without the cache nothing is counted and nothing is let through: the exception goes up, and the request fails.
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from django.core.cache import cache


class Limit(NamedTuple):
    """At most so many in so many seconds, counted from the first."""

    name: str
    most: int
    seconds: int

    def spend(self, key: object) -> int:
        """Count one before it is tried; 0 if it may be, else the seconds until it may.

        Counted first and with one atomic step, so that many at once do not all slip through.
        """
        counter, since = self._keys(key)
        now = int(time.time())
        if cache.add(counter, 0, self.seconds):
            cache.set(since, now, self.seconds)
        try:
            spent = cache.incr(counter)
        except ValueError:  # it has run out between the two steps
            cache.add(counter, 1, self.seconds)
            return 0
        if spent <= self.most:
            return 0
        return max(1, int(cache.get(since, now)) + self.seconds - now)

    def forget(self, key: object) -> None:
        """After a success nothing has failed."""
        cache.delete_many(self._keys(key))

    def _keys(self, key: object) -> tuple[str, str]:
        return f"limit:{self.name}:{key}", f"limit:{self.name}:{key}:since"


SIGNING: Final = Limit("signing", 5, 15 * 60)
"""Wrong passwords at signing, of one account."""
