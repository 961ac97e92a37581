"""``manage.py verify_audit``: is the audit trail, or a file of it, what was written, and all of it?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trialscreen.institution.trail.exporting import Reread, verify_export
from trialscreen.institution.trail.verifying import Fault, Head, Verified, read_heads, verify

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
        parser.add_argument(
            "--export",
            type=Path,
            metavar="FILE",
            help="verify this exported file (JSON lines) instead, without the database",
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
        faults = self._of_file(options, kept) if options["export"] else self._of_all(options, kept)
        if faults:
            sys.exit(1)

    def _of_all(self, options: dict[str, Any], kept: list[Head]) -> list[Fault]:
        found = verify(kept)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found, len(kept))))
        else:
            self._tell(found, len(kept))
        return found.faults

    def _of_file(self, options: dict[str, Any], kept: list[Head]) -> list[Fault]:
        try:
            found = verify_export(options["export"], kept)
        except (OSError, ValueError) as fault:
            raise CommandError(str(fault), returncode=2) from fault
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
            return found.faults
        self._name(found.faults)
        self.stdout.write(_in_words(found))
        if not found.faults:
            self.stdout.write(self.style.SUCCESS("What is in the file is as it was sealed."))
        return found.faults

    def _name(self, faults: list[Fault]) -> None:
        for fault in faults[:SHOWN]:
            self.stdout.write(self.style.ERROR(str(fault)))
        if len(faults) > SHOWN:
            self.stdout.write(f"... and {len(faults) - SHOWN} more")

    def _tell(self, found: Verified, kept: int) -> None:
        self._name(found.faults)
        looked = f"{found.entries} entries in {found.links} links of {len(found.heads)} chains"
        self.stdout.write(f"{looked}, against {kept} heads kept elsewhere.")
        if not kept:
            self.stdout.write(
                "Without heads kept elsewhere an end that was cut off cannot be found."
            )
        if not found.faults:
            self.stdout.write(self.style.SUCCESS("The trail is whole."))


def _in_words(found: Reread) -> str:
    said = f"{found.entries} entries in {found.links} links, {found.whole} of them whole"
    if found.whole < found.links:
        said += (
            " (of the others the filter left out entries: their places in the chain were verified)"
        )
    return f"{said}; {found.compared} compared with heads kept elsewhere."


def _as_json(found: Verified, kept: int) -> dict[str, Any]:
    return {
        "entries": found.entries,
        "links": found.links,
        "heads": [head._asdict() for head in found.heads.values()],
        "heads_kept": kept,
        "faults": [fault._asdict() for fault in found.faults],
    }
