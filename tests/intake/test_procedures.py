"""Procedures, specimens and study participation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from patients.facts import Operation, Participation
from tests.intake.build import (
    RECEIVED,
    SNOMED,
    concept,
    facts,
    intake,
    intent,
    procedure,
    reasons,
    resource,
)

LYMPH_NODES = "27842006"
MARCH, MAY, R = "2026-03-01", "2026-05-01", str(RECEIVED)
PERIOD = {"start": MARCH, "end": MAY}


def one(code: Any = LYMPH_NODES, **more: Any) -> Operation:
    [found] = facts(procedure(code, **more)).operations
    return found


def short(found: Operation) -> tuple[str, str, str, bool, bool]:
    start = "-" if found.start is None else f"{found.start.first or '..'}/{found.start.last}"
    end = "-" if found.end is None else f"{found.end.first or '..'}/{found.end.last}"
    return start, end, found.ended, found.uncertain, found.completed


D, E = f"{MARCH}/{MARCH}", f"{MAY}/{MAY}"
DATES: list[tuple[str, dict[str, Any], tuple[str, str, str, bool, bool]]] = [
    ("completed", {"performedDateTime": MARCH}, (D, D, "known", False, True)),
    ("completed", {"performedDateTime": "2026-11"}, (f"2026-11-01/{R}", f"2026-11-01/{R}", "known", False, True)),
    ("completed", {"performedPeriod": PERIOD}, (D, E, "known", False, True)),
    ("completed", {"performedPeriod": {"start": MARCH}}, (D, f"{MARCH}/{R}", "unknown", False, True)),
    ("completed", {"performedPeriod": {"start": MARCH, "end": "2026"}}, (D, f"{MARCH}/{R}", "known", False, True)),
    ("completed", {"performedPeriod": {"start": "2026", "end": MAY}}, (f"2026-01-01/{MAY}", E, "known", False, True)),
    ("completed", {"performedPeriod": {"end": MAY}}, (f"../{MAY}", E, "known", False, True)),
    ("completed", {}, (f"../{R}", f"../{R}", "unknown", False, True)),
    ("completed", {"performedString": "in spring"}, (f"../{R}", f"../{R}", "unknown", False, True)),
    ("completed", {"performedAge": {"value": 40}}, (f"../{R}", f"../{R}", "unknown", False, True)),
    ("stopped", {"performedDateTime": MARCH}, (D, D, "known", False, False)),
    ("unknown", {"performedPeriod": {"start": MARCH}}, (D, f"{MARCH}/{R}", "unknown", True, False)),
    ("unknown", {"performedDateTime": MARCH}, (D, D, "known", True, False)),
    ("in-progress", {"performedPeriod": {"start": MARCH}}, (D, "-", "ongoing", False, False)),
    ("in-progress", {"performedPeriod": {"start": MARCH, "end": "2027"}},
     (D, "2027-01-01/2027-12-31", "known", False, False)),
    ("in-progress", {"performedDateTime": MARCH}, (D, "-", "ongoing", False, False)),
    ("in-progress", {}, ("-", "-", "ongoing", False, False)),
    ("on-hold", {"performedPeriod": {"start": MARCH}}, (D, "-", "ongoing", True, False)),
]  # fmt: skip


@pytest.mark.parametrize(("status", "more", "expected"), DATES)
def test_dates(status: str, more: Any, expected: Any) -> None:
    assert short(one(status=status, **more)) == expected


@pytest.mark.parametrize(
    ("status", "more", "own"),
    [
        ("completed", {"performedDateTime": "2026-03"}, date(2026, 3, 31)),
        ("completed", {"performedPeriod": PERIOD}, date(2026, 5, 1)),
        ("completed", {"performedPeriod": {"start": MARCH}}, date(2026, 3, 1)),
        ("in-progress", {"performedPeriod": PERIOD}, date(2026, 3, 1)),
        ("completed", {"performedString": "x"}, None),
    ],
)
def test_own_date(status: str, more: Any, own: date | None) -> None:
    assert one(status=status, **more).own == own


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("not-done", "not-done"),
        ("preparation", "not-begun"),
        ("entered-in-error", "entered-in-error"),
    ],
)
def test_set_aside(status: str, reason: str) -> None:
    found = intake(procedure(LYMPH_NODES, status=status))
    assert not found.facts.operations
    assert reasons(found) == [("set-aside", reason)]


@pytest.mark.parametrize(
    "more",
    [
        {"status": "done"},
        {"performedDateTime": "2026-02-30"},
        {"performedPeriod": 3},
        {"category": []},
        {"code": 3},
    ],
)
def test_malformed_is_unread(more: Any) -> None:
    found = intake(procedure(LYMPH_NODES) | more)
    assert [kind for kind, _ in reasons(found)] == ["unread"]


def test_drug_treatment_recorded_as_a_procedure() -> None:
    found = facts(
        procedure(
            "703423002",
            performedDateTime=MARCH,
            status="unknown",
            extension=intent("373846009", "363676003"),
        )
    )
    assert [sorted(operation.classes) for operation in found.operations] == [["radiotherapy"]]
    assert [(set(course.classes), course.intent) for course in found.courses] == [
        ({"chemotherapy"}, "adjuvant"),
        ({"chemotherapy"}, "palliative"),
    ]
    assert all(course.uncertain and course.ended == "known" for course in found.courses)
    both = facts(procedure("897713009"))
    assert not both.operations
    assert both.courses[0].classes == {"chemotherapy", "immunotherapy"}


def test_the_category_speaks_only_where_the_code_is_unrecognised() -> None:
    surgery, radiation = concept((SNOMED, "387713003")), concept((SNOMED, "108290001"))
    found = intake(procedure("999", "a", system="urn:local", category=surgery))
    assert found.facts.operations[0].classes == {"surgery-extent-unknown"}
    assert found.facts.operations[0].uncertain is False
    assert reasons(found) == [("unrecognised", "unrecognised-code")]
    assert found.account.by_outcome == {"used": 2}
    beam = one("999", category=radiation)
    assert beam.classes == {"radiotherapy"}
    assert beam.uncertain
    certain = one("1217123003", category=radiation)
    assert certain.uncertain is False
    biopsy = one("86273004", category=surgery)
    assert biopsy.classes == {"minor-surgery"}
    other = intake(procedure("999", category=concept((SNOMED, "103693007"))))
    assert other.account.by_outcome == {"unrecognised": 1, "used": 1}


def test_without_a_code() -> None:
    whole = procedure(LYMPH_NODES)
    del whole["code"]
    assert reasons(intake(whole)) == [("unrecognised", "no-code")]


# --- specimens ----------------------------------------------------------------------------------

TUMOUR = ("http://terminology.hl7.org/CodeSystem/v2-0487", "TUMOR")


@pytest.mark.parametrize(
    ("codings", "kind"),
    [
        ([(SNOMED, "441652008")], "ffpe"),
        ([TUMOUR], "other"),
        ([TUMOUR, (SNOMED, "441652008")], "ffpe"),
        ([(SNOMED, "119297000")], None),
        ([], None),
    ],
)
def test_specimens(codings: Any, kind: str | None) -> None:
    found = intake(resource("Specimen", type=concept(*codings), status="available"))
    assert [(one.kind, one.status) for one in found.facts.specimens] == (
        [] if kind is None else [(kind, "available")]
    )
    assert (found.account.by_outcome.get("unrecognised", 0) == 1) is (kind is None)


def test_specimen_statuses() -> None:
    block = resource("Specimen", type=concept((SNOMED, "441652008")))
    assert facts(block).specimens[0].status is None
    assert facts(block | {"status": "unsatisfactory"}).specimens[0].status == "unsatisfactory"
    assert reasons(intake(block | {"status": "entered-in-error"})) == [
        ("set-aside", "entered-in-error")
    ]
    assert reasons(intake(block | {"status": "lost"})) == [("unread", "malformed")]


# --- studies ------------------------------------------------------------------------------------

STUDY = {"resourceType": "ResearchStudy", "id": "s1", "status": "active", "title": "A study"}


def part(status: str, **more: Any) -> dict[str, Any]:
    return (
        resource("ResearchSubject", status=status, study={"reference": "ResearchStudy/s1"}) | more
    )


def participation(status: str = "on-study-intervention", **more: Any) -> Participation:
    [found] = facts(part(status, **more)).participations
    return found


def test_on_intervention_with_a_planned_end() -> None:
    found = participation(period={"start": "2026-03", "end": "2026-11"})
    assert (found.on_intervention, found.status) == (True, "on-study-intervention")
    assert found.start is not None
    assert found.end is not None
    assert found.end.last == date(2026, 11, 30) == found.own
    assert participation(period={"start": "2026-03"}).own == date(2026, 3, 31)
    bare = participation()
    assert (bare.start, bare.end, bare.own) == (None, None, None)


@pytest.mark.parametrize("status", ["off-study", "withdrawn", "follow-up", "on-study"])
def test_participation_that_is_over(status: str) -> None:
    assert participation(status).on_intervention is False


@pytest.mark.parametrize(
    "status",
    [
        "candidate",
        "eligible",
        "ineligible",
        "not-registered",
        "on-study-observation",
        "pending-on-study",
        "potential-candidate",
        "screening",
    ],
)
def test_participation_that_does_not_count(status: str) -> None:
    found = intake(part(status))
    assert not found.facts.participations
    assert reasons(found) == [("not-used", "pre-study")]


def test_names_of_a_study() -> None:
    assert participation().studies == {"S1"}
    named = facts(
        part("off-study"), STUDY | {"identifier": [{"system": "x", "value": "nct00514085"}]}
    )
    assert named.participations[0].studies == {"S1", "NCT00514085"}
    assert named.participations[0].label == "A study"
    by_identifier = participation(study={"identifier": {"value": "ind.189"}})
    assert by_identifier.studies == {"IND.189"}
    absolute = participation(
        study={"reference": "https://clinicaltrials.gov/NCT00514085/_history/2"}
    )
    assert absolute.studies == {"NCT00514085"}
    whole = part("off-study")
    del whole["study"]
    assert facts(whole).participations[0].studies == frozenset()


def test_study_statuses_are_a_closed_list() -> None:
    assert reasons(intake(part("finished"))) == [("unread", "malformed")]
