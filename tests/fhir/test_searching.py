"""Searching: by codes, identifiers, dates, states and patients, page by page, and nothing passed over in silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fhir.conftest import Json, Speaker, observation, person

pytestmark = pytest.mark.django_db
SNOMED = "http://snomed.info/sct"


def ids(fhir: Speaker, query: str, kind: str = "Observation") -> list[str]:
    """Which records are found, by what they were called when they were sent."""
    said = fhir.get(f"{kind}?{query}")
    assert said.status == 200, said.raw
    return [one["note"][0]["text"] for one in said.found if "note" in one]


def named(ident: str, **more: Any) -> Json:
    return observation(ident, note=[{"text": ident}], **more)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("code=777-3", ["day", "month", "moment", "period"]),
        ("code=http://loinc.org|777-3", ["day", "month", "moment", "period"]),
        ("code=|777-3", []),
        ("code=http://snomed.info/sct|777-3", []),
        ("code=777-3,26515-7&status=final", ["day", "moment", "other"]),
        ("status=amended", ["month"]),
        ("identifier=urn:lab|A1", ["other"]),
        ("identifier=A1", ["other"]),
        ("date=2026-10-05", ["day"]),
        ("date=2026-10", ["day", "month"]),
        ("date=ge2026-10-05", ["day", "month", "moment", "period"]),
        ("date=gt2026-10-05", ["month", "moment", "period"]),
        ("date=lt2026-10-05", ["month", "other"]),
        ("date=le2026-10-05", ["day", "month", "other"]),
        ("date=sa2026-10-31", ["moment", "period"]),
        ("date=eb2026-10-01", ["other"]),
        ("date=ne2026-10-05", ["month", "moment", "period", "other"]),
        ("date=ge2026-10-01&date=lt2026-11-01", ["day", "month"]),
        ("date=2026-11-03T03:30:00Z", ["moment"]),
        ("date=2026-11-02", ["moment"]),
        ("date=2026-11-03", []),
        ("category=laboratory", ["other"]),
        ("_lastUpdated=gt2020", ["day", "month", "moment", "period", "other"]),
        ("_lastUpdated=lt2020", []),
        ("_id=nobody", []),
    ],
)
def test_what_is_found(fhir: Speaker, query: str, found: list[str]) -> None:
    coded = {"coding": [{"system": "http://loinc.org", "code": "26515-7"}]}
    fhir.send(
        person(),
        named("day", effectiveDateTime="2026-10-05"),
        named("month", effectiveDateTime="2026-10", status="amended"),
        # 2 November in Toronto.
        named("moment", effectiveDateTime="2026-11-02T22:30:00-05:00"),
        named("period", effectiveDateTime=None, status="corrected")
        | {"effectivePeriod": {"start": "2026-11-10"}},
        named(
            "other", effectiveDateTime="2026-09-01", code=coded,
            identifier=[{"system": "urn:lab", "value": "A1"}],
            category=[{"coding": [{"code": "laboratory"}]}],
        ),
    )  # fmt: skip
    assert sorted(ids(fhir, query)) == sorted(found)


def test_by_patient_in_every_form(fhir: Speaker) -> None:
    fhir.send(person(), named("mine"))
    fhir.send(person("p2"), named("theirs", patient="Patient/p2"))
    patient = fhir.patient()
    for form in (patient, f"Patient/{patient}", f"http://testserver/fhir/Patient/{patient}"):
        for name in ("patient", "subject"):
            assert ids(fhir, f"{name}={form}") == ["mine"]
    for form in (
        "p1",
        "Patient/p1",
        f"http://elsewhere.example/Patient/{patient}",
        f"Group/{patient}",
    ):
        assert ids(fhir, f"patient={form}") == []


def test_people(fhir: Speaker) -> None:
    fhir.send(person())
    fhir.send(person("p2", birthDate="1970"))
    for query, found in (
        ("identifier=urn:mrn|p1", 1), ("identifier=p1", 1), ("identifier=|p1", 0), ("identifier=p", 0),
        ("birthdate=1984-05-17", 1), ("birthdate=lt1975", 1), ("birthdate=1970", 1), ("birthdate=1970-02", 0),
        ("birthdate=ge1970", 2), (f"_id={fhir.patient()}", 1),
    ):  # fmt: skip
        assert len(fhir.get(f"Patient?{query}").found) == found, query


def test_pages(fhir: Speaker) -> None:
    fhir.send(person(), *(named(f"o{n:02}") for n in range(13)))
    seen, pages, at = [], 0, "Observation?_count=5&code=777-3"
    while at:
        said = fhir.get(at).tree
        seen += [one["resource"]["note"][0]["text"] for one in said["entry"]]
        links = {one["relation"]: one["url"] for one in said["link"]}
        at, pages = links.get("next", ""), pages + 1
        assert "777-3" not in at
    assert (seen, pages) == ([f"o{n:02}" for n in range(13)], 3)
    assert fhir.get("Observation?_count=13").tree["total"] == 13
    assert len(fhir.get("Observation?_count=100000").found) == 13
    fhir.get("Observation?_cursor=nonsense").outcome(400)
    other = (
        fhir.get("Observation?_count=5").tree["link"][1]["url"].replace("Observation", "Condition")
    )
    fhir.get(other).outcome(400)


def test_a_form_keeps_whom_it_is_about_out_of_addresses(fhir: Speaker) -> None:
    fhir.send(person(), named("o1"), named("o2"))
    form = "application/x-www-form-urlencoded"
    said = fhir.ask("post", "Observation/_search", "code=777-3&_count=1", Content_Type=form)
    assert [one["id"] for one in said.found]
    assert all("777-3" not in one["url"] for one in said.tree["link"])
    fhir.ask("post", "Observation/_search", b"code=%ff", Content_Type=form).outcome(400)
    fhir.ask("post", "Observation/_search", "{}", Content_Type="text/plain").outcome(415)
    fhir.get("Observation/_search").outcome(405)


def test_what_is_not_known_is_told_or_refused(fhir: Speaker) -> None:
    fhir.send(person(), named("o1"))
    said = fhir.get("Observation?colour=red&code=777-3")
    (outcome,) = [one for one in said.found if one["resourceType"] == "OperationOutcome"]
    assert outcome["issue"][0]["expression"] == ["http.colour"]
    assert outcome["issue"][0]["severity"] == "warning"
    issue = fhir.get("Observation?colour=red", Prefer="handling=strict").outcome(400)
    assert issue["expression"] == ["http.colour"]


@pytest.mark.parametrize(
    "query",
    [
        "date=yesterday", "date=ap2026", "date=2026-13-45", "code:text=x", "code=a|b|c", "code=",
        "code=http://loinc.org|", "subject.name=x", "_count=-1", "_count=x", "_count=1&_count=2",
        "_lastUpdated=9999999", "identifier=%00", "status=%00",
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(fhir: Speaker, query: str) -> None:
    fhir.get(f"Observation?{query}").outcome(400)


def test_a_system_alone_needs_a_patient(fhir: Speaker) -> None:
    fhir.send(person(), named("o1"))
    assert ids(fhir, f"code=http://loinc.org|&patient={fhir.patient()}") == ["o1"]
