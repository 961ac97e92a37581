"""``manage.py import_file FILE… --site CODE --source NAME [--approve]``: the same import as on the page.

The files are checked here and now; with ``--approve`` what can be stored is stored at once, as received today. Ends
with 0 when every line was taken, 1 when lines were refused, 2 when nothing could be read.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from patients import imported
from patients.actions import Attribution
from patients.actions.importing.deciding import NotNow, approve
from patients.actions.importing.uploading import PIECE, Sent, upload
from patients.actions.importing.working import work
from patients.actions.sources import BY_COMMAND
from patients.intake.problems import Refused
from patients.models import Import
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

COUNTS = ("received", "stored", "unchanged", "refused")


class Command(BaseCommand):
    help = (
        "Import a CSV file of results, or NDJSON files of FHIR resources, as records of one site."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="they may be packed with gzip")
        parser.add_argument("--site", required=True, metavar="CODE", help="whose records they are")
        parser.add_argument(
            "--source",
            default=BY_COMMAND,
            metavar="NAME",
            help="the system whose patients they are",
        )
        parser.add_argument(
            "--system", default="", metavar="URI", help="of the numbers in patient_id (CSV)"
        )
        parser.add_argument("--by", metavar="ACCOUNT", help="the person in whose name it is done")
        parser.add_argument("--approve", action="store_true", help="store what can be stored")
        parser.add_argument("--json", action="store_true", help="the outcome as one JSON object")

    def handle(self, *, files: list[str], **options: Any) -> None:
        site = Site.objects.filter(code=options["site"]).first()
        if site is None:
            raise CommandError(f"No site has the code “{options['site']}”.", returncode=2)
        by = Attribution(person=_person(options["by"]))
        job = _uploaded(files, site, options["source"], options["system"], by)
        work(job.pk, site=site.pk, now=timezone.now)
        if options["approve"]:
            _store(job, site, by)
        with use_sites([site.pk]):
            job = Import.objects.get(pk=job.pk)
            self._tell(job, as_json=options["json"])
        if job.state == Import.State.FAILED:
            sys.exit(2)
        if job.refused:
            sys.exit(1)

    def _tell(self, job: Import, *, as_json: bool) -> None:
        counts = {name: getattr(job, name) for name in COUNTS}
        if as_json:
            told = {"id": str(job.pk), "state": job.state, "failure": job.failure, **counts}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in imported.refusals_of(job).iterator(chunk_size=500):
            for fault in one.faults:
                where = f", {fault['column']}" if fault["column"] else ""
                self.stderr.write(f"line {one.line}{where}: {fault['detail']}")
        if job.failure:
            self.stderr.write(job.failure)
        self.stdout.write(f"{job.pk}: {job.get_state_display()}")
        self.stdout.write(
            "{received} received = {stored} stored + {unchanged} unchanged + {refused} refused"
            " + {left} to approve".format(**counts, left=2 * job.received - sum(counts.values()))
        )


def _uploaded(files: list[str], site: Site, source: str, system: str, by: Attribution) -> Import:
    try:
        sent = [Sent(Path(name).name, _read(Path(name))) for name in files]
        with use_sites([site.pk]):
            return upload(sent, site=site, source=source, system=system, by=by)
    except OSError as fault:
        raise CommandError(f"{fault.filename}: {fault.strerror}", returncode=2) from None
    except Refused as refused:
        raise CommandError(str(refused), returncode=2) from None


def _store(job: Import, site: Site, by: Attribution) -> None:
    today = timezone.localdate(timezone=site.zone)
    try:
        with use_sites([site.pk]):
            approve(Import.objects.get(pk=job.pk), by=by, on=today, at=timezone.now())
    except NotNow:
        return  # the outcome says why
    work(job.pk, site=site.pk, now=timezone.now)


def _read(file: Path) -> Iterator[bytes]:
    with file.open("rb") as held:
        while piece := held.read(PIECE):
            yield piece


def _person(name: str | None) -> Account | None:
    if name is None:
        return None
    person = Account.objects.filter(username=name.strip().lower(), is_active=True).first()
    if person is None:
        raise CommandError(f"There is no active account “{name}”.", returncode=2)
    return person
