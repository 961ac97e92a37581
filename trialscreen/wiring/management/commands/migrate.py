"""``manage.py migrate``, as the owner of the tables; and no known account outlives the demonstration."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate

from trialscreen.wiring import sandbox
from trialscreen.wiring.demonstration import withdraw
from trialscreen.wiring.giving_way import giving_way
from trialscreen.wiring.owner import as_owner


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        everything = not (options["app_label"] or options["plan"] or options["check_unapplied"])
        with as_owner():
            giving_way(lambda: migrate.Command.handle(self, *args, **options), self.stdout.write)
            if everything and not settings.DEMONSTRATION:
                sandbox.withdraw()
                if withdraw():
                    self.stdout.write(
                        "The demonstration's accounts are closed: this is none any more"
                    )
        if everything and settings.DEMONSTRATION and os.environ.get("DEMO_PASSWORD"):
            # Here, because a process of its own takes as long to start as all of this takes.
            call_command("seed_demo", without_patients=True)
