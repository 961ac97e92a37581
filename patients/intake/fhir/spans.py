"""Start and end of a treatment, from the status of its record and the dates it gives."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from patients.intake.fhir.dates import latest
from patients.intake.fhir.record import Record, Timing
from patients.values import Days, Ended, ended_by


class Span(NamedTuple):
    start: Days | None
    end: Days | None
    ended: Ended


def in_order(start: Days | None, end: Days) -> Span:
    """A recorded start and end: what began cannot end before, nor begin after its end."""
    if start is None or start.first is None or start.last is None:
        return Span(start, end, "known")
    if end.first is not None and end.first < start.first <= (end.last or start.first):
        end = end._replace(first=start.first)
    if end.last is not None and start.first <= end.last < start.last:
        start = start._replace(last=end.last)
    return Span(start, end, "known")


def open_past(record: Record) -> Days:
    """Some day up to the day of receipt."""
    return Days(None, record.received_on)


def going_on(record: Record, timing: Timing) -> Span:
    """Of a record in progress: a recorded end is planned and stays as it is."""
    start = record.past(timing.start)
    if timing.kind == "period" and timing.end is not None:
        return in_order(start, timing.end)
    return Span(start, None, "ongoing")


def finished(record: Record, timing: Timing) -> Span:
    """Of a record that is over."""
    start = record.past(timing.start)
    if timing.kind == "moment":
        return Span(start, start, "known")
    if timing.end is not None:
        end = record.past(timing.end)
        assert end is not None
        return in_order(start or Days(None, end.last), end)
    return Span(start or open_past(record), ended_by(start, record.received_on), "unknown")


def own_date(record: Record, timing: Timing, *, over: bool) -> date | None:
    """Latest own date: the moment, or of a period the end when the record is over and has one, else the start."""
    if over and timing.end is not None:
        return latest(record.past(timing.end))
    return latest(record.past(timing.start))
