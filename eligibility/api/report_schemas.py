"""What the addresses of the reports give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes

from eligibility.api.schemas import DAY, TEXT
from eligibility.models import Repeated, State
from patients.api.described import NUMBER, PAGING, an_object, asked, page, refusals

_SWITCH = {"type": "boolean"}
_MAYBE_DAY = {"type": ["string", "null"], "format": "date"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_MAYBE_NUMBER = {"type": ["integer", "null"]}
_COUNTS = {"type": "object", "additionalProperties": NUMBER}
_STATE = {"type": "string", "enum": [state.value for state in State]}


def _many(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


_LINE = an_object(
    key=TEXT,
    site=TEXT,
    number=TEXT,
    episode=NUMBER,
    previous_number=_MAYBE_NUMBER,
    followed=_SWITCH,
    age_from={**_MAYBE_NUMBER, "description": "Begin of the age band at opening; 0: under 18."},
    sex=TEXT,
    opened_on=DAY,
    started_on=_MAYBE_DAY,
    confirmed_on=_MAYBE_DAY,
    signed_on=_MAYBE_DAY,
    registered_on=_MAYBE_DAY,
    closed_on=_MAYBE_DAY,
    state=_STATE,
    status=_MAYBE_TEXT,
    reason=_MAYBE_TEXT,
    failed=_many(TEXT),
    part=_MAYBE_TEXT,
    subject_number=_MAYBE_NUMBER,
    voided=NUMBER,
    deviations=NUMBER,
    retests=_many(
        an_object(
            criterion=TEXT,
            reason={
                **_MAYBE_TEXT,
                "enum": [*Repeated.values, None],
                "description": "Why it was repeated after a failure; null while nobody has said.",
            },
        )
    ),
)
_SPREAD = an_object(
    count=NUMBER,
    median={**_MAYBE_TEXT, "description": "Days, as a decimal."},
    shortest=_MAYBE_NUMBER,
    longest=_MAYBE_NUMBER,
)
_OF_A_SITE = [
    asked("trial", "Its registry number; NCT00514085 without it."),
    asked("site", "Of one site, by its code."),
]
_REFUSED = refusals(s400="A filter that cannot be read, or a site whose log is not yours.")

SCREENING_LOG: dict[str, Any] = {
    "operation_id": "reports_screening_log",
    "summary": "The screening log, which names nobody",
    "parameters": [
        *_OF_A_SITE,
        asked("state", "Where the screening stands."),
        asked("criterion", "Closed as ineligible, and this criterion was not met."),
        asked("from", "Opened on that day or later.", OpenApiTypes.DATE),
        asked("to", "Opened on that day or before.", OpenApiTypes.DATE),
        *PAGING,
    ],
    "responses": {(200, "application/json"): page(_LINE), **_REFUSED},
}
CONSORT: dict[str, Any] = {
    "operation_id": "reports_consort",
    "summary": "The flow of patients from candidate to registration",
    "parameters": _OF_A_SITE,
    "responses": {
        (200, "application/json"): an_object(
            trial=TEXT,
            patients=NUMBER,
            screenings=NUMBER,
            screened_again=NUMBER,
            closed=_COUNTS,
            closed_before_start=NUMBER,
            closed_because=_many(an_object(state=_STATE, reason=TEXT, count=NUMBER)),
            failed=_many(an_object(criterion=TEXT, count=NUMBER, only=NUMBER)),
            open=_COUNTS,
            registered=NUMBER,
            parts=_COUNTS,
            days_to_decision=an_object(from_opening=_SPREAD, from_start=_SPREAD),
        ),
        **_REFUSED,
    },
}
REASONS: dict[str, Any] = {
    "operation_id": "reports_reasons",
    "summary": "Why screenings failed, by criterion",
    "parameters": _OF_A_SITE,
    "responses": {
        (200, "application/json"): an_object(
            trial=TEXT,
            results=_many(an_object(criterion=TEXT, title=_MAYBE_TEXT, count=NUMBER, only=NUMBER)),
        ),
        **_REFUSED,
    },
}
ACCRUAL: dict[str, Any] = {
    "operation_id": "reports_accrual",
    "summary": "Registrations by site and part against the target",
    "parameters": _OF_A_SITE,
    "responses": {
        (200, "application/json"): an_object(
            trial=TEXT,
            target=NUMBER,
            registered=NUMBER,
            parts=_COUNTS,
            sites=_many(an_object(site=TEXT, registered=NUMBER, parts=_COUNTS)),
            by_day=_many(an_object(on=DAY, registered=NUMBER)),
        ),
        **_REFUSED,
    },
}
