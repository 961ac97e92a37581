"""``manage.py generate_docs [--check]``: write the documents that are generated from the code, or compare them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from eligibility.documentation import DOCUMENTS


class Command(BaseCommand):
    help = "Write the documents generated from the code; with --check only compare them."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="exit with 1 where one is out of date"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        stale = []
        for name, write in DOCUMENTS.items():
            path = Path(settings.BASE_DIR) / name
            text = write()
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"wrote {name}")
        if check and stale:
            self.stderr.write(f"Out of date: {', '.join(stale)}. Run manage.py generate_docs.")
            sys.exit(1)
        if check:
            self.stdout.write(f"{len(DOCUMENTS)} generated documents are up to date")
