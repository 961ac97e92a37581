"""A hospital's map as a file: UTF-8 CSV with a line of column names, read strictly and in full."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from patients.codes.local_rows import COLUMNS, Line, Problem, Refused, Row

LARGEST: Final = 4_000_000
"""Bytes of a file."""
MOST_LINES: Final = 20_000
_NEEDED: Final = ("code", "target_system", "target_code")


def read_file(content: bytes) -> tuple[Row, ...]:
    """The lines of a file, not yet checked for what they say. Line 1 holds the names of the columns.

    Raises:
        Refused: it is no such file; with the line of each fault.
    """
    text = _text(content)
    rows: list[Row] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip().casefold() for name in next(reader, [])]
        _demand_columns(head)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(head):
                problems.append(_wrong_width(reader.line_num, len(cells), len(head)))
                continue
            if len(rows) == MOST_LINES:
                raise Refused(
                    [Problem(0, "", "too-many", f"A file has at most {MOST_LINES} lines.")]
                )
            said = dict(zip(head, cells, strict=True))
            rows.append(Row(reader.line_num, *(said.get(name, "") for name in COLUMNS)))
    except csv.Error as fault:
        said_so = f"This is not CSV as it is read here: {fault}."
        raise Refused([Problem(reader.line_num, "", "not-csv", said_so)]) from None
    if problems:
        raise Refused(problems)
    return tuple(rows)


def write_file(lines: Iterable[Line]) -> str:
    """A map as such a file, which reads back to the same lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for display, comment, read in ((one.display, one.comment, one.read) for one in lines):
        writer.writerow(
            (read.system, read.code, display, read.target_system, read.target_code, comment)
        )
    return out.getvalue()


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        sentence = f"A file has at most {LARGEST // 1_000_000} MB."
        raise Refused([Problem(0, "", "too-large", sentence)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        sentence = "The file is not UTF-8: save it as “CSV UTF-8”."
        raise Refused([Problem(line, "", "not-utf-8", sentence)]) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Refused([Problem(line, "", "bad-character", "The file holds a NUL character.")])
    return text


def _demand_columns(head: Sequence[str]) -> None:
    problems = []
    if len(head) == 1 and (";" in head[0] or "\t" in head[0]):
        sentence = "The columns are separated by something else than a comma."
        raise Refused([Problem(1, "", "not-comma", sentence)])
    for name in sorted(set(head)):
        if name not in COLUMNS:
            sentence = f"There is no column “{name[:40]}”. The columns are {', '.join(COLUMNS)}."
            problems.append(Problem(1, "", "unknown-column", sentence))
        elif head.count(name) > 1:
            problems.append(Problem(1, name, "column-twice", "This column stands there twice."))
    problems += [
        Problem(1, name, "no-column", f"The file has no column “{name}”.")
        for name in _NEEDED
        if name not in head
    ]
    if problems:
        raise Refused(problems)


def _wrong_width(line: int, found: int, needed: int) -> Problem:
    sentence = f"The line has {found} cells, and the first line names {needed} columns."
    return Problem(line, "", "cells", sentence)
