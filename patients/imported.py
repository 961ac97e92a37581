"""What is known of imports, for those who may see a site's patients."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet, Sum

from patients.intake.csv.rows import Row, rows
from patients.intake.lines import Line
from patients.models import Import, ImportFile, ImportRefusal, PatientIdentifier


class Refused(NamedTuple):
    """A refused line beside its reasons; `cells` are those of its columns, empty where the row has none."""

    file: int
    line: int
    text: str
    cells: tuple[str, ...]
    faults: list[dict[str, str]]
    after_approval: bool


def imports_of(site_ids: Collection[int]) -> QuerySet[Import]:
    rows = Import.objects.filter(site_id__in=site_ids)
    return rows.select_related("site", "person", "approved_by").order_by("-created_at", "pk")


def files_of(job: Import) -> QuerySet[ImportFile]:
    return ImportFile.objects.filter(job=job, site_id=job.site_id).order_by("number")


def size_of(job: Import) -> int:
    """Bytes as they were sent."""
    return files_of(job).aggregate(all=Sum("size"))["all"] or 0


def refusals_of(job: Import) -> QuerySet[ImportRefusal]:
    return ImportRefusal.objects.filter(job=job, site_id=job.site_id).order_by("file", "line")


def columns_of(job: Import) -> list[str]:
    """Of CSV, its header."""
    first = files_of(job).first()
    return first.columns if first is not None else []


def side_by_side(refused: ImportRefusal, columns: list[str]) -> Refused:
    cells = cells_of(refused.text) if columns else ()
    if len(cells) != len(columns):
        cells = ()
    told = refused.file, refused.line, refused.text, cells
    return Refused(*told, refused.faults, refused.after_approval)


def cells_of(text: str) -> tuple[str, ...]:
    """The cells of a row as it was sent; empty where it cannot be read."""
    lines = [Line(number, one.encode()) for number, one in enumerate(text.split("\n"), start=2)]
    found = next(rows(lines), None)
    return found.cells if isinstance(found, Row) and found.text == text else ()


def refused_table(job: Import) -> tuple[list[str], Iterator[list[str]]]:
    """Refused lines as a table: CSV in the columns of its own file, so that it can be corrected and sent again."""
    columns = columns_of(job)
    names = {file.number: file.name for file in files_of(job)}
    if job.kind == Import.Kind.CSV:
        return [*columns, *_OF_CSV], _csv_rows(job, columns)
    return list(_OF_NDJSON), _ndjson_rows(job, names)


_OF_CSV = ("refused_line", "refused_columns", "refused_reasons", "refused_text")
_OF_NDJSON = ("file", "line", "places", "reasons", "resource")


def _csv_rows(job: Import, columns: list[str]) -> Iterator[list[str]]:
    for one in refusals_of(job).iterator(chunk_size=500):
        shown = side_by_side(one, columns)
        text = "" if shown.cells else one.text
        cells = list(shown.cells) or [""] * len(columns)
        yield [*cells, str(one.line), _joined(one, "column"), _joined(one, "detail"), text]


def _ndjson_rows(job: Import, names: dict[int, str]) -> Iterator[list[str]]:
    for one in refusals_of(job).iterator(chunk_size=500):
        where = names.get(one.file, ""), str(one.line)
        yield [*where, _joined(one, "column"), _joined(one, "detail"), one.text]


def _joined(refusal: ImportRefusal, part: str) -> str:
    said = dict.fromkeys(fault[part] for fault in refusal.faults if fault[part])
    return " ".join(said) if part == "detail" else ", ".join(said)


def sources_of(site_ids: Collection[int]) -> list[str]:
    """The sources by which patients of sites are known: a step of the index for each, however many patients."""
    sql = """
        WITH RECURSIVE each(source) AS (
            (SELECT min(source) FROM {table} WHERE site_id = %s)
            UNION ALL
            SELECT (SELECT min(source) FROM {table} WHERE site_id = %s AND source > each.source)
            FROM each WHERE each.source IS NOT NULL
        )
        SELECT source FROM each WHERE source IS NOT NULL
    """.replace("{table}", PatientIdentifier._meta.db_table)
    found: set[str] = set()
    with connection.cursor() as cursor:
        for site in site_ids:
            cursor.execute(sql, [site, site])
            found.update(row[0] for row in cursor.fetchall())
    return sorted(found)
