"""What the addresses of screening episodes take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from eligibility.api.schemas import DAY, TEXT
from eligibility.models import Repeated, State
from eligibility.retests import LONGEST
from eligibility.workflow import FHIR_STATUS, REASONS
from patients.api.described import (
    MOMENT,
    NUMBER,
    ONCE,
    PAGING,
    WRITING,
    an_object,
    asked,
    listed,
    page,
    refusals,
)
from patients.api.inputs import CalendarDay, StrictSerializer, StrictText, Word

_ID = {"type": "string", "format": "uuid"}
_MAYBE_ID = {"type": ["string", "null"], "format": "uuid"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_MAYBE_DAY = {"type": ["string", "null"], "format": "date"}
_STATE = {"type": "string", "enum": list(State.values)}
_WORDS = ["start", "confirm", "sign", "decline", "register", "close", "rescreen"]


class WholeNumber(serializers.IntegerField):
    """A JSON number; neither a text nor a switch is taken for one."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class OpenInput(StrictSerializer):
    """Whose episode, and of which trial."""

    patient = serializers.UUIDField()
    trial = StrictText(max_length=20, required=False)


class StartInput(StrictSerializer):
    """Nothing but the wish."""


class ConfirmInput(StrictSerializer):
    """Which version of the patient's record was looked at."""

    record_version = WholeNumber(min_value=0, max_value=2**53)


class SignInput(StrictSerializer):
    """The signer's own password again, and which version of the record was looked at."""

    password = StrictText(max_length=200, trim_whitespace=False, write_only=True)
    record_version = WholeNumber(min_value=0, max_value=2**53)


class DeclineInput(StrictSerializer):
    """Why it is not signed."""

    note = StrictText(max_length=2000, required=False, allow_blank=True)


class RegisterInput(StrictSerializer):
    """Into which part, and with which consent."""

    part = StrictText(max_length=10, required=False, allow_blank=True)
    consent_version = StrictText(max_length=60, required=False, allow_blank=True)
    consent_on = CalendarDay(required=False)


class CloseInput(StrictSerializer):
    """How it ended, and why: a coded reason of that way to end."""

    state = Word(choices=[state.value for state in REASONS])
    reason = StrictText(max_length=60, required=False, allow_blank=True)
    note = StrictText(max_length=2000, required=False, allow_blank=True)


class DeviationInput(StrictSerializer):
    """What was not as the protocol asks, on which day, and of which criterion if it is of one."""

    text = StrictText(max_length=2000)
    occurred_on = CalendarDay()
    criterion = StrictText(max_length=60, required=False, allow_blank=True)


class RetestInput(StrictSerializer):
    """Of which criterion a result was repeated, and why: a code of the list, and words where it has none that fits."""

    criterion = StrictText(max_length=60)
    reason = StrictText(max_length=20, help_text=f"One of {', '.join(Repeated.values)}.")
    text = StrictText(max_length=LONGEST, required=False, allow_blank=True)


class RescreenInput(StrictSerializer):
    """Why the patient is screened again."""

    note = StrictText(max_length=2000, required=False, allow_blank=True)


BRIEF: dict[str, Any] = {
    "id": _ID,
    "number": TEXT,
    "site": TEXT,
    "trial": TEXT,
    "patient": _ID,
    "episode": NUMBER,
    "previous": _MAYBE_ID,
    "state": _STATE,
    "research_subject_status": {"type": "string", "enum": sorted(set(FHIR_STATUS.values()))},
    "version": NUMBER,
    "assignee": _MAYBE_TEXT,
    "opened_on": DAY,
    "status": {
        "type": ["string", "null"],
        "enum": ["eligible", "not_yet", "undetermined", "ineligible", None],
    },
    "earliest_date": _MAYBE_DAY,
    "window_last": _MAYBE_DAY,
}


def _or_null(kind: dict[str, Any]) -> dict[str, Any]:
    return {**kind, "type": ["object", "null"]}


_RESULT = an_object(type=TEXT, id=TEXT, date=_MAYBE_TEXT, value=_MAYBE_TEXT, unit=_MAYBE_TEXT)
WHOLE = an_object(
    **BRIEF,
    record_version=NUMBER,
    following=_MAYBE_ID,
    confirmation=_or_null(
        an_object(by=TEXT, at=MOMENT, on=DAY, version=TEXT, record_version=NUMBER, digest=TEXT)
    ),
    signature=_or_null(
        an_object(by=TEXT, at=MOMENT, meaning=TEXT, digest=TEXT, intact={"type": "boolean"})
    ),
    registration=_or_null(
        an_object(
            subject_number=NUMBER,
            part=TEXT,
            registered_on=DAY,
            consent_version=TEXT,
            consent_on=DAY,
        )
    ),
    deviations=listed(
        an_object(criterion=_MAYBE_TEXT, text=TEXT, occurred_on=DAY, recorded_at=MOMENT, by=TEXT)
    ),
    retests=listed(
        an_object(
            criterion=TEXT,
            title=TEXT,
            before=TEXT,
            now=TEXT,
            verdict=TEXT,
            repeated={"type": "boolean", "description": "Another result decides it now."},
            reason=_or_null(
                an_object(
                    reason={"type": "string", "enum": list(Repeated.values)},
                    text=_MAYBE_TEXT,
                    results=listed(_RESULT),
                    by=TEXT,
                    at=MOMENT,
                )
            ),
        )
    ),
    acts=listed(
        an_object(
            act={"type": "string", "enum": _WORDS},
            possible={"type": "boolean"},
            because=_MAYBE_TEXT,
        )
    ),
)
_EVENT = an_object(
    sequence=NUMBER,
    act={"type": "string", "enum": ["open", "void", *_WORDS]},
    to=_STATE,
    at=MOMENT,
    by=TEXT,
    client=_MAYBE_TEXT,
    reason=_MAYBE_TEXT,
    note=_MAYBE_TEXT,
    criteria=listed(TEXT),
    changes=listed(an_object(criterion=_MAYBE_TEXT, text=TEXT)),
)
_EVENT["properties"]["from"] = {"type": ["string", "null"], "enum": [*State.values, None]}
_EVENT["required"].append("from")

_ABSENT = {"s404": "No such screening, or not at one of your sites."}
REFUSED = {
    **WRITING,
    **_ABSENT,
    "s403": "Not for you: the sentence says why.",
    "s409": "Not now: the sentence says why. Or a request with the same Idempotency-Key is under way.",
    "s412": "Somebody else has changed the screening since it was read.",
    "s428": "If-Match is missing.",
}
IF_UNCHANGED = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The version of the screening that was read, as in ETag; 428 without it, 412 when it is stale.",
)

LIST: dict[str, Any] = {
    "operation_id": "screenings_list",
    "summary": "Screening episodes of one's own sites",
    "parameters": [
        asked("site", "The code of one of your sites."),
        asked("state", "Where it stands."),
        asked("status", "Of the latest assessment."),
        asked("patient", "Of one patient.", OpenApiTypes.UUID),
        asked("trial", "Of one trial, by its registry number."),
        *PAGING,
    ],
    "responses": {
        (200, "application/json"): page(an_object(**BRIEF)),
        **refusals(s400="A parameter cannot be used.", s404="No such site."),
    },
}
OPEN: dict[str, Any] = {
    "operation_id": "screenings_open",
    "summary": "Add a patient as a candidate",
    "parameters": [ONCE],
    "responses": {
        (200, "application/json"): WHOLE,
        (201, "application/json"): WHOLE,
        **refusals(
            s400="The body is not JSON.",
            s403="Not for you.",
            s404="No such trial.",
            s409="Not now: the sentence says why.",
            s422="The content cannot be used; no such patient, or not at one of your sites.",
        ),
    },
}
READ: dict[str, Any] = {
    "operation_id": "screenings_read",
    "summary": "One screening episode, and what can be done with it now",
    "responses": {(200, "application/json"): WHOLE, **refusals(**_ABSENT)},
}
EVENTS: dict[str, Any] = {
    "operation_id": "screenings_events",
    "summary": "Everything that has happened in a screening episode",
    "parameters": PAGING,
    "responses": {(200, "application/json"): page(_EVENT), **refusals(**_ABSENT)},
}
_SUMMARIES = {
    "start": "Start screening a candidate",
    "confirm": "Confirm eligibility, as a person",
    "sign": "Sign eligibility, as an investigator",
    "decline": "Decline to sign",
    "register": "Register a signed patient, as a person",
    "close": "Close an episode",
    "rescreen": "Screen again, in a new episode",
}


def act(name: str, takes: type[StrictSerializer]) -> Any:
    """The schema of one act."""
    done = 201 if name == "rescreen" else 200
    described = extend_schema(
        operation_id=f"screenings_{name}",
        summary=_SUMMARIES[name],
        parameters=[ONCE, IF_UNCHANGED],
        request=takes,
        responses={(done, "application/json"): WHOLE, **refusals(**REFUSED)},
    )
    return extend_schema_view(post=described)
