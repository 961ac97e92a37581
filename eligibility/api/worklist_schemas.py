"""What the addresses of the worklist take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from eligibility import tabs, worklist
from eligibility.api.screenings_schemas import BRIEF
from patients.api.described import NUMBER, ONCE, PAGING, TEXT, an_object, asked, listed, refusals
from patients.api.inputs import StrictSerializer, StrictText

_MAYBE_TEXT = {"type": ["string", "null"]}
_MAYBE_NUMBER = {"type": ["integer", "null"]}
_LINK = {"type": ["string", "null"], "format": "uri"}


class Giver(StrictText):
    """``me``, ``nobody``, or the number of an account."""

    default_error_messages = {"to": "me, nobody, or the number of an account of the site."}

    def to_internal_value(self, data: object) -> str:
        said = super().to_internal_value(data)
        known = (worklist.ME, worklist.NOBODY)
        if said not in known and not (said.isascii() and said.isdecimal() and len(said) <= 9):
            self.fail("to")
        return said


class AssignInput(StrictSerializer):
    """Which screenings, and to whom."""

    screenings = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=200
    )
    to = Giver(max_length=9)


class UndoInput(StrictSerializer):
    """What was answered when they were given."""

    undo = StrictText(max_length=100_000)


_ROW = an_object(
    **BRIEF,
    assignee_account=_MAYBE_NUMBER,
    family_name=TEXT,
    given_name=TEXT,
    sex=_MAYBE_TEXT,
    due_on={"type": "string", "format": "date"},
    missing=listed(TEXT),
    window=_MAYBE_TEXT,
    next_step=TEXT,
    subject_number=_MAYBE_NUMBER,
    reason=_MAYBE_TEXT,
    being_assessed={"type": "boolean", "description": "The record has moved on since."},
)
LIST: dict[str, Any] = {
    "operation_id": "worklist_list",
    "summary": "What is to be done: the screenings of one's sites, tab by tab",
    "parameters": [
        asked("site", "The code of one of your sites."),
        OpenApiParameter(
            "tab",
            OpenApiTypes.STR,
            enum=[tab.value for tab in tabs.Tab],
            description="Usually open.",
        ),
        asked("search", "Parts of a name, or a screening number."),
        asked("who", "me, nobody, or the number of an account."),
        OpenApiParameter(
            "sort",
            OpenApiTypes.STR,
            enum=list(worklist.SORTS),
            description="Usually what is due first.",
        ),
        *PAGING,
    ],
    "responses": {
        (200, "application/json"): an_object(
            tab=TEXT,
            counts={
                **an_object(**{tab.value: NUMBER for tab in tabs.Tab}),
                "description": "How many are on each tab, with the same search and filter.",
            },
            next=_LINK,
            previous=_LINK,
            results=listed(_ROW),
        ),
        **refusals(s400="A parameter cannot be used.", s404="No such site."),
    },
}
_WRITING = {
    "s403": "Not for you, or not for a system.",
    "s409": "Not now: the sentence says why; or a request with the same Idempotency-Key is under way.",
    "s422": "The content cannot be used, or nobody here is meant.",
}
ASSIGN: dict[str, Any] = {
    "operation_id": "worklist_assign",
    "summary": "Give screenings to somebody, or to nobody",
    "parameters": [ONCE],
    "responses": {
        (200, "application/json"): an_object(
            given=NUMBER,
            undo={**_MAYBE_TEXT, "description": "For worklist/undo/, within an hour."},
        ),
        **refusals(**_WRITING),
    },
    "examples": [
        OpenApiExample(
            "To oneself",
            value={"screenings": ["6f4a5f0e-3b55-4a52-9d3e-0f2c1f6d7a10"], "to": "me"},
            request_only=True,
        )
    ],
}
UNDO: dict[str, Any] = {
    "operation_id": "worklist_undo",
    "summary": "Give screenings back to whoever had them",
    "parameters": [ONCE],
    "responses": {
        (200, "application/json"): an_object(given_back=NUMBER, of=NUMBER),
        **refusals(**_WRITING),
    },
}
