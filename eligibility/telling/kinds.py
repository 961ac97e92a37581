"""The closed list of what others can be told of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """A kind of event, as it stands in ``type`` and in what an endpoint has chosen."""

    VERDICT_CHANGED = "verdict.changed"
    SCREENING_OPENED = "screening.opened"
    SCREENING_STARTED = "screening.started"
    SCREENING_CLOSED = "screening.closed"
    DETERMINATION_MADE = "determination.made"
    DETERMINATION_VOIDED = "determination.voided"
    SIGNATURE_MADE = "signature.made"
    SIGNATURE_VOIDED = "signature.voided"
    REGISTRATION_MADE = "registration.made"


TEST: Final = "webhook.test"
"""Of a message that an administrator has sent to see whether it arrives. It is about nobody and needs not be chosen."""

WORDS: Final[Mapping[Kind, str]] = {
    Kind.VERDICT_CHANGED: "The status of an open screening, or the verdict of one of its criteria, is another one",
    Kind.SCREENING_OPENED: "A patient became a candidate, or is screened again",
    Kind.SCREENING_STARTED: "Somebody began to screen a candidate",
    Kind.SCREENING_CLOSED: "A screening ended without registration",
    Kind.DETERMINATION_MADE: "A coordinator confirmed eligibility",
    Kind.DETERMINATION_VOIDED: "A confirmation that nobody had signed no longer holds, or was sent back",
    Kind.SIGNATURE_MADE: "An investigator signed eligibility",
    Kind.SIGNATURE_VOIDED: "A signature no longer holds, as the record has changed",
    Kind.REGISTRATION_MADE: "A patient was registered in the trial",
}
"""What an administrator chooses from, in words."""

_OF_EVERY_EVENT: Final[Mapping[str, Any]] = {
    "screening": "7a4f1c0e-3f5b-4c7e-9f39-0f9b2f7d1c11",
    "patient": "2f6f0c3a-8a54-4d59-8c7e-5a4b7d1e9c22",
    "trial": "NCT00514085",
    "sequence": 4,
    "state": "signed",
    "status": "eligible",
    "earliest": "2026-11-25",
    "window_last": "2026-12-09",
    "links": {
        "screening": "/api/v1/screenings/7a4f1c0e-3f5b-4c7e-9f39-0f9b2f7d1c11/",
        "eligibility": "/api/v1/patients/2f6f0c3a-8a54-4d59-8c7e-5a4b7d1e9c22/eligibility/",
    },
}
_STATES: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.SCREENING_STARTED: ("candidate", "in_screening"),
    Kind.SCREENING_CLOSED: ("in_screening", "ineligible"),
    Kind.DETERMINATION_MADE: ("in_screening", "confirmed"),
    Kind.DETERMINATION_VOIDED: ("confirmed", "in_screening"),
    Kind.SIGNATURE_MADE: ("confirmed", "signed"),
    Kind.SIGNATURE_VOIDED: ("signed", "in_screening"),
    Kind.REGISTRATION_MADE: ("signed", "registered"),
}


def example(kind: Kind) -> dict[str, Any]:
    """An invented ``data`` of an event of this kind."""
    data = dict(_OF_EVERY_EVENT)
    if kind is Kind.VERDICT_CHANGED:
        changed = [{"id": "platelets", "from": "unknown", "to": "met"}]
        return data | {
            "state": "in_screening",
            "status": "eligible",
            "previous_status": "incomplete",
            "criteria_version": "1.0",
            "criteria": changed,
        }
    if kind is Kind.SCREENING_OPENED:
        return data | {"from": None, "state": "candidate", "status": "incomplete"}
    before, after = _STATES[kind]
    data |= {"from": before, "state": after}
    if kind in (Kind.DETERMINATION_VOIDED, Kind.SIGNATURE_VOIDED):
        data["criteria"] = ["platelets"]
    if kind is Kind.REGISTRATION_MADE:
        data |= {"part": "A", "registered_on": "2026-11-26"}
    return data
