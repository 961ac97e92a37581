"""What the list of patients and a patient's page say, without their HTML and without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from eligibility.listing import Asked, Candidate, Line, Listing
from eligibility.models import Assessment
from eligibility.presenters import candidate, facts, patients, people
from eligibility.protocols import get
from patients.facts import Course, Facts, Person, Result
from patients.models import Delivery, Patient, PatientIdentifier
from patients.values import Amount, Days
from trialscreen.institution.models import Site
from trialscreen.institution.sealed import sealed

PROTOCOL = get("NCT00514085")
COUNT = len(PROTOCOL.criteria)
TODAY = date(2026, 11, 22)
KEY = UUID("00000000-0000-4000-8000-000000000001")
SITE = Site(pk=1, code="edmonton", name="Cross", city="Edmonton", time_zone="America/Edmonton")


def a_patient(version: int = 3) -> Patient:
    return Patient(pk=KEY, site=SITE, record_version=version)


def an_assessment(**said: Any) -> Assessment:
    usual: dict[str, Any] = {
        "on": TODAY,
        "record_version": 3,
        "status": "undetermined",
        "verdicts": "m" * COUNT,
        "glance": {"bases": "e" * COUNT, "missing": 0, "first": [], "blocked": []},
    }
    return Assessment(**usual | said)


def a_line(assessment: Assessment | None, *, overtaken: bool = False, **said: Any) -> Line:
    birth = date(1984, 5, 17)
    line = Line(
        a_patient(),
        "Gagnon",
        "Amélie",
        (birth, birth),
        "female",
        "MRN-1",
        assessment,
        TODAY,
        overtaken,
    )
    return line._replace(**said)


def a_list(*lines: Line, asked: Asked | None = None, **said: Any) -> patients.PatientList:
    listing = Listing(asked or Asked(), lines, {"undetermined": len(lines)}, 1)._replace(**said)
    return patients.present(listing, sites=[SITE], protocol=PROTOCOL)


def a_row(assessment: Assessment | None, **said: Any) -> patients.Row:
    return a_list(a_line(assessment, **said)).rows[0]


def test_who_it_is() -> None:
    row = a_row(an_assessment())
    assert (row.initials, row.age, row.identifier) == ("A.G.", "42 years", "MRN-1")
    nobody = a_row(None, family="", given="", birth=(None, None), sex="", identifier="")
    assert (nobody.initials, nobody.age, str(nobody.sex)) == ("?.?.", "", "sex not known")


@pytest.mark.parametrize(
    ("first", "last", "said", "born"),
    [
        ("1984-11-22", "1984-11-22", "42 years", "22 Nov 1984"),
        ("1984-11-23", "1984-11-23", "41 years", "23 Nov 1984"),
        ("1984-11-01", "1984-11-30", "41 or 42 years", "1–30 Nov 1984"),
        ("1980-01-01", "1984-12-31", "41 to 46 years", "1 Jan 1980–31 Dec 1984"),
    ],
)
def test_ages(first: str, last: str, said: str, born: str) -> None:
    birth = (date.fromisoformat(first), date.fromisoformat(last))
    assert people.age(birth, on=TODAY) == said
    assert people.born(birth) == born


def test_not_assessed_yet_is_no_verdict() -> None:
    row = a_row(None)
    assert str(row.look.label) == "Not assessed yet"
    assert str(row.note) == "waits for its first assessment"
    assert row.strip is None
    assert (row.gaps, row.no_gaps, row.window) == ((), "", "")


def test_what_is_overtaken_says_by_what() -> None:
    assert a_row(an_assessment()).note == ""
    newer = a_row(an_assessment(record_version=2), overtaken=True)
    assert newer.note == "newer data is being assessed"
    later = a_row(an_assessment(on=date(2026, 11, 20)), overtaken=True)
    assert later.note == "of 20 Nov 2026, is being assessed again"


def test_silence_never_looks_like_evidence() -> None:
    bases = "e" + "p" + "s" + "-" * (COUNT - 3)
    letters = "mmm" + "n" + "u" + "a" * (COUNT - 5)
    found = an_assessment(verdicts=letters, glance={"bases": bases})
    strip = a_row(found).strip
    assert strip is not None
    cells = [cell for group in strip.groups for cell in group]
    assert [cell.tone for cell in cells[:6]] == [
        "pass",
        "presumed",
        "pass",
        "fail",
        "unknown",
        "neutral",
    ]
    assert [cell.stated for cell in cells[:4]] == [False, False, True, False]
    assert len(cells) == COUNT
    assert strip.spoken.endswith(f"1 unknown, 1 failing: {PROTOCOL.criteria[3].title}")
    assert "1 with none on record" in strip.spoken


def test_an_assessment_without_bases_counts_as_silence() -> None:
    strip = a_row(an_assessment(glance={})).strip
    assert strip is not None
    assert {cell.tone for group in strip.groups for cell in group} == {"presumed"}


def test_the_first_gaps_and_how_many_more() -> None:
    first = [["patient", "Ask one"], ["lab", "Order 2 umol/L"], ["imaging", "Scan"]]
    glance = {"bases": "e" * COUNT, "missing": 7, "first": first, "blocked": []}
    row = a_row(an_assessment(glance=glance))
    assert [gap.what for gap in row.gaps] == ["Ask one", "Order 2 µmol/L"]
    assert str(row.gaps[0].effort.label) == "Ask the patient"
    assert (row.more, row.no_gaps) == ("and 5 more", "")


def test_nothing_is_asked_for_while_a_failure_stands_for_ever() -> None:
    glance = {"missing": 3, "first": [["lab", "Order"]], "blocked": ["no-prior-chemotherapy"]}
    row = a_row(an_assessment(status="ineligible", glance=glance))
    assert row.gaps == ()
    assert row.no_gaps == "Nothing; never met: Prior chemotherapy"


def test_nothing_missing_names_what_fails_or_is_to_be_confirmed() -> None:
    failing = an_assessment(verdicts="n" * 5 + "m" * (COUNT - 5))
    titles = [one.title for one in PROTOCOL.criteria[:3]]
    assert a_row(failing).no_gaps == f"Nothing; fails: {', '.join(titles)} and 2 more"
    silent = an_assessment(glance={"bases": "p" * COUNT})
    assert a_row(silent).no_gaps == f"{COUNT} absences to confirm"
    assert a_row(an_assessment(status="eligible")).no_gaps == "Nothing"


def test_windows() -> None:
    window = {"window_first": date(2026, 12, 3), "window_last": date(2026, 12, 17)}
    assert a_row(an_assessment(**window)).window == "3–17 Dec 2026"
    waiting = an_assessment(earliest=date(2026, 12, 5), recheck_on=date(2026, 12, 1))
    assert a_row(waiting).window == "not before 5 Dec 2026"
    assert a_row(waiting).recheck == "1 Dec 2026"
    assert a_row(an_assessment(earliest=TODAY)).window == ""


def test_tabs_columns_and_pages_keep_what_was_asked() -> None:
    asked = Asked("ga & gn", "undetermined", "name", 2)
    shown = a_list(a_line(an_assessment()), asked=asked, pages=3)
    there = f"?find={sealed('ga & gn')}"
    assert [tab.address for tab in shown.tabs if tab.key == "all"] == [f"{there}&sort=name"]
    assert [tab.key for tab in shown.tabs if tab.current] == ["undetermined"]
    assert shown.columns["name"].direction == "ascending"
    assert shown.columns["name"].address == f"{there}&status=undetermined&sort=-name"
    assert shown.columns["soonest"].address == f"{there}&status=undetermined"
    assert shown.next == f"{there}&status=undetermined&sort=name&page=3"
    assert shown.previous == f"{there}&status=undetermined&sort=name"
    assert shown.kept == (("status", "undetermined"), ("sort", "name"))


def test_nobody_yet_is_not_nobody_found() -> None:
    assert a_list().nothing_yet
    assert not a_list(asked=Asked("gagnon")).nothing_yet
    assert a_list().found == "0 patients"


def exact(day: str) -> Days:
    found = date.fromisoformat(day)
    return Days(found, found, day)


def test_a_patient_s_page_tells_who_and_what_arrived() -> None:
    birth = Days(date(1984, 5, 1), date(1984, 5, 31), "1984-05")
    held = Candidate(
        a_patient(),
        "Gagnon",
        "Amélie",
        (PatientIdentifier(source="ehr", system="urn:mrn", value="MRN-1"),),
        (
            Delivery(
                source="ehr",
                client="feed",
                received_at=datetime(2026, 11, 22, 6, 30, tzinfo=UTC),
                account={"received": 2, "used": 2},
                record_version=1,
            ),
        ),
    )
    page = candidate.present(held, Facts(Person("Patient/p", birth), TODAY), on=TODAY)
    assert (page.name, page.age, page.birth) == ("Amélie Gagnon", "42 years", "1–31 May 1984")
    assert page.identifiers == (("MRN-1", "urn:mrn"),)
    assert (page.site, page.data_to) == ("Cross, Edmonton", "22 Nov 2026")
    arrival = page.arrivals[0]
    # Half past six in Greenwich is still the night before in Edmonton, by an hour and a half.
    assert (arrival.when, arrival.by) == ("21 Nov 2026, 23:30", "feed")
    assert arrival.account == "2 records received: 2 used."


def test_facts_are_told_the_newest_first() -> None:
    from decimal import Decimal

    def platelets(day: str, value: str) -> Result:
        amount = Amount(Decimal(value), None, "10*9/L", "number", Decimal(value))
        collected = exact(day)
        return Result(
            f"Observation/{value}",
            "Platelets",
            "777-3",
            "platelets",
            "final",
            amount,
            collected,
            own=collected.last,
        )

    held = Facts(
        Person("Patient/p"),
        TODAY,
        results=(platelets("2026-11-01", "90"), platelets("2026-11-20", "100")),
        courses=(Course("MedicationStatement/m", "Prednisone", "x", frozenset(), ended="ongoing"),),
    )
    kinds = {str(kind.title): kind.facts for kind in facts.kinds(held)}
    assert list(kinds) == ["Results", "Drug therapy"]
    assert [(one.value, one.when) for one in kinds["Results"]] == [
        ("100 ×10⁹/L", "20 Nov 2026"),
        ("90 ×10⁹/L", "1 Nov 2026"),
    ]
    assert kinds["Drug therapy"][0].when == "ongoing"


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        ("mllp:Invented laboratory", "Invented laboratory over MLLP"),
        ("ehr-feed", "ehr-feed"),
        ("", ""),
    ],
)
def test_who_sent_without_signing_in_is_named_in_words(client: str, shown: str) -> None:
    assert people.client_in_words(client) == shown
