"""What sealing and unsealing have in common at the command line."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trialscreen.wiring.backups.sealing import NotSealed

STREAM = "-"


class SealCommand(BaseCommand, ABC):
    """From one file to another, which appears only when all of it is there."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FROM")
        parser.add_argument("target", metavar="TO")

    @abstractmethod
    def work(self, *given: Any) -> None:
        """Read the first, write the second, with the key that is the third."""

    def handle(self, *args: Any, **options: Any) -> None:
        source, target = options["source"], options["target"]
        unfinished = Path(f"{target}.unfinished")
        try:
            with ExitStack() as stack:
                read = (
                    sys.stdin.buffer
                    if source == STREAM
                    else stack.enter_context(Path(source).open("rb"))
                )
                write = (
                    sys.stdout.buffer
                    if target == STREAM
                    else stack.enter_context(unfinished.open("wb"))
                )
                self.work(read, write, os.environ.get("BACKUP_KEY", ""))
            if target != STREAM:
                unfinished.replace(target)
        except (NotSealed, ValueError, OSError) as fault:
            unfinished.unlink(missing_ok=True)
            raise CommandError(str(fault)) from fault
