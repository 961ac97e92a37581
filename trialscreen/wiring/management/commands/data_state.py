"""``manage.py data_state [--compare FILE]``: what the database holds, to hold a restored one against."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trialscreen.wiring.backups.state import differences, state
from trialscreen.wiring.owner import as_owner


class Command(BaseCommand):
    help = (
        "Print, as JSON, rows and a sum of every table and the ends of the trail; or compare them with an earlier "
        "print. Exits with 0 if they are the same, 1 if not, 2 if they could not be compared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--compare", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            now = state()
        path: Path | None = options["compare"]
        if path is None:
            self.stdout.write(json.dumps(now, indent=1))
            return
        try:
            before = json.loads(path.read_text())
            found = differences(before, now)
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise CommandError(f"{path} cannot be read: {fault}", returncode=2) from fault
        for line in found:
            self.stdout.write(self.style.ERROR(line))
        if found:
            sys.exit(1)
        rows = sum(count for count, _ in now["tables"].values())
        self.stdout.write(f"The same: {rows} rows in {len(now['tables'])} tables.")
