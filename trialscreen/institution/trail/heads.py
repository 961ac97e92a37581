"""Copies of the ends of the chains, where who can change the database cannot change them."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.db import connection

from trialscreen.institution.trail.verifying import Head, head_of

log = structlog.get_logger(__name__)
TAIL: Final = 64 * 1024
"""Bytes at the end of the file in which the last copies are looked for: some four hundred."""


def current_heads() -> list[Head]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain, sequence, hash FROM institution_trailhead ORDER BY chain")
        return [Head(*row) for row in cursor.fetchall()]


def publish_heads(*, at: datetime, path: Path | None) -> int:
    """Write each head that has moved to the log, and to the end of the file `path` if there is one. Returns how many.

    The log goes wherever the logs of this installation go; the file belongs on another machine's disk. However long it
    has become, only its end is read; a chain of which that holds no copy is copied again, which does no harm.
    """
    before, whole = _end_of(path)
    moved = [head for head in current_heads() if before.get(head.chain) != head]
    for head in moved:
        log.info("trail_head", chain=head.chain, sequence=head.sequence, hash=head.hash)
    if path is not None and moved:
        lines = [json.dumps(head._asdict() | {"at": at.isoformat()}) + "\n" for head in moved]
        with path.open("a", encoding="utf-8") as file:
            file.write(("" if whole else "\n") + "".join(lines))
            file.flush()
            os.fsync(file.fileno())
    return len(moved)


def _end_of(path: Path | None) -> tuple[dict[int, Head], bool]:
    """The last copies by chain, and whether the last line is whole: whoever wrote it may have been killed.

    A line that cannot be read is for `verify_audit` to tell of; here it must not keep heads from being copied.
    """
    if path is None or not path.exists():
        return {}, True
    with path.open("rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - TAIL)
        file.seek(start)
        held = file.read()
    lines = held.split(b"\n")[1 if start else 0 :]
    found: dict[int, Head] = {}
    for line in filter(None, lines):
        try:
            head = head_of(line)
        except ValueError:
            log.warning("trail_head_unreadable")
        else:
            found[head.chain] = head
    return found, not held or held.endswith(b"\n")
