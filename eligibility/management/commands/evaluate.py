"""``manage.py evaluate FILE… [--on DATE] [--json]``: the checklist of one patient a file, nothing stored.

Needs no database, no server and no secret.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from eligibility.answers import to_json
from eligibility.api.problems import problem_document
from eligibility.dryrun import answer_document
from eligibility.presenters.terminal import checklist
from eligibility.protocols import trials
from patients.intake.problems import Issue, Refused


def calendar_date(text: str) -> date:
    """A day given by hand, written 2026-11-25 and nothing else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ArgumentTypeError(f"{text!r} is not a date; write it as 2026-11-25")
    return day


class Command(BaseCommand):
    help = "Evaluate FHIR Bundles (or requests around them) against a trial; nothing is stored."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="JSON files; - for standard input"
        )
        parser.add_argument(
            "--on", type=calendar_date, metavar="DATE", help="the day of registration"
        )
        parser.add_argument("--trial", default="NCT00514085", help="registry number (%(default)s)")
        parser.add_argument(
            "--json", action="store_true", help="one answer per line, in this order"
        )
        parser.add_argument(
            "--timeline", action="store_true", help="with --json: the days ahead too"
        )

    def handle(self, *, files: list[str], **options: Any) -> None:
        failed = False
        if options["trial"] not in trials():
            raise CommandError(f"No protocol is encoded for {options['trial']}.", returncode=2)
        for name in files:
            try:
                found = answer_document(
                    _read(name),
                    trial=options["trial"],
                    on=options["on"],
                    today=_today,
                    timeline=options["timeline"],
                )
            except Refused as refused:
                failed = True
                self._refuse(name, refused, as_json=options["json"])
                continue
            self.stdout.write(to_json(found) if options["json"] else checklist(found, name))
        if failed:
            sys.exit(1)

    def _refuse(self, name: str, refused: Refused, *, as_json: bool) -> None:
        problem = problem_document(refused, instance=name)
        if as_json:
            self.stdout.write(to_json({"error": problem}))
            return
        self.stderr.write(f"{name}: {problem['title']}")
        for issue in refused.issues:
            self.stderr.write(f"  {issue.place or 'whole document'}: {issue.detail}")


def _read(name: str) -> bytes:
    """The bytes of a file; what cannot be opened is refused like any other bad input."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as fault:
        detail = f"The file cannot be read: {fault.strerror}."
        raise Refused((Issue("", "no-file", detail),)) from None


def _today(zone: ZoneInfo) -> date:
    return datetime.now(zone).date()
