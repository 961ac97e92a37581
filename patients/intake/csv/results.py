"""From a row to the Observation that says the same, or to every reason why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from patients.intake.csv.columns import LONGEST_CELL, MOST_COLUMNS, NAMES, NEEDED, OURS
from patients.intake.csv.rows import Bad, Fault, Row
from patients.intake.fhir.dates import read_moment
from patients.intake.fhir.observations import STATUSES
from patients.intake.forms import LOINC
from patients.intake.problems import refuse

RESULT_ID: Final = "urn:trialscreen:csv-result"
"""The system of the laboratory's numbers of results."""
_LOINC = re.compile(r"[0-9]{1,7}-[0-9]", re.ASCII)
_NUMBER = re.compile(r"(<=|>=|<|>)? *([+-]?[0-9]+(?:\.[0-9]+)?)", re.ASCII)
_LIKE_A_NUMBER = re.compile(r"(?:<=|>=|<|>)? *[+-]?(?=.*[0-9])[0-9.,' ]*,[0-9.,' ]*", re.ASCII)
_WITHOUT_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)
_WITHOUT_SECONDS = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What an apostrophe keeps a spreadsheet program from taking for a formula, in files that we give out."""
_MOST_DIGITS = 40


class Header(NamedTuple):
    """The columns of a file in their order, and those that are not read."""

    names: tuple[str, ...]
    unknown: tuple[str, ...]


class Result(NamedTuple):
    """Of whom the row speaks, and what it says; `subject` is not in it yet."""

    number: int
    patient_id: str
    observation: dict[str, Any]
    row: str
    """As it was sent."""


def read_header(row: Row | Bad | None) -> Header:
    """The columns of a file.

    Raises:
        Refused: there is no header, a needed column is missing, or one is there twice: nothing of the file is used.
    """
    if row is None:
        raise refuse("line 1", "no-header", "The file is empty.")
    if isinstance(row, Bad):
        raise refuse(f"line {row.number}", "no-header", row.faults[0].detail)
    names = tuple(cell.strip().lower() for cell in row.cells)
    place = f"line {row.number}"
    if len(names) > MOST_COLUMNS:
        said = f"The file has {len(names)} columns; at most {MOST_COLUMNS} are read."
        raise refuse(place, "too-many-columns", said)
    missing = [name for name in NEEDED if name not in names]
    if not {"loinc", "local_code"} & set(names):
        missing.append("loinc (or local_code)")
    if missing:
        said = f"The header has no column {', '.join(missing)}."
        if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
            said += " Columns are separated by commas."
        raise refuse(place, "missing-column", said)
    double = sorted({name for name in names if name in NAMES and names.count(name) > 1})
    if double:
        raise refuse(place, "double-column", f"The header has {', '.join(double)} twice.")
    unknown = [name for name in names if name not in NAMES and not name.startswith(OURS)]
    return Header(names, tuple(dict.fromkeys(one for one in unknown if one)))


def read_row(row: Row, header: Header, zone: ZoneInfo) -> Result | Bad:
    """The result that a row tells; times without offset are of `zone`."""
    if len(row.cells) != len(header.names):
        said = f"The row has {len(row.cells)} cells, the header {len(header.names)}."
        return Bad(row.number, row.text, (Fault("", "cells", said),))
    told = {
        name: _plain(cell)
        for name, cell in zip(header.names, row.cells, strict=True)
        if name in NAMES
    }
    reading = _Reading(told, zone)
    observation = reading.observation()
    if reading.faults:
        return Bad(row.number, row.text, tuple(reading.faults))
    return Result(row.number, told["patient_id"], observation, row.text)


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_GUARDED) else cell


class _Reading:
    """One row on its way to an Observation; faults add up."""

    def __init__(self, told: Mapping[str, str], zone: ZoneInfo) -> None:
        self.told, self.zone = told, zone
        self.faults: list[Fault] = []

    def observation(self) -> dict[str, Any]:
        for name, cell in self.told.items():
            if len(cell) > LONGEST_CELL:
                said = f"The cell has {len(cell)} characters; at most {LONGEST_CELL} are read."
                self._fault(name, "too-long", said)
        if self.faults:
            return {}
        for name in NEEDED:
            if not self.told[name]:
                self._fault(name, "missing", "The cell is empty.")
        code = self._code()
        made: dict[str, Any] = {
            "resourceType": "Observation",
            "id": self._id(),
            "status": self._status(),
            "code": code,
            **self._value(),
            **self._range(),
            **self._moment("collected", "effectiveDateTime"),
            **self._moment("issued", "issued"),
        }
        if result_id := self.told.get("result_id"):
            made["identifier"] = [{"system": RESULT_ID, "value": result_id}]
        if laboratory := self.told.get("laboratory"):
            made["performer"] = [{"display": laboratory}]
        return made

    def _id(self) -> str:
        """From the laboratory's number and the code, else from all that the row says: the same row is one record."""
        codes = [self.told.get("loinc", ""), self.told.get("local_code", "")]
        number = self.told.get("result_id")
        says = [number, *codes] if number else [self.told.get(name, "") for name in NAMES]
        kept = "\x1f".join(["result" if number else "row", *map(str, says)])
        return "csv-" + sha256(kept.encode()).hexdigest()[:40]

    def _code(self) -> dict[str, Any]:
        loinc, local = self.told.get("loinc", ""), self.told.get("local_code", "")
        name = self.told.get("name", "")
        codings: list[dict[str, str]] = []
        if loinc:
            if not _LOINC.fullmatch(loinc):
                self._fault("loinc", "not-loinc", f"“{_cut(loinc)}” is not of LOINC’s form.")
            codings.append({"system": LOINC, "code": loinc})
        if local:
            codings.append({"code": local})
        if not codings:
            column = "loinc" if "loinc" in self.told else "local_code"
            self._fault(column, "missing", "The row has neither a LOINC nor a local code.")
        if name:
            return {"coding": [{**one, "display": name} for one in codings], "text": name}
        return {"coding": codings}

    def _status(self) -> str:
        status = self.told.get("status", "") or "final"
        if status not in STATUSES:
            said = f"“{_cut(status)}” is none of FHIR’s words: {', '.join(STATUSES)}."
            self._fault("status", "not-a-status", said)
        return status

    def _value(self) -> dict[str, Any]:
        text, unit = self.told["value"], self.told.get("unit", "")
        number = _NUMBER.fullmatch(text)
        if number is None:
            if _LIKE_A_NUMBER.fullmatch(text):
                self._comma("value", text)
            return {"valueString": text}
        quantity: dict[str, Any] = {"value": self._decimal("value", number[2])}
        if number[1]:
            quantity["comparator"] = number[1]
        return {"valueQuantity": quantity | ({"unit": unit} if unit else {})}

    def _range(self) -> dict[str, Any]:
        limits: dict[str, Any] = {}
        unit = self.told.get("unit", "")
        for name, side in (("ref_low", "low"), ("ref_high", "high")):
            text = self.told.get(name, "")
            number = _NUMBER.fullmatch(text)
            if text and (number is None or number[1]):
                if _LIKE_A_NUMBER.fullmatch(text):
                    self._comma(name, text)
                else:
                    self._fault(name, "not-a-number", f"“{_cut(text)}” is not a number.")
            elif number is not None:
                limit = {"value": self._decimal(name, number[2])}
                limits[side] = limit | ({"unit": unit} if unit else {})
        return {"referenceRange": [limits]} if limits else {}

    def _decimal(self, column: str, digits: str) -> Decimal:
        if sum(map(str.isdigit, digits)) > _MOST_DIGITS:
            said = f"The number has more than {_MOST_DIGITS} digits."
            self._fault(column, "absurd-number", said)
            return Decimal(0)
        return Decimal(digits)

    def _comma(self, column: str, text: str) -> None:
        said = f"“{_cut(text)}”: a decimal point is needed, and no comma is guessed at."
        self._fault(column, "decimal-comma", said)

    def _moment(self, column: str, element: str) -> dict[str, str]:
        text = self.told.get(column, "")
        if not text:
            return {}
        try:
            return {element: _dated(text, self.zone)}
        except _NoSuchTime:
            said = f"The clocks of the site never showed {_cut(text)}: they were put forward."
            self._fault(column, "no-such-time", said)
        except (ValueError, OverflowError):
            said = f"“{_cut(text)}” is not a day, month or time of ISO 8601, such as 2026-11-18."
            self._fault(column, "not-a-date", said)
        return {}

    def _fault(self, column: str, code: str, detail: str) -> None:
        self.faults.append(Fault(column, code, detail))


class _NoSuchTime(Exception):
    """An hour that was skipped when the clocks were put forward."""


def _dated(text: str, zone: ZoneInfo) -> str:
    """A date as FHIR writes it. Raises ValueError, `_NoSuchTime`.

    A time of the hour that the clocks showed twice stays without its offset: then only its day is used.
    """
    short = _WITHOUT_SECONDS.fullmatch(text)
    full = f"{short[1]}:00{short[2] or ''}" if short else text
    read_moment(full, zone)
    if not _WITHOUT_OFFSET.fullmatch(full):
        return full
    local = datetime.fromisoformat(full[:19]).replace(tzinfo=zone)
    there_and_back = local.astimezone(UTC).astimezone(zone)
    if there_and_back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise _NoSuchTime
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return full
    offset = local.strftime("%z")
    return f"{full}{offset[:3]}:{offset[3:5]}"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
