"""What the interface takes and gives, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from eligibility.presenters.words import REASONS, REMEDIES
from patients.intake.problems import REFUSALS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
MAYBE_DAY: Schema = {"type": ["string", "null"], "format": "date"}
DECIMAL: Schema = {
    "description": "Exact, as a JSON number or a string.",
    "type": ["number", "string"],
}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _one_of(*values: str | None) -> Schema:
    kinds = ["string", "null"] if None in values else "string"
    return {"type": kinds, "enum": list(values)}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return schema


VERDICT = _one_of("met", "not_met", "unknown", "not_applicable")
BASIS = _one_of("evidence", "absence", "attestation", None)

BUNDLE = _object(
    ("resourceType",),
    resourceType={"const": "Bundle"},
    type=_one_of("collection", "batch", "transaction", "searchset"),
    entry=_list({"type": "object"}),
)
ENVELOPE = _object(
    ("bundle",),
    on=DAY,
    received_on=DAY,
    time_zone=TEXT,
    bundle=BUNDLE,
    attestations=_list(
        _object(
            ("criterion", "answer", "stated_on"),
            criterion=TEXT,
            answer=_one_of("met", "not_met", "not_applicable"),
            stated_on=DAY,
            by=TEXT,
            detail=_one_of("low-dose-exception"),
            source=TEXT,
            source_dated=DAY,
        )
    ),
    set_aside=_list(TEXT),
    policy={
        "type": "object",
        "description": "Windows in days and switches; only tighter than the protocol's.",
    },
    reference_ranges=_list(
        _object(
            ("analyte", "high", "unit"),
            analyte=TEXT,
            sex=_one_of("any", "female", "male"),
            high=DECIMAL,
            unit=TEXT,
            laboratory=TEXT,
            **{"from": DAY, "to": DAY},
        )
    ),
    local_codes=_list(
        _object(
            ("code", "target_system", "target_code"),
            system=TEXT,
            code=TEXT,
            target_system=TEXT,
            target_code=TEXT,
            version={"type": "integer", "description": "Since which version of the site's map."},
        )
    ),
)

CRITERION = _object(
    ("id", "verdict", "basis", "reason", "text"),
    id=TEXT,
    verdict=VERDICT,
    basis=BASIS,
    reason=_one_of(*REASONS),
    text=TEXT,
    evidence=_list(
        _object(
            type=TEXT,
            id=TEXT,
            source=TEXT,
            local_code={"type": "string", "description": "How a site's own code was read."},
            by={"type": "string", "description": "Who made a statement; on statements alone."},
            date={"type": ["string", "null"], "description": "As reported; may be partial."},
            value={"type": ["string", "null"]},
            unit={"type": ["string", "null"]},
            compared={"type": ["string", "null"]},
            chosen_because={"type": ["string", "null"]},
        )
    ),
    needs=_list(
        _object(
            ("what", "kind"),
            what=TEXT,
            kind=_one_of("patient", "chart", "lab", "imaging", "attestation"),
        )
    ),
    remedy=_one_of(*REMEDIES, None),
    clears_on=MAYBE_DAY,
    changes_on=MAYBE_DAY,
    conflicts=_list({}),
    warnings=_list({}),
    policy={"type": "object"},
    timeline=_list(
        _object(
            ("from", "to", "verdict", "basis"),
            verdict=VERDICT,
            basis=BASIS,
            because={"type": ["string", "null"]},
            **{"from": DAY, "to": DAY},
        )
    ),
)
WINDOW = _object(("from", "to"), **{"from": DAY, "to": DAY})
ANSWER = _object(
    ("trial", "version", "digest", "engine", "dictionary", "on", "status", "criteria"),
    trial=TEXT,
    version=TEXT,
    digest=TEXT,
    engine=TEXT,
    dictionary=TEXT,
    on=DAY,
    status=_one_of("eligible", "not_yet", "undetermined", "ineligible"),
    earliest_date=MAYBE_DAY,
    windows=_list(WINDOW),
    possible_windows=_list(
        _object(
            ("from", "to", "repeat"),
            repeat=_list(_object(criterion=TEXT, not_before=DAY)),
            **{"from": DAY, "to": DAY},
        )
    ),
    to_confirm=_list(TEXT),
    criteria=_list(CRITERION),
    unrecognised=_list(
        _object(
            type=TEXT,
            system={"type": ["string", "null"]},
            code={"type": ["string", "null"]},
            text={"type": ["string", "null"]},
        )
    ),
    set_aside=_list({"type": "object"}),
    local_codes=_list({"type": "object", "description": "A site's own code, and how it was read."}),
)
PROBLEM = _object(
    ("type", "title", "status", "detail"),
    type=TEXT,
    title=TEXT,
    status={"type": "integer"},
    detail=TEXT,
    instance=TEXT,
    errors=_list(_object(("pointer", "code", "detail"), pointer=TEXT, code=TEXT, detail=TEXT)),
)
REFUSED = {
    **PROBLEM,
    "description": "Codes: " + "; ".join(f"`{code}` {said}" for code, said in REFUSALS.items()),
    "properties": {
        **PROBLEM["properties"],
        "outcome": {"type": "object", "description": "The same as a FHIR OperationOutcome."},
    },
}
TRIAL_SCHEMA = _object(
    id=TEXT,
    title=TEXT,
    version=TEXT,
    digest=TEXT,
    criteria={"type": "integer"},
    policy={"type": "object"},
)
CRITERION_OF_TRIAL = _object(
    id=TEXT,
    kind=_one_of("inclusion", "exclusion"),
    place=TEXT,
    heading=TEXT,
    title=TEXT,
    text_of_registry=TEXT,
    requirement=TEXT,
    logic=TEXT,
    data=TEXT,
    attestation={
        "oneOf": [
            {"type": "null"},
            _object(
                by=_one_of("coordinator", "investigator"),
                validity_days={"type": ["integer", "null"]},
                answers=_list(TEXT),
            ),
        ]
    },
    confirm_absence={"type": "boolean"},
)


def _page(of: Schema) -> Schema:
    link: Schema = {"type": ["string", "null"]}
    return _object(("next", "previous", "results"), next=link, previous=link, results=_list(of))


def _problem(status: int, said: str, schema: Schema = PROBLEM) -> dict[Any, OpenApiResponse]:
    return {(status, "application/problem+json"): OpenApiResponse(schema, description=said)}


NOT_FOUND = _problem(404, "No such trial.")

_PATIENT = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1984-05-17"}}],
}

EVALUATE: dict[str, Any] = {
    "operation_id": "trials_evaluate",
    "summary": "Evaluate a patient without storing anything",
    "parameters": [
        OpenApiParameter(
            "on", OpenApiTypes.DATE, description="The day of registration; wins over the body's."
        ),
        OpenApiParameter("timeline", OpenApiTypes.BOOL, description="Each criterion over time."),
    ],
    "request": {
        "application/json": {"oneOf": [ENVELOPE, BUNDLE]},
        "application/fhir+json": BUNDLE,
    },
    "responses": {
        (200, "application/json"): OpenApiResponse(ANSWER, description="Every criterion."),
        **_problem(400, "An impossible day or switch."),
        **NOT_FOUND,
        **_problem(413, "More than the server takes."),
        **_problem(415, "Neither JSON nor FHIR JSON."),
        **_problem(422, "The bundle was refused as a whole.", REFUSED),
    },
    "examples": [
        OpenApiExample(
            "A day, a bundle and a statement",
            request_only=True,
            media_type="application/json",
            value={
                "on": "2026-11-25",
                "time_zone": "America/Toronto",
                "bundle": _PATIENT,
                "attestations": [
                    {
                        "criterion": "life-expectancy-12-weeks",
                        "answer": "met",
                        "stated_on": "2026-11-20",
                        "by": "Dr A",
                    }
                ],
            },
        ),
        OpenApiExample(
            "A bare bundle",
            request_only=True,
            media_type="application/fhir+json",
            value=_PATIENT,
        ),
    ],
}
TRIALS: dict[str, Any] = {
    "operation_id": "trials_list",
    "summary": "All trials",
    "responses": {200: _page(TRIAL_SCHEMA)},
}
TRIAL: dict[str, Any] = {
    "operation_id": "trials_read",
    "summary": "One trial",
    "responses": {(200, "application/json"): TRIAL_SCHEMA, **NOT_FOUND},
}
CRITERIA: dict[str, Any] = {
    "operation_id": "trials_criteria",
    "summary": "The criteria of a trial",
    "responses": {(200, "application/json"): _page(CRITERION_OF_TRIAL), **NOT_FOUND},
}
