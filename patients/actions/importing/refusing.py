"""Keeping what was refused, as it was sent, with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patients.intake.csv.rows import Fault
from patients.models import Import, ImportRefusal

Refusing = tuple[int, int, str, Sequence[Fault]]
"""Number of the file, number of the line, the line, and why."""


def refuse_lines(job: Import, lines: Iterable[Refusing], *, after_approval: bool = False) -> None:
    ImportRefusal.objects.bulk_create(
        ImportRefusal(
            site_id=job.site_id,
            job=job,
            file=file,
            line=line,
            text=text,
            faults=[_storable(fault) for fault in faults],
            after_approval=after_approval,
        )
        for file, line, text, faults in lines
    )


def _storable(fault: Fault) -> dict[str, str]:
    """Without what PostgreSQL keeps in no JSON: a NUL, half of a surrogate pair."""
    return {
        name: said.encode(errors="replace").decode().replace("\0", "\N{SYMBOL FOR NULL}")
        for name, said in fault._asdict().items()
    }
