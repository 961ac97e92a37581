"""Addresses that are only read: what each takes from its parameters, and what it answers to what it cannot use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eligibility.protocols import get
from tests.refusals.clinic import TRIAL, Clinic
from tests.refusals.kinds import DAY, LONG, SURROGATE

VERSION = get(TRIAL).version
LEFT_OUT = ""
"""A parameter that cannot be meant asks for nothing: the page is that without it."""
FILTER = {
    "what is not offered": "furlongs",
    "a NUL character": "a\x00b",
    "bytes that are no text": SURROGATE,
    "markup": "<script>alert(1)</script>",
    "SQL": "x'); DROP TABLE patients_patient; --",
    "a formula": "=cmd|' /C calc'!A0",
    "emoji, combining and reversing characters": "🧪 e\u0301\u0327\u0308 \u202eabc",
    "10,000 characters": LONG,
    "1e400": "1e400",
    "-1": "-1",
    "blanks only": "  ",
    "empty": "",
}
CURSOR = {"no cursor of ours": "eyJ4IjogMX0", "a key of another place": "x/\x00/1", **FILTER}
DAYS = {
    name: typed
    for name, typed in {
        "a word": "soon",
        "a day that is none (31 Feb)": "2026-02-31",
        "a month alone (2026-11)": "2026-11",
        "a week (2026-W01-1)": "2026-W01-1",
        "the year 0000": "0000-01-01",
        "the year 0001": "0001-01-01",
        "the year 9999": "9999-12-31",
        "digits of another script": "２０２６-11-25",
        **FILTER,
    }.items()
    if typed.strip()
}


@dataclass(frozen=True)
class Parameter:
    """What can be asked by it, the tries, and what is said (422); `LEFT_OUT`: nothing is said (200)."""

    tries: Mapping[str, str]
    said: str = LEFT_OUT
    status: int = 422


@dataclass(frozen=True)
class Address:
    """A page or a file that is read, and its parameters."""

    title: str
    named: str
    by: str
    at: Callable[[Clinic], str]
    asks: Mapping[str, Parameter] = field(default_factory=dict)
    usual: int = 200


def _held(state: str, what: str = "") -> Callable[[Clinic], str]:
    return lambda clinic: f"/screenings/{clinic.held[state].pk}/{what}"


def _of(path: str) -> Callable[[Clinic], str]:
    return lambda clinic: path


def _patient(what: str = "") -> Callable[[Clinic], str]:
    return lambda clinic: f"/patients/{clinic.known.pk}/{what}"


LEFT = Parameter(FILTER)
PAGES = Parameter(CURSOR)
ON = Parameter(DAYS, DAY)
HISTORY = {
    "kind": Parameter({"what is not offered": "furlongs"}),
    "person": Parameter({"a number that is nobody's": "999999999"}),
    "first": ON,
    "last": ON,
}
LOG_FILTERS = {
    name: Parameter(
        {label: one for label, one in tries.items() if one.strip()},
        "Not understood, so not filtered by: ",
    )
    for name, tries in (
        ("site", FILTER),
        ("state", FILTER),
        ("criterion", FILTER),
        ("from", DAYS),
        ("to", DAYS),
    )
}
CYCLES_SAID = "Between 1 and 6 cycles, in digits."
CYCLES = {**FILTER, "more than there are": "7", "none": "0", "a fraction (1.5)": "1.5"}
ADDRESSES: tuple[Address, ...] = (
    Address("First page", "home", "coordinator", _of("/"), usual=302),
    Address(
        "Worklist",
        "worklist",
        "coordinator",
        _of("/worklist/"),
        {
            "tab": LEFT,
            "q": LEFT,
            "find": LEFT,
            "who": LEFT,
            "sort": LEFT,
            "at": PAGES,
            "seen": LEFT,
        },
    ),
    Address(
        "Patients",
        "patients",
        "coordinator",
        _of("/patients/"),
        {"q": LEFT, "find": LEFT, "status": LEFT, "sort": LEFT, "page": LEFT},
    ),
    Address("Patient", "patient", "coordinator", _patient(), {"on": ON, "saved": LEFT}),
    Address(
        "Forms of a criterion",
        "entry",
        "coordinator",
        _patient("criteria/platelets/"),
        {"on": Parameter(DAYS, LEFT_OUT)},
    ),
    Address(
        "History of a patient", "patient-history", "coordinator", _patient("history/"), HISTORY
    ),
    Address(
        "History of a patient as a file",
        "patient-history-file",
        "coordinator",
        _patient("history.csv"),
    ),
    Address(
        "History of a criterion",
        "criterion-history",
        "coordinator",
        _patient("criteria/platelets/history/"),
        HISTORY,
    ),
    Address("Notes that wait", "my-notes", "coordinator", _of("/notes/")),
    Address("Screening", "screening", "coordinator", _held("candidate")),
    Address("Filed checklist", "filed-checklist", "coordinator", _held("signed", "checklist.pdf")),
    Address(
        "Treatment calendar",
        "treatment-calendar",
        "coordinator",
        _held("registered", "calendar/"),
        {
            "first": ON,
            "cycles": Parameter(
                {name: one for name, one in CYCLES.items() if one.strip()}, CYCLES_SAID
            ),
        },
    ),
    Address(
        "Treatment calendar as a file",
        "treatment-calendar-file",
        "coordinator",
        _held("registered", "calendar.ics"),
        {"first": ON, "cycles": Parameter({"a word": "x", "a fraction (1.5)": "1.5"}, CYCLES_SAID)},
    ),
    Address("Reports", "reports", "monitor", _of("/reports/"), usual=302),
    Address(
        "Screening log",
        "screening-log",
        "monitor",
        _of("/reports/screening-log/"),
        {**LOG_FILTERS, "after": PAGES},
    ),
    Address(
        "Screening log as a file",
        "screening-log-file",
        "monitor",
        _of("/reports/screening-log.csv"),
        LOG_FILTERS,
    ),
    Address(
        "Flow of patients", "report-consort", "monitor", _of("/reports/consort/"), {"site": LEFT}
    ),
    Address("Reasons", "report-reasons", "monitor", _of("/reports/reasons/"), {"site": LEFT}),
    Address("Accrual", "report-accrual", "monitor", _of("/reports/accrual/"), {"site": LEFT}),
    Address("Key list", "key-list", "coordinator", _of("/reports/key-list/"), {"site": LEFT}),
    Address("Key list as a file", "key-list-file", "coordinator", _of("/reports/key-list.csv")),
    Address("Worklist on paper", "downtime", "coordinator", _of("/reports/downtime/")),
    Address(
        "Worklist on paper as a file", "downtime-file", "coordinator", _of("/reports/downtime.pdf")
    ),
    Address("Trial", "trial", "", _of(f"/trials/{TRIAL}/")),
    Address("Opening", "opening", "coordinator", _of(f"/trials/{TRIAL}/opening/")),
    Address(
        "Versions of the criteria",
        "trial-versions",
        "coordinator",
        _of(f"/trials/{TRIAL}/versions/"),
    ),
    Address(
        "Version of the criteria",
        "trial-version",
        "coordinator",
        _of(f"/trials/{TRIAL}/versions/{VERSION}/"),
    ),
    Address(
        "Changes between versions",
        "trial-version-changes",
        "coordinator",
        _of(f"/trials/{TRIAL}/versions/{VERSION}/changes/{VERSION}/"),
    ),
    Address(
        "Own delegation log", "my-delegation-log", "coordinator", _of("/delegation/"), usual=302
    ),
    Address(
        "An invented patient by its address",
        "evaluate",
        "",
        _of(f"/trials/{TRIAL}/evaluate/"),
        {
            "invented": Parameter(
                {n: o for n, o in FILTER.items() if o.strip()}, "Select a valid choice."
            )
        },
    ),
)
