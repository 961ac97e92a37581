"""Rows and lines by themselves: what each becomes, and that every doubtful thing is refused with its place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.intake.csv.results import Result, read_header, read_row
from patients.intake.csv.rows import LONGEST_ROW, Bad, Row, rows
from patients.intake.lines import LONGEST, RATIO_FROM, Line, lines, unpacked
from patients.intake.ndjson import Resource, read_line
from patients.intake.problems import Refused

ZONE = ZoneInfo("America/Toronto")
HEAD = "patient_id,result_id,loinc,local_code,name,value,unit,ref_low,ref_high,laboratory,collected,issued,status"
USUAL = {
    "patient_id": "M1",
    "loinc": "777-3",
    "value": "212",
    "unit": "10*9/L",
    "collected": "2026-11-18",
}


def table(raw: bytes) -> list[Row | Bad]:
    return list(rows(lines([raw])))


def read(**told: str) -> dict[str, Any] | list[tuple[str, str]]:
    """What a row becomes, or the column and code of each fault."""
    said = USUAL | told
    cells = ",".join('"' + said.get(name, "").replace('"', '""') + '"' for name in HEAD.split(","))
    header, row = table(f"{HEAD}\n{cells}\n".encode())
    if isinstance(row, Bad):
        return [(fault.column, fault.code) for fault in row.faults]
    found = read_row(row, read_header(header), ZONE)
    if isinstance(found, Bad):
        return [(fault.column, fault.code) for fault in found.faults]
    return found.observation


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("3.9", {"valueQuantity": {"value": "3.9", "unit": "10*9/L"}}),
        ("6.30", {"valueQuantity": {"value": "6.30", "unit": "10*9/L"}}),
        ("<0.1", {"valueQuantity": {"value": "0.1", "comparator": "<", "unit": "10*9/L"}}),
        (">= 5", {"valueQuantity": {"value": "5", "comparator": ">=", "unit": "10*9/L"}}),
        ("negative", {"valueString": "negative"}),
        ("1e3", {"valueString": "1e3"}),
        ("NaN", {"valueString": "NaN"}),
        ("３", {"valueString": "３"}),
        ("1:40", {"valueString": "1:40"}),
        ("'-3", {"valueQuantity": {"value": "-3", "unit": "10*9/L"}}),
    ],
)
def test_a_value_is_a_number_only_when_it_is_written_as_one(said: str, value: Any) -> None:
    made = read(value=said)
    assert isinstance(made, dict)
    kept = {name: one for name, one in made.items() if name.startswith("value")}
    if "valueQuantity" in kept:
        kept["valueQuantity"] = {name: str(one) for name, one in kept["valueQuantity"].items()}
    assert kept == value


@pytest.mark.requirement(51)
@pytest.mark.parametrize(
    ("told", "faults"),
    [
        ({"value": "1,5"}, [("value", "decimal-comma")]),
        ({"value": "1.234,5"}, [("value", "decimal-comma")]),
        ({"value": "<1,5"}, [("value", "decimal-comma")]),
        ({"value": "9" * 41}, [("value", "absurd-number")]),
        ({"value": ""}, [("value", "missing")]),
        ({"value": "x" * 2001}, [("value", "too-long")]),
        ({"ref_high": "40,5"}, [("ref_high", "decimal-comma")]),
        ({"ref_low": "<3"}, [("ref_low", "not-a-number")]),
        ({"loinc": "7773"}, [("loinc", "not-loinc")]),
        ({"loinc": ""}, [("loinc", "missing")]),
        ({"collected": "18/11/2026"}, [("collected", "not-a-date")]),
        ({"collected": "2026-02-30"}, [("collected", "not-a-date")]),
        ({"collected": "2026-W01-1"}, [("collected", "not-a-date")]),
        ({"collected": "0000-01-01"}, [("collected", "not-a-date")]),
        ({"collected": "2026-03-08T02:30"}, [("collected", "no-such-time")]),
        ({"status": "done"}, [("status", "not-a-status")]),
        ({"value": "1,5", "status": "F"}, [("status", "not-a-status"), ("value", "decimal-comma")]),
        ({"name": "a\0b"}, [("", "bad-character")]),
    ],
)
def test_a_row_is_refused_with_every_reason(told: dict[str, str], faults: Any) -> None:
    assert read(**told) == faults


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026", "2026"),
        ("2026-11", "2026-11"),
        ("2026-11-18", "2026-11-18"),
        ("2026-11-18T08:30", "2026-11-18T08:30:00-05:00"),
        ("2026-07-18T08:30:15", "2026-07-18T08:30:15-04:00"),
        ("2026-11-18T08:30Z", "2026-11-18T08:30:00Z"),
        # Of the two hours that the clocks show alike nobody says which: the day counts alone.
        ("2026-11-01T01:30", "2026-11-01T01:30:00"),
    ],
)
def test_a_day_keeps_its_precision_and_a_time_gets_the_site_s_offset(said: str, kept: str) -> None:
    made = read(collected=said)
    assert isinstance(made, dict)
    assert made["effectiveDateTime"] == kept


def test_one_number_for_two_analytes_is_two_results() -> None:
    one, other = read(result_id="A1"), read(result_id="A1", loinc="751-8")
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    assert one["id"] != other["id"]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("", "no-header"),
        ("patient_id,value,collected", "missing-column"),
        ("patient_id;loinc;value;collected", "missing-column"),
        ("patient_id,loinc,value,collected,Value", "double-column"),
        ("patient_id,loinc,value,collected" + ",x" * 10_000, "too-many-columns"),
        ('patient_id,"loinc', "no-header"),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_file(head: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_header(next(iter(table(head.encode())), None))
    assert refused.value.issues[0].code == code


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b'a,"b"\n', [(1, ("a", "b"))]),
        (b'\xef\xbb\xbf"a",b\r\n', [(1, ("a", "b"))]),
        (b'a,"b""c"\n', [(1, ("a", 'b"c'))]),
        (b'a,"b\nc",d\ne\n', [(1, ("a", "b\nc", "d")), (3, ("e",))]),
        (b'a"b,c\nd,e\n', [(1, "quotes"), (2, ("d", "e"))]),
        (b'"a"b,c\nd,e\n', [(1, "quotes"), (2, ("d", "e"))]),
        (b'a,"b\nd,e\nf,g\n', [(1, "open-quote"), (2, ("d", "e")), (3, ("f", "g"))]),
        (b"a,\xff\nd,e\n", [(1, "not-utf-8"), (2, ("d", "e"))]),
        (b"a\0,b\nd,e\n", [(1, "bad-character"), (2, ("d", "e"))]),
        (b"\n,,\n\nd,e", [(4, ("d", "e"))]),
        (b'"' + b"x" * (LONGEST_ROW + 1) + b"\nd,e\n", [(1, "open-quote"), (2, ("d", "e"))]),
        (b"x" * (10 * 1024 * 1024) + b"\nd,e\n", [(1, "too-long"), (2, ("d", "e"))]),
    ],
)
def test_a_row_that_breaks_the_rules_takes_no_other_with_it(raw: bytes, found: Any) -> None:
    assert [
        (one.number, one.cells if isinstance(one, Row) else one.faults[0].code)
        for one in table(raw)
    ] == found


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_lines_are_the_same_however_they_come(pieces: list[bytes]) -> None:
    assert list(lines(pieces)) == list(lines([b"".join(pieces)]))


@given(st.binary(max_size=400))
def test_whatever_is_sent_every_row_is_one_or_the_other(raw: bytes) -> None:
    head = HEAD.encode() + b"\n"
    header, *others = table(head + raw)
    named = read_header(header)
    for one in others:
        if isinstance(one, Row):
            assert isinstance(read_row(one, named, ZONE), Result | Bad)
        assert one.number > 1


@pytest.mark.requirement(60)
def test_a_packed_file_unpacks_within_bounds() -> None:
    bomb = gzip.compress(b" " * (RATIO_FROM * 3))
    sizes: list[int] = []
    with pytest.raises(Refused) as refused:
        sizes.extend(map(len, unpacked(_in_pieces(bomb))))
    assert refused.value.issues[0].code == "unpacks-too-far"
    assert max(sizes, default=0) <= 256 * 1024
    assert sum(sizes) < RATIO_FROM * 2
    with pytest.raises(Refused, match="more than 10 bytes"):
        list(unpacked([gzip.compress(b"01234567890")], most=10))
    with pytest.raises(Refused, match="ends before"):
        list(unpacked([gzip.compress(b"abc" * 1000)[:-9]]))
    with pytest.raises(Refused, match="cannot be unpacked"):
        list(unpacked([b"\x1f\x8bnothing of the kind"]))
    twice = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    assert b"".join(unpacked(_in_pieces(twice, 5))) == b"one\ntwo\n"


def _in_pieces(raw: bytes, size: int = 1024) -> Iterable[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


@pytest.mark.requirement(51)
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "not-json"),
        (b"[]", "not-a-resource"),
        (b'{"resourceType": 1}', "not-a-resource"),
        (b'{"resourceType":"Bundle"}', "bundle-line"),
        (b'{"resourceType":"Patient"}', "patient-unreadable"),
        (b'{"resourceType":"Observation","id":"1"}', "missing-subject"),
        (b'{"resourceType":"Observation","subject":{"reference":"Group/1"}}', "missing-subject"),
        (b'{"resourceType":"Patient","id":"1","x":NaN}', "not-a-number"),
        (b'{"resourceType":"Patient","id":"1","x":1e400}', "absurd-number"),
        (b'{"resourceType":"Patient","id":"1","id":"2"}', "duplicate-key"),
        (b'{"resourceType":"Patient","id":"\\u0000"}', "bad-character"),
        (b'{"resourceType":"Patient","id":"\\ud800"}', "bad-character"),
        (b'{"resourceType":"Patient","id":"\xff"}', "not-utf-8"),
        (b"[" * 100_000, "too-deep"),
        (b'{"x":' * 100 + b"1" + b"}" * 100, "too-deep"),
    ],
)
def test_a_line_that_is_no_resource_of_somebody_says_why(line: bytes, code: str) -> None:
    found = read_line(Line(7, line))
    assert isinstance(found, Bad)
    assert (found.number, found.faults[0].code) == (7, code)


def test_whose_a_resource_is() -> None:
    for reference in ("Patient/1", "https://ehr.example/fhir/Patient/1", "Patient/1/_history/2"):
        told = {"resourceType": "Condition", "id": "c", "subject": {"reference": reference}}
        found = read_line(Line(1, json.dumps(told).encode()))
        assert isinstance(found, Resource)
        assert (found.subject, found.key) == ("Patient/1", "Condition/c")
    assert read_line(Line(1, b"  ")) is None
    long = next(iter(lines([b"x" * (LONGEST + 2)])))
    assert isinstance(read_line(long), Bad)
