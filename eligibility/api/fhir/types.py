"""The types of the trial's records, put up beside what hospitals send of the same types."""

from __future__ import annotations

from eligibility.api.fhir.steps import STEPS
from eligibility.api.fhir.studies import Criteria, Studies
from eligibility.api.fhir.subjects import Subjects
from patients.api.fhir.provenances import also
from patients.api.fhir.registry import IDENTIFIER, KINDS, Kind, Parameter
from patients.api.fhir.shelves import put_up

_SCREENINGS = "Screenings under their ids, made here and only read; and what systems sent, under ids of its own."
_TRIALS = "The trial, under its registry number, and what came in Bundles with a patient's records."
_VERSIONS = "Versions of the criteria that are or were in force, and what came in Bundles with a patient's records."


def put_up_all() -> None:
    """Done once, when the product starts."""
    subject = KINDS["ResearchSubject"]
    more = (
        Parameter("individual", "reference"),
        Parameter(
            "study", "reference", "ResearchStudy/NCT00514085; of screenings here alone.", made=True
        ),
    )
    known = tuple(one for one in subject.parameters if one.name not in ("individual", "study"))
    put_up(subject._replace(parameters=known + more, documentation=_SCREENINGS), Subjects())
    put_up(_described("ResearchStudy", _TRIALS), Studies())
    put_up(_described("Group", _VERSIONS), Criteria())
    also(STEPS)


def _described(name: str, said: str) -> Kind:
    kind = KINDS[name]
    assert IDENTIFIER in kind.parameters
    return kind._replace(documentation=said)
