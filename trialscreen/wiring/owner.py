"""Working as the owner of the tables, who alone may change them; everything else does without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from trialscreen.wiring.environment import demand_sound_environment


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the user of ``OWNER_DATABASE_URL``, if one is named, to the same database."""
    owner: dict[str, Any] | None = settings.OWNER_DATABASE
    if owner is None:
        yield
        return
    demand_sound_environment([p for p in settings.PROBLEMS if p.startswith("OWNER_DATABASE_URL")])
    now = connection.settings_dict
    before = who_and_where(now)
    connection.close()
    now.update(who_and_where(owner))
    try:
        yield
    finally:
        connection.close()
        now.update(before)


def who_and_where(database: Mapping[str, Any]) -> dict[str, Any]:
    """Of a description of a database what says as whom to connect to which server."""
    absent = {"USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": {}}
    return {name: database.get(name) or nothing for name, nothing in absent.items()}
