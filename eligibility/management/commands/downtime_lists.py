"""``manage.py downtime_lists FOLDER``: a worklist on paper of every site, for a job that runs each night."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from eligibility.reports.typeset import pdf
from eligibility.views.downtime import PAPER, paper_of
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.actions import Word, note

NAME = "downtime-{site}.pdf"
DAY = 24 * 60 * 60


class Command(BaseCommand):
    help = (
        "Write the worklist of every site to FOLDER as PDF, each in place of the one before; files of sites that "
        "have had none for --keep days are removed. They name patients: put FOLDER on an encrypted disk."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--keep", type=int, default=3, metavar="DAYS")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder}: there is no such folder")
        for site in Site.objects.order_by("code"):
            with use_sites([site.pk]):
                now = timezone.now()
                paper = paper_of([site], by="the nightly job", me=None, at=now)
                note(
                    Word.EXPORTED,
                    about="downtime-list",
                    site=site.pk,
                    circumstances={"rows": len(paper["rows"])},
                )
                _write(folder / NAME.format(site=site.code), pdf(PAPER, paper, made=now))
            self.stdout.write(f"{site.code}: {len(paper['rows'])} open screenings")
        for old in folder.glob(NAME.format(site="*")):
            if old.stat().st_mtime < time.time() - options["keep"] * DAY:
                old.unlink()


def _write(path: Path, content: bytes) -> None:
    """Readable to who runs this alone, and there is never half a file under the name."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    unfinished.replace(path)
