"""A database, broker or cache that does not answer: how that is told from a fault of our own."""

from __future__ import annotations

from typing import Final

from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import ConnectionError as CacheAway
from redis.exceptions import TimeoutError as CacheSilent

RETRY_SECONDS: Final = 10
AWAY: Final = (OperationalError, InterfaceError, BrokerAway, CacheAway, CacheSilent)
"""Of a database also: a lock or a statement that took too long, and a deadlock. Each is over a moment later."""


def is_away(fault: BaseException | None) -> bool:
    """Whether a fault says that something we need did not answer, rather than that we did something wrong."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        if isinstance(fault, AWAY):
            return True
        seen.add(id(fault))
        fault = fault.__cause__
    return False
