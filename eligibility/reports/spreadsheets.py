"""Tables as CSV and as XLSX that no spreadsheet program takes for formulas.

A cell that begins like a formula gets an apostrophe before it, in both forms: a workbook may be saved as CSV later.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import IO

import xlsxwriter

Cell = str | int | date | None
_LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a formula begins, also in full-width characters, and what hides its beginning."""
_LONGEST = 32_767
"""Characters in a cell of a workbook."""


def harmless(text: str) -> str:
    """The text, which no program reads as a formula."""
    return f"'{text}" if text.startswith(_LEADS) or text.lstrip().startswith(_LEADS) else text


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheet programs need; days as ISO dates."""
    out = io.BytesIO()
    write_csv(out, heads, rows)
    return out.getvalue()


def write_csv(out: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """The same into a file, row by row, however many there are. Gives how many there were."""
    out.write(b"\xef\xbb\xbf")
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    written = -1
    for row in chain([heads], rows):
        written += 1
        writer.writerow([_written(cell) for cell in row])
        out.write(line.getvalue().encode())
        line.seek(0)
        line.truncate()
    return written


def as_xlsx(
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str,
    about: Iterable[tuple[str, str]],
    made: datetime,
) -> bytes:
    """A workbook of two sheets: the table, and what it is. `made` is the moment it says it was made."""
    out = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **never})
    book.set_properties({"title": title, "created": made.astimezone(UTC).replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    sheet = book.add_worksheet(title[:31])
    for column, head in enumerate(heads):
        sheet.write_string(0, column, harmless(head), bold)
        sheet.set_column(column, column, max(11, min(28, len(head) + 2)))
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(last, column, harmless(cell)[:_LONGEST])
            elif isinstance(cell, date):
                sheet.write_datetime(last, column, datetime.combine(cell, time()), day)
            elif cell is not None:
                sheet.write_number(last, column, cell)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    notes = book.add_worksheet("About")
    notes.set_column(0, 1, 30)
    for line, (name, value) in enumerate(about):
        notes.write_string(line, 0, harmless(name), bold)
        notes.write_string(line, 1, harmless(value))
    book.close()
    return out.getvalue()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else str(cell)
