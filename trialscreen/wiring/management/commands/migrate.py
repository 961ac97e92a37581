"""``manage.py migrate``, as the owner of the tables; and no known account outlives the demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate

from trialscreen.wiring.demonstration import withdraw
from trialscreen.wiring.owner import as_owner


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        with as_owner():
            done = super().handle(*args, **options)
            everything = not (options["app_label"] or options["plan"] or options["check_unapplied"])
            if everything and not settings.DEMONSTRATION and withdraw():
                self.stdout.write("The demonstration's accounts are closed: this is none any more")
        return done
