"""From lines to rows, as RFC 4180 has it; a row that does not hold to it is refused alone.

A quote that is opened and never closed would swallow the rest of a file. So when a row with an open quote has become
longer than any row is, its first line is refused, and reading goes on with the line after it.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from patients.intake.lines import Line

LONGEST_ROW: Final = 64 * 1024
"""Bytes of a row that goes over several lines."""
MOST_LINES: Final = 100
"""Lines over which one row goes at the most."""


_STRAY: Final = (
    "A quote stands where none may: "
    "a cell that holds quotes begins and ends with one, and has each of its own twice."
)


class Row(NamedTuple):
    """One row by the line on which it begins, as it was sent and in cells."""

    number: int
    text: str
    cells: tuple[str, ...]


class Fault(NamedTuple):
    """What is wrong, and in which column if it is known."""

    column: str
    code: str
    detail: str


class Bad(NamedTuple):
    """A row that cannot be read or used, with every reason."""

    number: int
    text: str
    faults: tuple[Fault, ...]


class _Open(Exception):
    """A quote was opened and not closed yet."""


class _Stray(Exception):
    """A quote stands where none may, or something follows a closing one."""


def rows(lines: Iterable[Line]) -> Iterator[Row | Bad]:
    """Every row that says anything; lines that are empty are passed over, whole rows of empty cells too."""
    waiting: deque[Line] = deque()
    coming = iter(lines)
    while (line := _next(waiting, coming)) is not None:
        if line.too_long:
            yield bad(line, "", "too-long", "The line is longer than 1 MB.")
            continue
        if not line.data.strip():
            continue
        taken = [line]
        found = _complete(taken, waiting, coming)
        if isinstance(found, Row) and not any(cell.strip() for cell in found.cells):
            continue
        yield found


def _next(waiting: deque[Line], coming: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(coming, None)


def _complete(taken: list[Line], waiting: deque[Line], coming: Iterator[Line]) -> Row | Bad:
    """The row that begins with the first line; lines that turn out not to be part of it wait again."""
    first, size = taken[0], len(taken[0].data)
    while True:
        try:
            text = _text(b"\n".join(one.data for one in taken), first.number)
            return Row(first.number, text, tuple(_cells(text)))
        except UnicodeDecodeError:
            fault = ("not-utf-8", "The row is not UTF-8 text.")
            break
        except ValueError:
            fault = ("bad-character", "The row holds a NUL.")
            break
        except _Stray:
            fault = ("quotes", _STRAY)
            break
        except _Open:
            more = _next(waiting, coming)
            if more is not None:
                taken.append(more)
                size += len(more.data)
            if more is None or more.too_long or size > LONGEST_ROW or len(taken) > MOST_LINES:
                fault = ("open-quote", "A quote is opened on this line and never closed.")
                break
    waiting.extendleft(reversed(taken[1:]))
    return bad(first, "", *fault)


def _text(data: bytes, number: int) -> str:
    if number == 1:
        data = data.removeprefix(codecs.BOM_UTF8)
    text = data.decode()
    if "\0" in text:
        raise ValueError("NUL")
    return text


def _cells(text: str) -> Iterator[str]:
    """The cells of a row. Raises `_Open` and `_Stray`."""
    at, end = 0, len(text)
    while True:
        if at < end and text[at] == '"':
            cell, at = _quoted(text, at + 1)
        else:
            stop = text.find(",", at)
            stop = end if stop < 0 else stop
            cell, at = text[at:stop], stop
            if '"' in cell:
                raise _Stray
        yield cell
        if at == end:
            return
        if text[at] != ",":
            raise _Stray
        at += 1


def _quoted(text: str, at: int) -> tuple[str, int]:
    said = []
    while True:
        stop = text.find('"', at)
        if stop < 0:
            raise _Open
        said.append(text[at:stop])
        if text[stop + 1 : stop + 2] != '"':
            return '"'.join(said), stop + 1
        at = stop + 2


def bad(line: Line, column: str, code: str, detail: str) -> Bad:
    """One reason for a line, shown as far as it can be."""
    shown = line.data.decode(errors="replace").replace("\0", "\N{SYMBOL FOR NULL}")
    return Bad(line.number, shown, (Fault(column, code, detail),))
