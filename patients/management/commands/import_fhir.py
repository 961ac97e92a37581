"""``manage.py import_fhir FILE|DIR… --site CODE``: Bundles from files, through the same door as over HTTP.

Each file holds one Bundle (``.json``) or one a line (``.ndjson``); each Bundle is of one patient, taken or refused as
a whole, and refusing one keeps none of the others out. Sending the same again changes nothing. Entries that were kept
but could not be read are listed, each with its place and reason. ``--by`` says in whose name it is done.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from patients.actions import Attribution, receive_bundle
from patients.actions.sources import BY_COMMAND
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import Refused
from patients.management.progress import Progress
from patients.stored import BY_FORM
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

NDJSON = ".ndjson"


class Sent(NamedTuple):
    """One Bundle, where it stands, or why it could not be read at all."""

    place: str
    raw: bytes
    fault: str = ""


@dataclass
class Report:
    """What became of everything so far."""

    counts: dict[str, int] = field(
        default_factory=lambda: {"received": 0, "stored": 0, "unchanged": 0, "refused": 0}
    )
    refusals: list[dict[str, str]] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)
    """Entries of Bundles that were taken, kept as they came and used for nothing."""

    def add(self, outcome: str) -> None:
        self.counts["received"] += 1
        self.counts[outcome] += 1


class Command(BaseCommand):
    help = "Store FHIR Bundles from files as records of one site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", metavar="FILE|DIR", help="JSON or NDJSON files, or folders of them"
        )
        parser.add_argument("--site", required=True, metavar="CODE", help="whose records they are")
        parser.add_argument(
            "--source", default=BY_COMMAND, metavar="NAME", help="the system they come from"
        )
        parser.add_argument(
            "--on", metavar="DATE", help="the day of receipt (today at the site), as 2026-11-25"
        )
        parser.add_argument(
            "--by", metavar="ACCOUNT", help="the person in whose name it is done, by user name"
        )
        parser.add_argument("--json", action="store_true", help="the outcome as one JSON object")

    def handle(self, *, paths: list[str], **options: Any) -> None:
        site = Site.objects.filter(code=options["site"]).first()
        if site is None:
            raise CommandError(f"No site has the code “{options['site']}”.", returncode=2)
        source = _source(options["source"].strip())
        by = Attribution(person=_person(options["by"]))
        received_on = _day(options["on"]) or timezone.localdate(timezone=site.zone)
        files = list(_files(paths))
        progress = Progress(self.stderr, total=sum(_size(file) for file in files))
        report = Report()
        for file in files:
            for sent in _bundles(file):
                _store(sent, site, source, by, received_on, report)
                progress.add(len(sent.raw), f"{report.counts['received']} received")
        progress.close()
        self._tell(report, as_json=options["json"])
        if report.counts["refused"]:
            sys.exit(1)

    def _tell(self, report: Report, *, as_json: bool) -> None:
        if as_json:
            document = {**report.counts, "refusals": report.refusals, "unread": report.unread}
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        for one in report.refusals:
            where = f"{one['file']}: {one['place']}" if one["place"] else one["file"]
            self.stderr.write(f"{where}: {one['detail']}")
        for one in report.unread:
            self.stderr.write(f"{one['file']}: kept but not read: {one['detail']}")
        self.stdout.write(
            "{received} received = {stored} stored + {unchanged} unchanged + {refused} refused".format(
                **report.counts
            )
        )
        if report.unread:
            self.stdout.write(f"{len(report.unread)} entries were kept but could not be read")


def _source(name: str) -> str:
    if not name or len(name) > 100:
        raise CommandError("--source is a name of 1 to 100 characters.", returncode=2)
    if name == BY_FORM:
        raise CommandError(f"--source “{name}” is kept for what is entered by form.", returncode=2)
    return name


def _person(name: str | None) -> Account | None:
    if name is None:
        return None
    person = Account.objects.filter(username=name.strip().lower(), is_active=True).first()
    if person is None:
        raise CommandError(f"There is no active account “{name}”.", returncode=2)
    return person


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise CommandError(f"{text!r} is not a date; write it as 2026-11-25.", returncode=2)
    return day


def _files(paths: list[str]) -> Iterator[Path]:
    """The files named, and those of folders in the order of their names."""
    for name in paths:
        path = Path(name)
        if not path.is_dir():
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if p.suffix in (".json", NDJSON) and p.is_file())
        if not found:
            raise CommandError(f"There are no .json or .ndjson files in {name}.", returncode=2)
        yield from found


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _bundles(file: Path) -> Iterator[Sent]:
    try:
        if file.suffix != NDJSON:
            yield Sent(str(file), file.read_bytes())
            return
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield Sent(f"{file}, line {number}", line)
    except OSError as fault:
        yield Sent(str(file), b"", f"The file cannot be read: {fault.strerror}.")


def _store(
    sent: Sent, site: Site, source: str, by: Attribution, received_on: date, report: Report
) -> None:
    """Keep one Bundle, and report what became of it."""
    if sent.fault:
        report.refusals.append(
            {"file": sent.place, "place": "", "code": "no-file", "detail": sent.fault}
        )
        report.add("refused")
        return
    try:
        with use_sites([site.pk]):
            receipt = receive_bundle(
                sent.raw, site=site, source=source, by=by, received_on=received_on
            )
    except Refused as refused:
        report.refusals += [{"file": sent.place, **issue._asdict()} for issue in refused.issues]
        report.add("refused")
        return
    if receipt.account.by_outcome.get("unread"):
        report.unread += _unread(sent, site, received_on)
    report.add("stored" if receipt.changed else "unchanged")


def _unread(sent: Sent, site: Site, received_on: date) -> Iterator[dict[str, str]]:
    """The entries of a Bundle that cannot be read; the detail begins with the place."""
    intake = read_bundle(strict_json.parse(sent.raw), received_on=received_on, zone=site.zone)
    for notice in intake.facts.notices:
        if notice.kind == "unread":
            yield {"file": sent.place, "code": notice.reason, "detail": notice.detail}
