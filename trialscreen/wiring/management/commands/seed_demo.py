"""``manage.py seed_demo``: what the demonstration needs and does not hold yet. ``make run`` calls it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trialscreen.wiring import demonstration, demonstration_imports, demonstration_messages, sandbox


class Command(BaseCommand):
    help = (
        "Fill the demonstration's database: sites, accounts (with the password DEMO_PASSWORD), "
        "invented patients, and with SANDBOX_SECRET a site for trying programs against. "
        "Only where DEMONSTRATION is 1; what is there already stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--without-patients",
            action="store_true",
            help="leave them to the worker, which receives them as soon as it is there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("this is no demonstration: DEMONSTRATION is not 1")
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("DEMO_PASSWORD is not set")
        try:
            demonstration.prepare(password)
        except demonstration.NotTheDemonstrations as fault:
            raise CommandError(
                "the database holds sites or accounts that no demonstration has made; "
                "known accounts are never added to them. Use another database, or DEMONSTRATION=0"
            ) from fault
        if secret := os.environ.get("SANDBOX_SECRET", ""):
            sandbox.prepare(secret, os.environ.get("SANDBOX_JWKS", ""))
        demonstration_messages.send()
        demonstration_imports.send()
        if options["without_patients"]:
            return
        wanted = demonstration.missing()
        for key in wanted:
            demonstration.receive(key)
        if wanted:
            self.stdout.write(f"{len(wanted)} invented patients received")
