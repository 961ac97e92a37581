"""No cell becomes a formula, in a CSV file or in a workbook."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from eligibility.reports.spreadsheets import as_csv, as_xlsx, harmless, write_csv

HOSTILE = (
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
)
MADE = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


def workbook(*cells: object) -> zipfile.ZipFile:
    raw = as_xlsx(["a"], [[cell] for cell in cells], title="Log", about=[("=x", "=y")], made=MADE)  # type: ignore[list-item]
    return zipfile.ZipFile(io.BytesIO(raw))


@pytest.mark.requirement(61)
@pytest.mark.parametrize("cell", HOSTILE)
def test_a_hostile_cell_stays_text(cell: str) -> None:
    (row,) = list(csv.reader(io.StringIO(as_csv([cell], []).decode("utf-8-sig"), newline="")))
    assert row == [f"'{cell}"]
    book = workbook(cell)
    for name in book.namelist():
        assert b"<f>" not in book.read(name)
    assert "'" in book.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize("cell", ["", "Amélie", "3-17", "a=b", "1 Sep 2026", "≥ 100"])
def test_an_honest_cell_is_left_alone(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.requirement(61)
def test_csv_begins_with_a_mark_and_writes_iso_days() -> None:
    raw = as_csv(["Number", "Day", "None"], [["Zoë", date(2026, 9, 1), None], [3, "a,b", '"']])
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig") == 'Number,Day,None\r\nZoë,2026-09-01,\r\n3,"a,b",""""\r\n'


def test_a_number_below_zero_is_a_number_and_a_day_a_day() -> None:
    assert as_csv([], [[-3]]).endswith(b"-3\r\n")
    sheet = workbook(-3, date(2026, 9, 1)).read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r"<v>-3</v>", sheet)
    assert re.search(r"<v>46266</v>", sheet)


def test_the_same_table_made_at_the_same_moment_is_the_same_file() -> None:
    one, other = (as_xlsx(["a"], [["b"]], title="Log", about=[], made=MADE) for _ in range(2))
    assert one == other


def test_a_long_table_is_written_row_by_row_and_never_held() -> None:
    out = io.BytesIO()
    written: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(4):
            written.append(out.tell())
            yield [f"={number}", "é"]

    assert write_csv(out, ["a", "b"], rows()) == 4
    assert written == sorted(set(written))
    assert out.getvalue() == as_csv(["a", "b"], [[f"={number}", "é"] for number in range(4)])
