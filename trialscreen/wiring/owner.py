"""Working as the owner of the tables, who alone may change them; everything else does without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from trialscreen.wiring.environment import demand_sound_environment

WHO_AND_WHERE = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the user of ``OWNER_DATABASE_URL``, if one is named, to the same database."""
    owner: dict[str, Any] | None = settings.OWNER_DATABASE
    if owner is None:
        yield
        return
    demand_sound_environment([p for p in settings.PROBLEMS if p.startswith("OWNER_DATABASE_URL")])
    now = connection.settings_dict
    before = {name: now.get(name) for name in WHO_AND_WHERE}
    connection.close()
    now.update({name: owner.get(name) or ({} if name == "OPTIONS" else "") for name in before})
    try:
        yield
    finally:
        connection.close()
        now.update(before)
