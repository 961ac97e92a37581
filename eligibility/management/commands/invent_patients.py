"""Write the invented patients to files, for a tour of the product or for load tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility.demonstration import bundle, catalogue, document, to_json


class Command(BaseCommand):
    """`manage.py invent_patients DIR --on DATE [--bundles-only]`."""

    help = "Write one JSON file per invented patient, with dates relative to the given day."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", metavar="DIR", type=Path)
        parser.add_argument("--on", required=True, metavar="DATE", help="the day, as 2026-12-03")
        parser.add_argument(
            "--bundles-only",
            action="store_true",
            help="write bare FHIR Bundles, without the answers people gave",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        on = _date(options["on"])
        write = bundle if options["bundles_only"] else document
        try:
            directory.mkdir(parents=True, exist_ok=True)
            for invented in catalogue():
                path = directory / f"{invented.key}.json"
                path.write_text(to_json(write(invented.key, on=on)), encoding="utf-8")
        except OSError as trouble:
            raise CommandError(f"cannot write to {directory}: {trouble.strerror}") from trouble
        self.stdout.write(f"{len(catalogue())} invented patients in {directory}, as of {on}")


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as trouble:
        raise CommandError(f"{text} is no date; write it as 2026-12-03") from trouble
    if day.isoformat() != text:
        raise CommandError(f"{text} is not written as year-month-day; write it as 2026-12-03")
    return day
