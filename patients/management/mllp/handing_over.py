"""One frame, handed over: applied, committed, and only then answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from patients.actions.message_senders import MLLP, Connection, comes_from, possible
from patients.actions.messages import answer_of, receive_messages
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.acting import Acting, acting_as

_DEADLOCK: Final = "40P01"
_TRIES: Final = 4

log = structlog.get_logger(__name__)


def is_expected(peer: str) -> bool:
    """Whether any registered sender may connect from an address."""
    close_old_connections()
    sites = _every_site()
    with use_sites(sites):
        return comes_from(peer, sites)


def hand_over(raw: bytes, peer: str, certificate: str) -> bytes | None:
    """The answer to a frame, once what it says is committed; None where it could not be kept, and is not answered."""
    connection = Connection(MLLP, peer, certificate)
    with acting_as(Acting(origin="mllp", address=peer)):
        close_old_connections()
        try:
            return _again(lambda: _take(raw, connection))
        except Exception:
            # Nothing was committed, so nothing is acknowledged: the sender keeps it and sends it again.
            log.exception("frame_not_kept", peer=peer, size=len(raw))
            return None
        finally:
            close_old_connections()


def _take(raw: bytes, connection: Connection) -> bytes:
    sites, at = _every_site(), timezone.now()
    with use_sites(sites):
        here = {one.site_id: one.site for one in possible(connection, sites)}
    fallback = next(iter(here.values())) if len(here) == 1 else None
    answers = receive_messages(raw, connection=connection, site_ids=sites, fallback=fallback, at=at)
    return answer_of(raw, answers, at)


def _again(act: Callable[[], bytes]) -> bytes:
    """Begun anew when the database broke a deadlock by undoing it."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except OperationalError as fault:
            if getattr(fault.__cause__, "pgcode", None) != _DEADLOCK:
                raise
    return act()


def _every_site() -> list[int]:
    return list(Site.objects.values_list("pk", flat=True))
