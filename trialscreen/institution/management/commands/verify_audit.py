"""``manage.py verify_audit``: is the audit trail what was written, and all of it?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trialscreen.institution.trail.verifying import Verified, read_heads, verify

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Work out every seal of the audit trail again, and hold its ends against the copies kept elsewhere. "
        "Exits with 0 if the trail is whole, 1 if it is not, 2 if it could not be looked at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads",
            type=Path,
            metavar="FILE",
            default=settings.TRAIL_HEADS_FILE,
            help="the copies of the ends; usually the setting TRAIL_HEADS_FILE",
        )
        parser.add_argument("--json", action="store_true", help="the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["heads"]
        try:
            kept = read_heads(path) if path else []
        except (OSError, ValueError) as fault:
            raise CommandError(str(fault), returncode=2) from fault
        if path and not path.exists():
            raise CommandError(f"{path}: there is no such file", returncode=2)
        found = verify(kept)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found, len(kept))))
        else:
            self._tell(found, len(kept))
        if found.faults:
            sys.exit(1)

    def _tell(self, found: Verified, kept: int) -> None:
        for fault in found.faults[:SHOWN]:
            self.stdout.write(self.style.ERROR(str(fault)))
        if len(found.faults) > SHOWN:
            self.stdout.write(f"... and {len(found.faults) - SHOWN} more")
        looked = f"{found.entries} entries in {found.links} links of {len(found.heads)} chains"
        self.stdout.write(f"{looked}, against {kept} heads kept elsewhere.")
        if not kept:
            self.stdout.write(
                "Without heads kept elsewhere an end that was cut off cannot be found."
            )
        if not found.faults:
            self.stdout.write(self.style.SUCCESS("The trail is whole."))


def _as_json(found: Verified, kept: int) -> dict[str, Any]:
    return {
        "entries": found.entries,
        "links": found.links,
        "heads": [head._asdict() for head in found.heads.values()],
        "heads_kept": kept,
        "faults": [fault._asdict() for fault in found.faults],
    }
