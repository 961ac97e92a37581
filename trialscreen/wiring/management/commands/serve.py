"""``manage.py serve``: all that runs, on this machine, until Ctrl-C. What ``make run`` calls."""

from __future__ import annotations

import hashlib
import os
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management.base import BaseCommand, CommandError

from trialscreen.wiring.embedded.places import PlaceFault, forget
from trialscreen.wiring.embedded.processes import ProcessFault, end_with_parent
from trialscreen.wiring.embedded.programs import ProgramFault
from trialscreen.wiring.embedded.supervisor import Ended, Supervisor
from trialscreen.wiring.environment import demand_sound_environment, malformed

FIRST_PORT = "8000"


class Command(BaseCommand):
    help = (
        "Run trialscreen on this machine: database, broker, worker and web server. "
        "DATABASE_URL and BROKER_URL name servers of your own; PORT another first port."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or FIRST_PORT)
        parser.add_argument(
            "--forget", action="store_true", help="remove what earlier runs kept, and start nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        checkout = Path(settings.BASE_DIR)
        try:
            if options["forget"]:
                self._forget(checkout)
            else:
                self._serve(checkout, options["port"])
        except (PlaceFault, ProcessFault, ProgramFault) as fault:
            raise CommandError(str(fault)) from fault

    def _serve(self, checkout: Path, port: int) -> None:
        demand_sound_environment(malformed(settings.PROBLEMS, os.environ))
        if "MAKELEVEL" in os.environ:
            end_with_parent()
        supervisor = Supervisor(checkout, say=self._say, page_files=fingerprint_of_page_files)
        try:
            supervisor.run(port)
        except Ended:
            return

    def _forget(self, checkout: Path) -> None:
        for folder in forget(checkout):
            self._say(f"Removed {folder}")

    def _say(self, sentence: str) -> None:
        # The terminal, or what reads our output, may be gone; everything still ends in order.
        with suppress(OSError):
            self.stdout.write(f"==> {sentence}")
            self.stdout.flush()


def fingerprint_of_page_files() -> str:
    """Changes when any file that a page may ask for does."""
    total = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            total.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return total.hexdigest()
