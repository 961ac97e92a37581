"""What the addresses of merges take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from patients.api.described import (
    ABSENT,
    IF_UNCHANGED,
    MOMENT,
    NUMBER,
    ONCE,
    PAGING,
    TEXT,
    WRITING,
    Schema,
    an_object,
    listed,
    page,
    refusals,
)
from patients.identity import DIFFERENCES

_UUID: Schema = {"type": "string", "format": "uuid"}
_SAID: Schema = {"type": ["string", "null"]}
_MERGE = an_object(
    id=NUMBER,
    survivor=_UUID,
    merged=_UUID,
    in_force={"type": "boolean"},
    at=MOMENT,
    by=_SAID,
    client=_SAID,
    reason=TEXT,
    source_document=TEXT,
    differences=listed({"type": "string", "enum": list(DIFFERENCES)}),
    confirmation=TEXT,
    sources_read_apart=listed(TEXT),
    reversal={
        **an_object(at=MOMENT, by=_SAID, client=_SAID, reason=TEXT),
        "type": ["object", "null"],
    },
)
_MERGING: dict[str, str] = {
    **WRITING,
    "s409": "One of the two is recorded as the same person as another already, or has a screening that "
    "has to end first; or the merge was reversed already; or a request with the same Idempotency-Key is under way.",
    "s428": "If-Match is missing.",
}
MERGES: dict[str, Any] = {
    "operation_id": "patients_merges_list",
    "summary": "With whom a patient was recorded as one person",
    "parameters": PAGING,
    "responses": {(200, "application/json"): page(_MERGE), **refusals(**ABSENT)},
}
MERGE: dict[str, Any] = {
    "operation_id": "patients_merge",
    "summary": "Record another patient of the site as the same person as this one",
    "description": "This patient's record is read from what was received of both; nothing received is moved. "
    "Where the two disagree about birth, sex or death, `confirmation` says how it is known that they are one person.",
    "parameters": [ONCE, IF_UNCHANGED],
    "responses": {(201, "application/json"): _MERGE, **refusals(**_MERGING)},
}
REVERSE: dict[str, Any] = {
    "operation_id": "patients_merge_reverse",
    "summary": "Take a merge back",
    "parameters": [ONCE, IF_UNCHANGED],
    "responses": {(200, "application/json"): _MERGE, **refusals(**_MERGING)},
}
