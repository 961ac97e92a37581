"""What the addresses of stored records take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse

from eligibility.api.schemas import ANSWER, DAY, TEXT
from patients.api.described import (
    ABSENT,
    IN_HEADERS,
    MOMENT,
    NUMBER,
    PAGING,
    WRITING,
    an_object,
    asked,
    page,
    refusals,
)

_ATTESTATION = an_object(
    id=NUMBER,
    trial=TEXT,
    criterion=TEXT,
    wording_digest=TEXT,
    answer={"type": "string", "enum": ["met", "not_met", "not_applicable"]},
    stated_on=DAY,
    by=TEXT,
    detail=TEXT,
    source=TEXT,
    source_dated={"type": ["string", "null"], "format": "date"},
    note=TEXT,
    since_version=NUMBER,
    recorded_at=MOMENT,
)

ELIGIBILITY: dict[str, Any] = {
    "operation_id": "patients_eligibility",
    "summary": "Evaluate a stored patient, now",
    "parameters": [
        asked("trial", "Its registry number, NCT00514085."),
        asked("on", "The day of registration; today at the site without it.", OpenApiTypes.DATE),
        asked("timeline", "Each criterion over time.", OpenApiTypes.BOOL),
    ],
    "responses": {
        (200, "application/json"): OpenApiResponse(ANSWER, description="Every criterion."),
        **refusals(s400="An impossible day or switch.", **ABSENT),
    },
}
ATTESTATIONS: dict[str, Any] = {
    "operation_id": "patients_attestations_list",
    "summary": "What people stated of a patient",
    "parameters": [
        asked("trial", "Of one trial."),
        asked("criterion", "Of one criterion."),
        *PAGING,
    ],
    "responses": {(200, "application/json"): page(_ATTESTATION), **refusals(**ABSENT)},
}
ATTEST: dict[str, Any] = {
    "operation_id": "patients_attest",
    "summary": "State the answer to one criterion",
    "parameters": IN_HEADERS,
    "responses": {(201, "application/json"): _ATTESTATION, **refusals(**WRITING)},
}
