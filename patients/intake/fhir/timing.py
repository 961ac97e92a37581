"""When something was observed."""

from __future__ import annotations

from typing import NamedTuple

from patients.intake.fhir.record import Record
from patients.values import Days


class Collected(NamedTuple):
    """Day of collection and of issue. Issue never stands in for collection."""

    collected: Days | None
    issued: Days | None


def collected(record: Record) -> Collected:
    """Of an Observation or DiagnosticReport: the moment, else the period's end, else its start."""
    timing = record.timing("effective")
    issued = record.past(record.date(record.node, "issued"))
    return Collected(record.past(timing.end or timing.start), issued)
