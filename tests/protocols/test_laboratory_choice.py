"""Laboratory results: which one is used - window, day, status, ties and versions.

The day asked about is 2026-11-25, so a window of 14 days begins on 2026-11-11. The clinic lives in
Toronto: five hours behind UTC in November.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Resource, haemolysed, lab, unreadable
from tests.protocols.verdicts import Case, about, judge, met, not_met, unknown

platelets = about("platelets")


def count(value: str, on: str | None = "2026-11-18", **also: Any) -> Resource:
    return lab("platelets", value, on=on, **also)


def version(value: str, **also: Any) -> Resource:
    key = [{"system": "urn:filler", "value": "4711"}]
    return lab("platelets", value, identifier=key, **also)


MORNING, NOON = "2026-11-18T08:00:00-05:00", "2026-11-18T12:00:00-05:00"

WINDOW = [
    platelets("collected 14 days ago", met(changes_on="2026-11-26"), count("231", "2026-11-11")),
    platelets("collected 15 days ago", unknown("too-old"), count("231", "2026-11-10")),
    platelets("collected on the day", met(), count("231", "2026-11-25")),
    platelets("collected after the day", unknown("missing"), count("231", "2026-11-26")),
    platelets(
        "collected after the day, and received since",
        unknown("missing"),
        count("231", "2026-11-26"),
        received_on="2026-12-01",
    ),
    platelets(
        "a later one does not hide the one before", met(), count("231"), count("80", "2026-11-26")
    ),
    platelets(
        "03:30 UTC is the evening before", unknown("too-old"), count("231", "2026-11-11T03:30:00Z")
    ),
    platelets("06:00 UTC is that morning", met(), count("231", "2026-11-11T06:00:00Z")),
    platelets(
        "03:30 UTC in London",
        met(),
        count("231", "2026-11-11T03:30:00Z"),
        time_zone="Europe/London",
    ),
    platelets(
        "02:00 UTC of the next day is still the day", met(), count("231", "2026-11-26T02:00:00Z")
    ),
    platelets("a time without offset keeps its date", met(), count("231", "2026-11-11T01:00:00")),
    platelets("no collection date", unknown("missing"), count("231", None)),
    platelets(
        "issued is not collected",
        unknown("missing"),
        count("231", None, issued="2026-11-18T09:00:00Z"),
    ),
    platelets(
        "the end of a collection period",
        met(),
        count("231", None, effectivePeriod={"start": "2026-11-01", "end": "2026-11-12"}),
    ),
    platelets(
        "... even when it began in the window",
        unknown("missing"),
        count("231", None, effectivePeriod={"start": "2026-11-20", "end": "2026-11-27"}),
        received_on="2026-12-01",
    ),
    platelets(
        "its start when it has no end",
        met(),
        count("231", None, effectivePeriod={"start": "2026-11-11"}),
    ),
    platelets(
        "an instant", met(), count("231", None, effectiveInstant="2026-11-18T08:00:00-05:00")
    ),
    platelets(
        "a timing is no date",
        unknown("missing"),
        count("231", None, effectiveTiming={"event": ["2026-11-18"]}),
    ),
    platelets(
        "a tighter window of 7 days",
        unknown("too-old"),
        count("231", "2026-11-17"),
        policy={"hematology": 7},
    ),
    platelets("... and its seventh day", met(), count("231"), policy={"hematology": 7}),
]

PARTLY_DATED = [
    platelets("collected this month", unknown("partial-date"), count("231", "2026-11")),
    platelets("collected this year", unknown("partial-date"), count("231", "2026")),
    platelets("collected last month", unknown("too-old"), count("231", "2026-10")),
    platelets("collected last year", unknown("too-old"), count("231", "2025")),
    platelets(
        "collected next month",
        unknown("missing"),
        count("231", "2026-12"),
        received_on="2027-01-05",
    ),
    platelets(
        "the whole month lies in the window, once cut at receipt",
        met(),
        count("231", "2026-11"),
        on="2026-11-14",
        received_on="2026-11-14",
    ),
    platelets(
        "received later, the month reaches beyond the day",
        unknown("partial-date"),
        count("231", "2026-11"),
        on="2026-11-14",
        received_on="2026-11-25",
    ),
    platelets(
        "whichever is the last, both are enough", met(), count("231"), count("150", "2026-11")
    ),
    platelets(
        "the last may be too low",
        unknown("partial-date", "conflicting"),
        count("231"),
        count("80", "2026-11"),
    ),
]

STATUS = [
    *(
        platelets(f"{status}", met(), count("231", status=status))
        for status in ("amended", "corrected")
    ),
    *(
        platelets(f"{status}", unknown("missing", warnings=True), count("231", status=status))
        for status in ("preliminary", "cancelled")
    ),
    *(
        platelets(f"{status}", unknown("missing"), count("231", status=status))
        for status in ("registered", "unknown", "entered-in-error")
    ),
    platelets(
        "a preliminary result later than the final one warns",
        met(warnings=True),
        count("231"),
        count("80", "2026-11-20", status="preliminary"),
    ),
    platelets(
        "a cancelled result later than the final one warns",
        met(warnings=True),
        count("231"),
        count("80", "2026-11-20", status="cancelled"),
    ),
    platelets(
        "a preliminary result before the final one does not warn",
        met(warnings=False),
        count("80", "2026-11-17", status="preliminary"),
        count("231"),
    ),
    platelets(
        "a haemolysed specimen is passed over, with a warning",
        met(warnings=True, uses="231"),
        count("231"),
        haemolysed("platelets", on="2026-11-20"),
    ),
    platelets(
        "only a haemolysed specimen",
        unknown("missing", warnings=True),
        haemolysed("platelets", on="2026-11-20"),
    ),
    platelets(
        "a haemolysed specimen, and a count that is too old",
        unknown("too-old"),
        count("231", "2026-11-01"),
        haemolysed("platelets", on="2026-11-20"),
    ),
    platelets(
        "set aside by a coordinator",
        unknown("missing"),
        count("80", id="clotted"),
        set_aside=["Observation/clotted"],
    ),
    platelets(
        "set aside, and the one before is used",
        met(),
        count("231", "2026-11-17"),
        count("80", id="clotted"),
        set_aside=["Observation/clotted"],
    ),
]

LAST_ONE = [
    platelets("the later of two days", met(uses="231"), count("80", "2026-11-17"), count("231")),
    platelets("whatever the order of arrival", met(), count("231"), count("80", "2026-11-17")),
    platelets("it may be the worse one", not_met(), count("231", "2026-11-17"), count("80")),
    platelets("the later of one day", not_met(), count("231", MORNING), count("80", NOON)),
    platelets(
        "one day in two zones",
        not_met(),
        count("80", "2026-11-18T16:00:00Z"),
        count("231", "2026-11-18T10:00:00-05:00"),
    ),
    platelets(
        "one instant, two verdicts", unknown("conflicting"), count("231", NOON), count("80", NOON)
    ),
    platelets(
        "one instant in two zones",
        unknown("conflicting"),
        count("231", NOON),
        count("80", "2026-11-18T17:00:00Z"),
    ),
    platelets("one instant, one verdict", met(), count("231", NOON), count("150", NOON)),
    platelets(
        "one day without hours, two verdicts", unknown("conflicting"), count("231"), count("80")
    ),
    platelets(
        "one day, one of them without hour", unknown("conflicting"), count("231"), count("80", NOON)
    ),
    platelets(
        "one day, the later issued counts",
        met(),
        count("231", issued="2026-11-18T15:00:00Z"),
        count("80", issued="2026-11-18T14:00:00Z"),
    ),
    platelets(
        "one day, only one says when issued",
        unknown("conflicting"),
        count("231", issued="2026-11-18T15:00:00Z"),
        count("80"),
    ),
    platelets(
        "one day, one that cannot be read",
        unknown(),
        count("231"),
        unreadable("platelets", on="2026-11-18"),
    ),
]

VERSIONS = [
    platelets(
        "the version issued last replaces the others",
        not_met(),
        version("231", issued="2026-11-18T10:00:00Z"),
        version("80", issued="2026-11-19T10:00:00Z", status="corrected"),
    ),
    platelets(
        "whatever the order of arrival",
        not_met(),
        version("80", issued="2026-11-19T10:00:00Z", status="corrected"),
        version("231", issued="2026-11-18T10:00:00Z"),
    ),
    platelets(
        "a version without issue comes first",
        not_met(),
        version("80", issued="2026-11-18T10:00:00Z"),
        version("231"),
    ),
    platelets(
        "without issue, the last update",
        not_met(),
        version("80", meta={"lastUpdated": "2026-11-19T10:00:00Z"}),
        version("231", meta={"lastUpdated": "2026-11-18T10:00:00Z"}),
    ),
    platelets("without either, the last to arrive", not_met(), version("231"), version("80")),
    *(
        platelets(
            f"a last version that is {status} withdraws the result",
            unknown("missing"),
            version("231", issued="2026-11-18T10:00:00Z"),
            version("231", issued="2026-11-19T10:00:00Z", status=status),
        )
        for status in ("entered-in-error", "cancelled", "preliminary")
    ),
    platelets(
        "a version with another date moves the result",
        unknown("too-old"),
        version("231", issued="2026-11-18T10:00:00Z"),
        version("231", on="2026-11-01", issued="2026-11-19T10:00:00Z"),
    ),
    platelets(
        "one id sent twice is one result",
        not_met(),
        count("231", id="r1", meta={"lastUpdated": "2026-11-18T10:00:00Z"}),
        count("80", id="r1", meta={"lastUpdated": "2026-11-19T10:00:00Z"}),
    ),
]


@pytest.mark.parametrize("case", [*WINDOW, *PARTLY_DATED, *STATUS, *LAST_ONE, *VERSIONS], ids=str)
def test_laboratory_choice(case: Case) -> None:
    judge(case)
