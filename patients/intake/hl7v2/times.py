"""HL7 v2 times (TS, DTM, DR) as FHIR dates: as precise as they were sent, in the site's time zone without an offset."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from patients.intake.fhir.dates import read_moment
from patients.intake.hl7v2.faults import refuse

_TIME: Final = re.compile(
    r"(?P<year>\d{4})((?P<month>\d\d)((?P<day>\d\d)((?P<hour>\d\d)((?P<minute>\d\d)"
    r"((?P<second>\d\d)(\.(?P<part>\d{1,6}))?)?)?)?)?)?(?P<sign>[+-])?(?(sign)(?P<zone>\d{4}))",
    re.ASCII,
)


class Time(NamedTuple):
    """A FHIR date or date and time."""

    text: str

    @property
    def to_the_minute(self) -> bool:
        return "T" in self.text

    @property
    def day(self) -> str:
        return self.text.partition("T")[0]


def read_time(text: str, place: str, zone: ZoneInfo) -> Time | None:
    """The time that `text` names; None for none. An hour without minutes is its first minute.

    Raises:
        NotReadable: it is no time, or on no day of the calendar.
    """
    if not text:
        return None
    try:
        said = _as_fhir(text, zone)
        read_moment(said, zone)
    except ValueError:
        refuse(
            "data-type",
            place,
            f"“{text[:40]}” is not a date or time (YYYY[MM[DD[HHMM[SS]]]][+ZZZZ]).",
        )
    return Time(said)


def read_day(text: str, place: str, zone: ZoneInfo) -> str:
    """The same without its time of day, for a date of birth: no time zone moves that. Empty for none."""
    found = read_time(re.sub(r"(?<=^\d{8})\d.*$", "", text), place, zone)
    return found.day if found else ""


def _as_fhir(text: str, zone: ZoneInfo) -> str:
    """Raises ValueError for what is no time; a day that does not exist may be told as it is."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day = "-".join(part for part in (found["year"], found["month"], found["day"]) if part)
    if found["hour"] is None:
        return day
    clock = f"{found['hour']}:{found['minute'] or '00'}:{found['second'] or '00'}"
    if found["part"]:
        clock += f".{found['part']}"
    if found["zone"]:
        return f"{day}T{clock}{found['sign']}{found['zone'][:2]}:{found['zone'][2:]}"
    return f"{day}T{clock}{_offset(found, zone)}"


def _offset(found: re.Match[str], zone: ZoneInfo) -> str:
    """The offset of the site on that day at that hour. Raises ValueError for a day that does not exist.

    Of an hour that comes twice when clocks are set back, the first is taken.
    """
    year, month, day, hour, minute = (
        int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute")
    )
    at = datetime(year, month, day, hour, minute, tzinfo=zone)
    said = at.strftime("%z")
    return f"{said[:3]}:{said[3:5]}"
