"""What the addresses of HL7 v2 messages take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from patients.api.described import (
    MOMENT,
    NUMBER,
    ONCE,
    PAGING,
    TEXT,
    an_object,
    asked,
    listed,
    page,
    refusals,
)
from patients.models.messages import OUTCOMES

_MESSAGE = (
    "MSH|^~\\&|LAB|GENERAL|trialscreen|toronto|20261122100000||ORU^R01^ORU_R01|M1|P|2.5.1\r"
    "PID|1||INV-1^^^GENERAL^MR||Invented^Ada||19700102|F\r"
    "OBR|1||F-1|58410-2^CBC^LN|||20261122083000\r"
    "OBX|1|NM|777-3^Platelets^LN||231|10*9/L^^UCUM|150-400|N|||F\r"
)
_ACK = (
    "MSH|^~\\&|trialscreen|toronto|LAB|GENERAL|20261122150001+0000||ACK^R01|c0ffee|P|2.5.1||||||ASCII\r"
    "MSA|AA|M1\r"
)
TAKE: dict[str, Any] = {
    "operation_id": "hl7v2_take",
    "summary": "Take an HL7 v2 message",
    "description": "ORU^R01 (results), ADT^A08 (who a person is), ADT^A40 (two records are one person), versions 2.3 "
    "to 2.6, one message or a batch. The answer is 200 with an ACK whatever became of it: MSA-1 AA where it was "
    "applied, AE where it was not and was kept with its reasons, AR where messages like it are not read. It is "
    "sent after the commit.",
    "parameters": [
        OpenApiParameter(
            "site",
            str,
            description="The code of the site that keeps what comes of unknown senders, for who has several.",
        )
    ],
    "request": {
        "application/hl7-v2": OpenApiTypes.STR,
        "text/plain": OpenApiTypes.STR,
        "x-application/hl7-v2+er7": OpenApiTypes.STR,
    },
    "examples": [
        OpenApiExample("A platelet count", value=_MESSAGE, request_only=True),
        OpenApiExample("Applied", value=_ACK, response_only=True, media_type="application/hl7-v2"),
    ],
    "responses": {
        (200, "application/hl7-v2"): OpenApiResponse(
            OpenApiTypes.STR, "The ACK, or a batch of them."
        ),
        **refusals(
            s400="The body is not HL7 v2 at all.",
            s404="There is no such site.",
            s415="Another media type.",
        ),
    },
}

_REASON = an_object(code=TEXT, place=TEXT, detail=TEXT)
_ATTEMPT = an_object(
    number=NUMBER,
    at=MOMENT,
    why={"type": "string", "enum": ["arrived", "resent", "replayed"]},
    outcome={"type": "string", "enum": list(OUTCOMES)},
    acknowledged=TEXT,
    reasons=listed(_REASON),
    remarks=listed(_REASON),
    delivery={"type": ["integer", "null"]},
    merge={"type": ["integer", "null"]},
)
_SHOWN = an_object(
    id=NUMBER,
    site=TEXT,
    sender={"type": ["string", "null"]},
    received_at=MOMENT,
    way={"type": "string", "enum": ["http", "mllp"]},
    type=TEXT,
    control_id=TEXT,
    size=NUMBER,
    sha256=TEXT,
    outcome={"type": "string", "enum": list(OUTCOMES)},
    replayable={"type": "boolean"},
    repeats={"type": ["integer", "null"]},
    patient={"type": ["string", "null"], "format": "uuid"},
    attempts=listed(_ATTEMPT),
)
_WHOLE = {**_SHOWN, "properties": {**_SHOWN["properties"], "raw_base64": TEXT}}
_ABSENT = "No such message, or not at one of your sites."
LIST: dict[str, Any] = {
    "operation_id": "messages_list",
    "summary": "HL7 v2 messages that arrived, the latest first",
    "parameters": [
        asked("outcome", f"One of {', '.join(OUTCOMES)}."),
        asked("day", "The day of arrival at the site, as 2026-11-25."),
        *PAGING,
    ],
    "responses": {
        (200, "application/json"): page(_SHOWN),
        **refusals(s400="A parameter is not known or cannot be used.", s404=_ABSENT),
    },
}
ONE: dict[str, Any] = {
    "operation_id": "messages_one",
    "summary": "One message, byte for byte, with every attempt to apply it",
    "responses": {(200, "application/json"): _WHOLE, **refusals(s404=_ABSENT)},
}
REPLAY: dict[str, Any] = {
    "operation_id": "messages_replay",
    "summary": "Process a message that was refused once more",
    "description": "By the state of now. 200 says that it was tried; `outcome` and the attempts say what came of it.",
    "request": None,
    "parameters": [ONCE],
    "responses": {
        (200, "application/json"): _SHOWN,
        **refusals(
            s404=_ABSENT, s409="It was applied already, or nobody is registered who sends so."
        ),
    },
}
