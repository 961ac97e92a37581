"""``manage.py migrate``, as the owner of the tables."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from trialscreen.wiring.owner import as_owner


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        with as_owner():
            return super().handle(*args, **options)
