"""A refusal as a problem document, wherever it is said."""

from __future__ import annotations

import pytest

from eligibility.api.problems import problem_document
from patients.intake.problems import Issue, Refused, pointer


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/entry/3/resource/subject", "/entry/3/resource/subject"),
        ("Bundle.entry[3].resource.subject", "/entry/3/resource/subject"),
        ("Bundle", ""),
        ("line 3, column 7", ""),
        ("", ""),
    ],
)
def test_a_place_becomes_a_json_pointer(place: str, expected: str) -> None:
    assert pointer(place) == expected


def test_every_fault_is_listed_and_the_first_is_said() -> None:
    refused = Refused(
        (
            Issue("/entry/3", "two-patients", "A second Patient."),
            Issue("line 3, column 7", "not-json", "A comma is missing."),
        )
    )
    document = problem_document(refused, instance="/here/")
    assert document["detail"] == "A second Patient. (/entry/3) And 1 more."
    assert document["instance"] == "/here/"
    assert document["errors"] == [
        {"pointer": "/entry/3", "code": "two-patients", "detail": "A second Patient."},
        {"pointer": "", "code": "not-json", "detail": "A comma is missing. (line 3, column 7)"},
    ]
    assert len(document["outcome"]["issue"]) == 2
    assert "instance" not in problem_document(refused)
