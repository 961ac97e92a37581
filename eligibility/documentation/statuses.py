"""``docs/statuses.md``: of each resource, what every status comes to, as the reader of records itself answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from patients.facts import Facts
from patients.intake.fhir import read_bundle
from patients.intake.fhir.drugs import STATUSES as OF_DRUGS
from patients.intake.fhir.observations import COUNTS
from patients.intake.fhir.observations import STATUSES as OF_OBSERVATIONS
from patients.intake.fhir.procedures import STATUSES as OF_PROCEDURES
from patients.intake.fhir.specimens import STATUSES as OF_SPECIMENS
from patients.intake.fhir.studies import STATUSES as OF_STUDIES
from patients.intake.hl7v2.results import STATUSES as OF_OBX

_HEAD = """\
# Statuses

Generated from the reader of records by `manage.py generate_docs`; do not edit. Each line is what became of an invented
record that is right in all but its status. *Read* is a fact of the record; *set aside* is kept, shown with its reason,
and decides nothing. A status that is none of these words refuses the resource, with its place.
"""
_SUBJECT = {"subject": {"reference": "Patient/p"}}
_PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1984-05-17"}
_PERIOD = {"start": "2026-01-05", "end": "2026-01-09"}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


_DRUG = _coded("http://www.whocc.no/atc", "L01AX04")
_RESULT: Final[Mapping[str, Any]] = {
    **_SUBJECT,
    "effectiveDateTime": "2026-11-20",
    "code": _coded("http://loinc.org", "777-3"),
    "valueQuantity": {
        "value": Decimal(180),
        "system": "http://unitsofmeasure.org",
        "code": "10*9/L",
    },
}
_TRIED: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]]] = {
    "Observation": (OF_OBSERVATIONS, _RESULT),
    "Procedure": (
        OF_PROCEDURES,
        {
            **_SUBJECT,
            "code": _coded("http://snomed.info/sct", "387713003"),
            "performedPeriod": _PERIOD,
        },
    ),
    "MedicationAdministration": (
        OF_DRUGS["MedicationAdministration"],
        {**_SUBJECT, "medicationCodeableConcept": _DRUG, "effectivePeriod": _PERIOD},
    ),
    "MedicationStatement": (
        OF_DRUGS["MedicationStatement"],
        {**_SUBJECT, "medicationCodeableConcept": _DRUG, "effectivePeriod": _PERIOD},
    ),
    "MedicationRequest": (
        OF_DRUGS["MedicationRequest"],
        {
            **_SUBJECT,
            "intent": "order",
            "medicationCodeableConcept": _DRUG,
            "authoredOn": "2026-01-05",
        },
    ),
    "Specimen": (
        OF_SPECIMENS,
        {**_SUBJECT, "type": _coded("http://snomed.info/sct", "441652008")},
    ),
    "ResearchSubject": (
        OF_STUDIES,
        {
            "individual": {"reference": "Patient/p"},
            "study": {"identifier": {"value": "NCT00000001"}},
            "period": _PERIOD,
        },
    ),
}


def statuses_document() -> str:
    """The whole document."""
    return "\n".join([_HEAD, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for kind, (statuses, resource) in _TRIED.items():
        yield from _table(kind, "`status`", "Becomes")
        for status in statuses:
            told = _told(_read({"resourceType": kind, **resource, "status": status}))
            if kind == "Observation" and told == "read" and status in COUNTS:
                told = "read; it counts"
            yield f"| `{status}` | {told} |"
        yield ""
    yield from _table("HL7 v2, OBX-11", "OBX-11", "As `Observation.status`")
    for letter, status in OF_OBX.items():
        yield f"| `{letter}` | `{status}` |"


def _table(title: str, first: str, second: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield f"| {first} | {second} |"
    yield "|---|---|"


def _read(resource: Mapping[str, Any]) -> Facts:
    entries = [_PATIENT, {**resource, "id": "r"}]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"http://example.org/{one['resourceType']}/{one['id']}", "resource": one}
            for one in entries
        ],
    }
    zone = ZoneInfo("America/Toronto")
    return read_bundle(bundle, received_on=date(2026, 11, 25), zone=zone).facts


def _told(facts: Facts) -> str:
    read = (*facts.results, *facts.operations, *facts.courses, *facts.specimens)
    held = [*read, *facts.participations]
    said = [f"{one.kind.replace('-', ' ')} (`{one.reason}`): {one.detail}" for one in facts.notices]
    if held and not said:
        doubtful = any(getattr(one, "uncertain", False) for one in held)
        return "read; uncertain whether it was given or done" if doubtful else "read"
    return "; ".join(said) or "nothing of the record"
