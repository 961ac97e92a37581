"""One world for a whole module: it is made once, and every probe is undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from tests.isolation.hospitals import World, build
from trialscreen.wiring.owner import as_owner


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """The mark has the database made; when it may be used says `world`, for a module at once."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    from django.conf import settings

    before = settings.SESSION_IDLE_MINUTES, settings.SESSION_MAX_HOURS
    settings.SESSION_IDLE_MINUTES, settings.SESSION_MAX_HOURS = 100_000, 10_000
    with django_db_blocker.unblock():
        _empty()
        try:
            yield build()
        finally:
            _empty()
            settings.SESSION_IDLE_MINUTES, settings.SESSION_MAX_HOURS = before


def _empty() -> None:
    with as_owner():
        call_command(
            "flush", verbosity=0, interactive=False, allow_cascade=False, inhibit_post_migrate=True
        )
