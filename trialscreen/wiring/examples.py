"""Bodies to be copied from the description, by the name of the operation, where its view shows none itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from patients.api.facts import KINDS

_PATIENT = "6f4a5f0e-3b55-4a52-9d3e-0f2c1f6d7a10"
_ICD = "http://hl7.org/fhir/sid/icd-10"
_WHY = {"reason": "Checked against the source"}
_ENTERED: Final[Mapping[str, Mapping[str, Any]]] = {
    "lab-results": {
        "code": "777-3",
        "collected": "2026-11-20T08:15:00-05:00",
        "value": "182",
        "unit": "10*9/L",
        "laboratory": "Central laboratory",
        "reference_range": {"low": "150", "high": "400"},
    },
    "observations": {"code": "89247-1", "collected": "2026-11-20", "value": 1},
    "conditions": {"code": "C43.5", "system": _ICD, "onset": "2024-03", "clinical": "active"},
    "prior-therapies": {
        "kind": "drug",
        "code": "L01AX04",
        "system": "http://www.whocc.no/atc",
        "start": "2025-01",
        "end": "2025-02-11",
    },
    "lesions": {
        "lesion": "right lung 1",
        "body_site": {"text": "right lung"},
        "measurements": [{"collected": "2026-11-02", "size": "23.5", "method": "ct-spiral"}],
    },
    "histologies": {"code": "8720/3", "collected": "2024-04-02"},
    "specimens": {"code": "441652008", "status": "available"},
    "study-participations": {
        "study": "NCT00000001",
        "status": "off-study",
        "start": "2024-01",
        "end": "2024-06-30",
    },
}
_CORRECTED: Final[Mapping[str, Mapping[str, Any]]] = {
    "lab-results": {"value": "128"},
    "observations": {"value": 2},
    "conditions": {"abated": "2026-05"},
    "prior-therapies": {"end": "2025-02-18"},
    "lesions": {"size": "25"},
    "histologies": {"collected": "2024-04-03"},
    "specimens": {"status": "unavailable"},
    "study-participations": {"end": "2024-07-01"},
}


def _of_kinds() -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for kind in KINDS:
        name = f"patients_{kind.replace('-', '_')}"
        found[f"{name}_withdraw"] = {"reason": "entered-in-error", "note": "Of another patient"}
        found[f"{name}_reinstate"] = {"note": "It was right"}
        if kind in _ENTERED:
            found[f"{name}_enter"] = _ENTERED[kind]
            found[f"{name}_correct"] = {**_CORRECTED[kind], **_WHY}
    return found


EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        **_of_kinds(),
        "patients_register": {
            "identifiers": [{"system": "urn:oid:2.16.840.1.113883.19.5", "value": "MRN-4711"}],
            "family_name": "Invented",
            "given_name": "Ida",
            "birth_date": "1984-05-17",
            "sex": "female",
        },
        "patients_correct": {"birth_date": "1984-05-07", **_WHY},
        "patients_attest": {
            "trial": "NCT00514085",
            "criterion": "consent-capable",
            "answer": "met",
            "stated_on": "2026-11-20",
            "source": "Clinic letter",
            "source_dated": "2026-11-19",
        },
        "patients_merge": {"merged": _PATIENT, "reason": "Registered twice at admission"},
        "patients_merge_reverse": {"reason": "They are sisters"},
        "screenings_open": {"patient": _PATIENT, "trial": "NCT00514085"},
        "screenings_confirm": {"record_version": 4},
        "screenings_sign": {"password": "the signer's own password", "record_version": 4},
        "screenings_decline": {"note": "The scan is to be read again"},
        "screenings_register": {
            "part": "A",
            "consent_version": "2.1",
            "consent_on": "2026-11-20",
        },
        "screenings_close": {"state": "declined", "reason": "distance"},
        "screenings_rescreen": {"note": "Platelets have recovered"},
        "screenings_deviations": {
            "text": "Consent was signed a day after the first scan",
            "occurred_on": "2026-11-20",
        },
        "screenings_retests": {"criterion": "platelets", "reason": "specimen"},
        "notes_write": {"criterion": "platelets", "text": "Clotted sample: repeated tomorrow?"},
        "notes_answer": {"text": "Yes, at nine", "assignee": "coordinator.toronto"},
        "trial_versions_submit": {"reason": "Amendment 3 of the protocol"},
        "trial_versions_send_back": {"reason": "Two criteria read against an older amendment"},
        "trial_versions_review": {"statement": "Read against the signed amendment"},
        "trial_versions_publish": {"signatures": "keep", "reason": "In force from today"},
        "local_codes_review": {"reason": "Compared with the laboratory's own list"},
        "local_codes_put_in_force": {"reason": "Reviewed by two people"},
        "local_codes_set_aside": {"reason": "A code stands on the wrong line"},
        "worklist_undo": {"undo": "what worklist/assign/ answered as undo"},
    }
)
