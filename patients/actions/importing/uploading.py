"""Taking files in: told by their content, and kept in pieces under no name of theirs."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Q

from patients.actions.importing.telling import tell_of_work
from patients.actions.receive import Attribution
from patients.intake.lines import GZIP, unpacked
from patients.intake.problems import Refused, refuse
from patients.models import Import, ImportFile, ImportPiece
from patients.stored import BY_FORM
from trialscreen.institution.models import Site

PIECE: Final = 256 * 1024
MOST_FILES: Final = 50
LONGEST_SOURCE: Final = 100
_HEAD: Final = 4096
"""Bytes of content by which a file is told."""
_NOT_OURS: Final = (
    (b"PK\x03\x04", "It is a ZIP file or a workbook: save the sheet as CSV, or unpack it."),
    (b"%PDF", "It is a PDF."),
    (b"\xd0\xcf\x11\xe0", "It is a document of an office program: save the sheet as CSV."),
    (codecs.BOM_UTF16_LE, "It is UTF-16 text: save it as UTF-8."),
    (codecs.BOM_UTF16_BE, "It is UTF-16 text: save it as UTF-8."),
)


class Sent(NamedTuple):
    """A file as it arrives: what its sender calls it, and its content in pieces."""

    name: str
    pieces: Iterable[bytes]


def upload(
    files: Iterable[Sent], *, site: Site, source: str, system: str, by: Attribution
) -> Import:
    """Keep files as one import of a site, to be checked: one CSV file, or any number of NDJSON files.

    Raises:
        Refused: none of it was kept; the place is the name of the file or of the field.
    """
    with transaction.atomic():
        job = Import(
            site=site,
            source=_source(source),
            system=_system(system),
            client=by.client,
            person=by.person,
        )
        kinds: list[str] = []
        for number, sent in enumerate(files):
            if number == MOST_FILES:
                raise refuse("", "too-many-files", f"At most {MOST_FILES} files are one import.")
            pieces = iter(_cut(sent.pieces))
            head = next(pieces, b"")
            kinds.append(kind_of(head, _shown(sent.name)))
            if number == 0:
                job.kind = kinds[0]
                job.save(force_insert=True)
            _keep(job, number, sent.name, head, pieces)
        _check_kinds(kinds)
        tell_of_work(job)
    return job


def kind_of(head: bytes, name: str = "") -> str:
    """What a file is by how its content begins, unpacked if it is packed.

    Raises:
        Refused: it is neither CSV nor NDJSON.
    """
    for mark, said in _NOT_OURS:
        if head.startswith(mark):
            raise refuse(name, "not-text", said)
    try:
        text = next(unpacked(iter([head + b""])), b"") if head.startswith(GZIP) else head
    except Refused as refused:
        raise refuse(name, refused.issues[0].code, refused.issues[0].detail) from None
    text = text[:_HEAD].removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        raise refuse(name, "empty", "The file is empty.")
    if b"\0" in text:
        raise refuse(name, "not-text", "The file is not text.")
    if text.lstrip().startswith(b"["):
        raise refuse(
            name, "not-text", "The file is a JSON list: NDJSON has a resource on each line."
        )
    return Import.Kind.NDJSON if text.lstrip().startswith(b"{") else Import.Kind.CSV


def sent_before(job: Import) -> Import | None:
    """The earlier import of the site that had one of these very files, if it was not discarded."""
    digests = ImportFile.objects.filter(job=job).values("digest")
    ended = (Import.State.DISCARDED, Import.State.FAILED)
    others = Import.objects.filter(
        Q(created_at__lt=job.created_at), site_id=job.site_id, files__digest__in=digests
    )
    return others.exclude(pk=job.pk).exclude(state__in=ended).order_by("-created_at").first()


def _keep(job: Import, number: int, name: str, head: bytes, pieces: Iterator[bytes]) -> None:
    digest, size = sha256(), 0
    for place, piece in enumerate(_with(head, pieces)):
        digest.update(piece)
        size += len(piece)
        ImportPiece.objects.create(
            site_id=job.site_id, job=job, file=number, number=place, content=piece
        )
    ImportFile.objects.create(
        site_id=job.site_id,
        job=job,
        number=number,
        name=_shown(name),
        digest=digest.hexdigest(),
        size=size,
    )


def _with(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from pieces


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same content in pieces of one size, but for the last."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def _check_kinds(kinds: list[str]) -> None:
    if not kinds:
        raise refuse("files", "empty", "No file was sent.")
    if len(kinds) > 1 and set(kinds) != {Import.Kind.NDJSON}:
        said = "One CSV file is one import; several files are FHIR resources as NDJSON."
        raise refuse("files", "mixed-files", said)


def _source(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_SOURCE or not name.isprintable():
        said = f"The name of a source has 1 to {LONGEST_SOURCE} characters."
        raise refuse("source", "not-a-source", said)
    if name == BY_FORM:
        raise refuse("source", "not-a-source", f"“{name}” is kept for what is entered by form.")
    return name


def _system(name: str) -> str:
    name = name.strip()
    if len(name) > 300 or not name.isprintable():
        raise refuse("system", "not-a-system", "The system of a number has at most 300 characters.")
    return name


def _shown(name: str) -> str:
    """A file's name as its sender has it, to be shown: without folders and without what cannot be printed."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    plain = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in last
    )
    return plain.encode(errors="replace").decode()[:200]
