"""Lines of a map: what is refused, each with its place, and what is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from patients.codes.local_csv import read_file, write_file
from patients.codes.local_rows import Line, Refused, Row, changed, numbered
from patients.codes.targets import targets
from tests.local_codes.build import LAB, LOINC, NEUTROPHILS, PLATELETS

HELD = changed((), [NEUTROPHILS, PLATELETS])
HEAD = b"system,code,display,target_system,target_code,comment\n"
CASES: dict[str, tuple[Row, str, str]] = {
    "no code": (NEUTROPHILS._replace(code=" "), "code", "no-code"),
    "a target nobody knows": (NEUTROPHILS._replace(target_code="999-9"), "target_code", "unknown-target"),
    "a system nobody knows": (
        NEUTROPHILS._replace(target_system="https://x.invalid"), "target_system", "unknown-system",
    ),
    "a body site": (
        NEUTROPHILS._replace(target_system="snomed", target_code="12738006"), "target_code", "unknown-target",
    ),
    "half a target": (NEUTROPHILS._replace(target_code=""), "target_code", "half-a-target"),
    "half the other way": (NEUTROPHILS._replace(target_system=""), "target_system", "half-a-target"),
    "nothing to take out": (Row(1, LAB, "UNKNOWN"), "code", "not-in-map"),
    "a code of the standard": (NEUTROPHILS._replace(system=LOINC, code="777-3"), "code", "recognised"),
    "one no criterion uses": (NEUTROPHILS._replace(system=LOINC, code="2161-8"), "code", "recognised"),
    "a body site of the standard": (
        NEUTROPHILS._replace(system="http://snomed.info/sct", code="12738006"), "code", "recognised",
    ),
    "of uncertain behaviour": (
        Row(1, "http://hl7.org/fhir/sid/icd-10-ca", "D48.5", "", "icd-10", "C43.9"), "system", "left-open",
    ),
    "infusion of either": (
        Row(1, "http://www.ama-assn.org/go/cpt", "96413", "", "atc", "L01BC01"), "system", "left-open",
    ),
    "a NUL": (NEUTROPHILS._replace(code="A\0B"), "code", "bad-character"),
    "half a surrogate pair": (NEUTROPHILS._replace(display="\ud800"), "display", "bad-character"),
    "nothing visible": (NEUTROPHILS._replace(code="A\u200bB"), "code", "bad-character"),
    "a formula": (NEUTROPHILS._replace(comment="=cmd|' /C calc'!A0"), "comment", "formula"),
    "a formula for a code": (NEUTROPHILS._replace(code="@SUM(A1)"), "code", "formula"),
    "far too long": (NEUTROPHILS._replace(code="A" * 101), "code", "too-long"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_line_is_refused_at_its_place(case: str) -> None:
    row, column, code = CASES[case]
    with pytest.raises(Refused) as refused:
        changed(HELD, [row])
    assert [(one.line, one.column, one.code) for one in refused.value.problems] == [
        (row.line, column, code)
    ]


def test_all_problems_are_told_at_once() -> None:
    rows = [row._replace(line=number) for number, (row, _, _) in enumerate(CASES.values(), 2)]
    with pytest.raises(Refused) as refused:
        changed(HELD, rows)
    assert {one.line for one in refused.value.problems} >= {row.line for row in rows} - {8}


def test_one_code_has_one_meaning() -> None:
    other = NEUTROPHILS._replace(line=2, target_code="777-3")
    for rows, code in (
        ([NEUTROPHILS, other], "two-meanings"),
        ([NEUTROPHILS, NEUTROPHILS._replace(line=2)], "twice"),
        ([NEUTROPHILS, Row(2, LAB, "LAB-NEUT")], "two-meanings"),
        (
            [
                Row(1, LAB, "HCV", "", "loinc", "11011-4"),
                Row(2, LAB, "HCV", "", "loinc", "38180-6"),
            ],
            "two-meanings",
        ),
    ):
        with pytest.raises(Refused) as refused:
            changed((), rows)
        assert [(one.line, one.code) for one in refused.value.problems] == [(2, code)]
    alike = changed((), [NEUTROPHILS, NEUTROPHILS._replace(line=2, target_code="753-4")])
    assert [one.read.target_code for one in alike] == ["751-8", "753-4"]


def test_lines_take_the_place_of_what_was_said_of_their_codes() -> None:
    after = changed(HELD, [Row(1, LAB, "LAB-NEUT"), Row(2, LAB, "NEW", "", "LOINC", "1920-8")])
    assert [one.read.code for one in after] == ["LAB-PLT", "NEW"]
    for nothing in ([], [NEUTROPHILS]):
        with pytest.raises(Refused):
            changed(HELD, nothing)


def test_a_line_keeps_the_version_since_which_it_is_read_so() -> None:
    first = numbered(HELD, before=(), number=1)
    later = changed(
        first, [NEUTROPHILS._replace(target_code="753-4"), PLATELETS._replace(comment="x")]
    )
    second = numbered(later, before=first, number=5)
    assert {one.read.code: one.read.since for one in second} == {"LAB-NEUT": 5, "LAB-PLT": 1}


def test_a_file_reads_back_to_the_same_lines() -> None:
    odd = [NEUTROPHILS._replace(display='Said "so", once; né', comment="two, parts")]
    lines: tuple[Line, ...] = changed(HELD, odd)
    assert changed((), read_file(write_file(lines).encode())) == lines


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "no-column", 1),
        (HEAD + b"x,\xff,,loinc,751-8,\n", "not-utf-8", 2),
        (HEAD + b"x,\0,,loinc,751-8,\n", "bad-character", 2),
        (HEAD.replace(b",", b";"), "not-comma", 1),
        (HEAD.replace(b"comment", b"remark"), "unknown-column", 1),
        (b"code,code,target_system,target_code\n", "column-twice", 1),
        (b"code,target_system\n", "no-column", 1),
        (HEAD + b'x,"A,,loinc,751-8,\n', "not-csv", 2),
        (HEAD + b"x,A\n", "cells", 2),
        (HEAD + b"x" * 200_000 + b",A,,loinc,751-8,\n", "not-csv", 2),
        (HEAD + b" " * 4_000_001, "too-large", 0),
    ],
)
def test_what_is_no_such_file_is_told_by_its_line(content: bytes, code: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        read_file(content)
    assert (refused.value.problems[0].code, refused.value.problems[0].line) == (code, line)


def test_a_mark_of_byte_order_and_empty_lines_say_nothing() -> None:
    rows = read_file(
        b"\xef\xbb\xbf" + HEAD + b"\r\n,,,,,\r\n" + f"{LAB},A,,loinc,751-8,\r\n".encode()
    )
    assert [(row.line, row.code) for row in rows] == [(4, "A")]


@pytest.mark.parametrize("name", ["laboratory", "canada"])
def test_the_examples_are_taken_as_they_are(name: str) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / f"local-codes-{name}.csv"
    lines = changed((), read_file(example.read_bytes()))
    assert all(
        one.read.system.endswith(("codes", "products", "interventions", "diagnoses"))
        for one in lines
    )
    assert all(".invalid/" in one.read.system for one in lines)


def test_each_code_that_is_proposed_is_taken_and_means_something() -> None:
    proposed = targets()
    rows = [Row(place, LAB, f"L-{place}", "", *one[:2]) for place, one in enumerate(proposed)]
    assert len(changed((), rows)) == len(set(proposed)) > 300
    assert {"751-8", "C43", "L01A"} <= {one.code for one in proposed}
    assert not [one for one in proposed if "no criterion" in one.meaning]
