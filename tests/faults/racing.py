"""Clients at the same moment: each a thread with a connection of its own, held back until all are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.db import connection, connections

CLIENTS = 8
PATIENCE = 60
"""Seconds after which a round that does not end is a failure: somebody waits for somebody who waits."""
Act = Callable[[], Any]


class Clients:
    """Eight of them. They keep their connections from round to round, as those of a server do."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._ready = Barrier(CLIENTS)

    def at_once(self, acts: Sequence[Act]) -> list[Any]:
        """One act for each client, begun together; an exception is a result like others."""
        assert len(acts) == CLIENTS
        begun = [self._pool.submit(self._one, act) for act in acts]
        return [each.result(timeout=PATIENCE) for each in begun]

    def _one(self, act: Act) -> Any:
        self._ready.wait(timeout=PATIENCE)
        try:
            return act()
        except Exception as fault:  # noqa: BLE001 - what a client would have met
            return fault

    def _leave(self) -> None:
        self.at_once([connections.close_all] * CLIENTS)


@contextmanager
def racing() -> Iterator[Clients]:
    """Eight clients, gone afterwards with their connections; nobody waits for a lock for ever."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = Clients(pool)
        clients.at_once([_patient_for_a_minute] * CLIENTS)
        try:
            yield clients
        finally:
            clients._leave()


def _patient_for_a_minute() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
