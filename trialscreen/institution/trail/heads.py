"""Copies of the ends of the chains, where who can change the database cannot change them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import structlog
from django.db import connection

from trialscreen.institution.trail.verifying import Head, read_heads

log = structlog.get_logger(__name__)


def current_heads() -> list[Head]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain, sequence, hash FROM institution_trailhead ORDER BY chain")
        return [Head(*row) for row in cursor.fetchall()]


def publish_heads(*, at: datetime, path: Path | None) -> int:
    """Write each head that has moved to the log, and to the end of the file `path` if there is one. Returns how many.

    The log goes wherever the logs of this installation go; the file belongs on another machine's disk.
    """
    before = _last_of(path)
    moved = [head for head in current_heads() if before.get(head.chain) != head.sequence]
    for head in moved:
        log.info("trail_head", chain=head.chain, sequence=head.sequence, hash=head.hash)
    if path is not None and moved:
        lines = [json.dumps(head._asdict() | {"at": at.isoformat()}) + "\n" for head in moved]
        with path.open("a", encoding="utf-8") as file:
            file.writelines(lines)
    return len(moved)


def _last_of(path: Path | None) -> dict[int, int]:
    return {} if path is None else {head.chain: head.sequence for head in read_heads(path)}
