"""What a hospital proposes for its map, line by line: checked as a whole, every problem told with its line.

Refused is what would let a map speak against the standard, or what nobody could say the meaning of: a code that the
dictionary reads itself, a code of a system that it reads by prefix (what it leaves open there it leaves open on
purpose), a target that it does not know, and one code with two meanings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from patients.codes.loader import system_of
from patients.codes.local import LocalCode, Mapped, kinds_of, sense_of
from patients.codes.lookup import Kind, classify

LONGEST: Final = {
    "system": 300,
    "code": 100,
    "display": 300,
    "target_system": 300,
    "target_code": 100,
    "comment": 500,
}
"""Characters of each column."""
COLUMNS: Final = tuple(LONGEST)
TARGETS: Final = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd-10": "http://hl7.org/fhir/sid/icd-10",
    "atc": "http://www.whocc.no/atc",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "cpt": "http://www.ama-assn.org/go/cpt",
}
"""Systems that a local code can be read as, by the short names that a file may use instead of the address."""
_MAY_LACK: Final = frozenset({"loinc", "snomed", "rxnorm", "cpt", "din", "cci"})
"""Systems of which the dictionary lists some codes or none: of the others it reads every code there is."""
_ON_PURPOSE: Final = frozenset({("cpt", "96413")})
"""Codes that stand for more than one thing, and are left unrecognised for that."""
_EVERY_KIND: Final[tuple[Kind, ...]] = (
    "condition",
    "drug",
    "procedure",
    "procedure-category",
    "body-site",
    "observation",
)
_FORMULA: Final = ("=", "+", "-", "@")


class Row(NamedTuple):
    """One line as it was proposed. With neither target system nor target code the code is taken out of the map."""

    line: int
    system: str
    code: str
    display: str = ""
    target_system: str = ""
    target_code: str = ""
    comment: str = ""


class Problem(NamedTuple):
    line: int
    """0: the whole."""
    column: str
    """Empty: the line."""
    code: str
    text: str


class Line(NamedTuple):
    """One line of a map with what people say of it."""

    read: LocalCode
    display: str = ""
    comment: str = ""


class Refused(Exception):
    """Nothing of what was proposed was kept: it has these problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("; ".join(f"line {one.line}: {one.text}" for one in self.problems))


def changed(held: Sequence[Line], rows: Sequence[Row]) -> tuple[Line, ...]:
    """The whole map, in order, after `rows` took the place of what it said of their codes.

    Raises:
        Refused: with every problem of every line.
    """
    rows = [_trimmed(row) for row in rows]
    problems = [problem for row in rows for problem in _problems(row)]
    if not rows:
        problems.append(Problem(0, "", "empty", "There is no line that says anything."))
    known = {(one.read.system, one.read.code) for one in held}
    by_code: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_code.setdefault((row.system, row.code), []).append(row)
    faulty = {problem.line for problem in problems}
    for key, every in by_code.items():
        if not faulty & {row.line for row in every}:
            problems += _together(every, held=key in known)
    if problems:
        raise Refused(problems)
    kept = [one for one in held if (one.read.system, one.read.code) not in by_code]
    new = [_line(row) for row in rows if row.target_code]
    after = tuple(sorted((*kept, *new)))
    if set(_bare(held)) == set(_bare(after)):
        raise Refused([Problem(0, "", "nothing", "The map says all of this already.")])
    return after


def _bare(lines: Iterable[Line]) -> Iterable[Line]:
    """`lines` without the version since which each stands."""
    return (one._replace(read=one.read._replace(since=0)) for one in lines)


def numbered(lines: Iterable[Line], *, before: Iterable[Line], number: int) -> tuple[Line, ...]:
    """`lines` as version `number`: what is read as it was before keeps the version since which it is."""
    since: dict[tuple[str, str], dict[LocalCode, int]] = {}
    for one in before:
        key = one.read.system, one.read.code
        since.setdefault(key, {})[one.read._replace(since=0)] = one.read.since
    now: dict[tuple[str, str], set[LocalCode]] = {}
    lines = tuple(lines)
    for one in lines:
        now.setdefault((one.read.system, one.read.code), set()).add(one.read._replace(since=0))
    told = []
    for one in lines:
        key, bare = (one.read.system, one.read.code), one.read._replace(since=0)
        same = since.get(key, {}).keys() == now[key]
        told.append(one._replace(read=bare._replace(since=since[key][bare] if same else number)))
    return tuple(told)


def _trimmed(row: Row) -> Row:
    said = Row(row.line, *(part.strip() for part in row[1:]))
    system = TARGETS.get(said.target_system.casefold(), said.target_system)
    return said._replace(target_system=system)


def _problems(row: Row) -> Iterable[Problem]:
    unusable = False
    for column, longest in LONGEST.items():
        text = getattr(row, column)
        for code, sentence in _unwritable(text, longest):
            unusable = True
            yield Problem(row.line, column, code, sentence)
    if unusable:
        return
    if not row.code:
        yield Problem(row.line, "code", "no-code", "The line names no code of yours.")
        return
    yield from _source(row)
    if bool(row.target_system) != bool(row.target_code):
        missing = "target_code" if row.target_system else "target_system"
        yield Problem(
            row.line,
            missing,
            "half-a-target",
            "A target has a system and a code; leave both empty to take the code out of the map.",
        )
    elif row.target_code:
        yield from _target(row)


def _unwritable(text: str, longest: int) -> Iterable[tuple[str, str]]:
    if len(text) > longest:
        yield "too-long", f"This has at most {longest} characters."
    if any(unicodedata.category(one)[0] == "C" for one in text):
        yield "bad-character", "This has a character that cannot be seen."
    if text.startswith(_FORMULA):
        yield "formula", "This begins like a formula of a spreadsheet (= + - @)."


def _source(row: Row) -> Iterable[Problem]:
    name = system_of(row.system)
    if any(classify(kind, row.system, row.code).state != "unrecognised" for kind in _EVERY_KIND):
        text = "The dictionary reads this code itself: a map cannot override the standard."
        yield Problem(row.line, "code", "recognised", text)
    elif (name is not None and name not in _MAY_LACK) or (name, row.code) in _ON_PURPOSE:
        text = "What the dictionary leaves open in this code system it leaves open on purpose."
        yield Problem(row.line, "system", "left-open", text)


def _target(row: Row) -> Iterable[Problem]:
    if system_of(row.target_system) is None:
        names = ", ".join(TARGETS)
        text = f"The dictionary has no such code system. It reads {names}."
        yield Problem(row.line, "target_system", "unknown-system", text)
    elif not kinds_of(row.target_system, row.target_code):
        text = f"The dictionary does not know “{row.target_code}” ({row.target_system})."
        yield Problem(row.line, "target_code", "unknown-target", text)


def _together(rows: Sequence[Row], *, held: bool) -> Iterable[Problem]:
    """What is wrong with the lines of one code, each of which is right by itself."""
    first, others = rows[0], rows[1:]
    if not first.target_code and not held and not others:
        text = "The code is not in the map, so there is nothing to take out."
        yield Problem(first.line, "code", "not-in-map", text)
    seen = {(first.target_system, first.target_code)}
    for row in others:
        target = row.target_system, row.target_code
        if target in seen:
            text = f"This says again what line {first.line} says."
            yield Problem(row.line, "", "twice", text)
        elif not (row.target_code and first.target_code) or _sense(row) != _sense(first):
            text = f"Line {first.line} says that this code means something else."
            yield Problem(row.line, "target_code", "two-meanings", text)
        seen.add(target)


def _kind(row: Row) -> Mapped:
    return kinds_of(row.target_system, row.target_code)[0]


def _sense(row: Row) -> object:
    return sense_of(_kind(row), row.target_system, row.target_code)


def _line(row: Row) -> Line:
    read = LocalCode(_kind(row), row.system, row.code, row.target_system, row.target_code)
    return Line(read, row.display, row.comment)
