"""Deliveries over FHIR that name a patient of another site, in every place where one can stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.isolation.hospitals import MRN, SAME_NUMBER


def _entry(resource: dict[str, Any], full_url: str = "") -> dict[str, Any]:
    kind, ident = resource["resourceType"], resource.get("id", "")
    return {
        "fullUrl": full_url or f"http://example.org/{kind}/{ident}",
        "resource": resource,
        "request": {"method": "PUT", "url": f"{kind}/{ident}"},
    }


def _person(ident: str, number: str = "") -> dict[str, Any]:
    named = [{"system": MRN, "value": number}] if number else []
    return {"resourceType": "Patient", "id": ident, "birthDate": "1980-01-02", "identifier": named}


def _count(subject: dict[str, Any], ident: str = "count") -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": ident, "status": "final", "subject": subject,
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": {"value": 180, "unit": "10*3/uL", "system": "http://unitsofmeasure.org", "code": "10*3/uL"},
    }  # fmt: skip


def _padding(many: int) -> list[dict[str, Any]]:
    return [_entry(_count({"reference": "Patient/p"}, f"c{n}")) for n in range(many - 1)]


BUNDLES: Mapping[str, Any] = {
    "subject": lambda patient, mrn, many: [
        _entry(_person("p", "own-1")), *_padding(many), _entry(_count({"reference": f"Patient/{patient}"})),
    ],
    "Patient.id": lambda patient, mrn, many: [_entry(_person(patient)), *_padding(many)],
    "identifier": lambda patient, mrn, many: [_entry(_person("p", mrn)), *_padding(many)],
    "logical reference": lambda patient, mrn, many: [
        _entry(_person("p", "own-1")), *_padding(many),
        _entry(_count({"identifier": {"system": MRN, "value": mrn}})),
    ],
    "link": lambda patient, mrn, many: [
        _entry(_person("p", "own-1") | {"link": [{"other": {"reference": f"Patient/{patient}"}, "type": "replaces"}]}),
        *_padding(many),
    ],
    "fullUrl": lambda patient, mrn, many: [
        _entry(_person("p", SAME_NUMBER + "1"), f"urn:uuid:{patient}"), *_padding(many),
        _entry(_count({"reference": f"urn:uuid:{patient}"})),
    ],
}  # fmt: skip
