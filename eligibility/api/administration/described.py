"""What the addresses of administration take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes

from eligibility import protocols
from eligibility.api.administration.bodies import (
    DAY,
    KEYS,
    NUMBER,
    SWITCH,
    TEXT,
    TEXTS,
    WHOLE,
    Body,
)
from eligibility.rules.policy import Policy
from patients.api.described import IF_UNCHANGED, ONCE, PAGING, asked, page, refusals

_FREE: dict[str, Any] = {"type": "object", "additionalProperties": True}
_NO = {
    "s400": "The body is not JSON, or the address has parameters that are not known.",
    "s403": "Not for you: the sentence says why.",
    "s404": "No such row.",
    "s409": "Not as things stand: the sentence says why.",
    "s422": "The content cannot be used: each place in the sentence of the page.",
}
_STALE = {"s412": "It has changed since it was read.", "s428": "If-Match is missing."}

REASON = Body({"reason": TEXT}, ("reason",), {"reason": "Left the centre"})
NOTHING = Body({}, (), {})
_PLACE = {"name": TEXT, "city": TEXT, "postal_code": TEXT}
_CENTRE = {"name": "Juravinski Cancer Centre", "city": "Hamilton", "postal_code": "L8V 5C2"}
NEW_SITE = Body(
    {"code": TEXT, **_PLACE, "time_zone": TEXT, "opened_on": DAY},
    ("code", "name", "city", "time_zone", "opened_on"),
    {"code": "hamilton", **_CENTRE, "time_zone": "America/Toronto", "opened_on": "2026-12-01"},
)
SITE_CHANGE = Body(
    {**_PLACE, "reason": TEXT}, ("reason",), {"name": "Juravinski", "reason": "Merged"}
)
CLOSING = Body(
    {"closed_on": DAY, "reason": TEXT},
    ("reason",),
    {"closed_on": "2027-01-31", "reason": "Accrual is complete"},
)
_DAYS = {"first_day": DAY, "last_day": DAY}
_FROM = {"role": "coordinator", "first_day": "2026-12-01", "last_day": None}
ROLE = Body(
    {"role": TEXT, "site": TEXT, **_DAYS}, ("role", "first_day"), {**_FROM, "site": "toronto"}
)
STAFF_ROLE = Body(
    {"username": TEXT, "role": TEXT, **_DAYS},
    ("username", "role", "first_day"),
    {**_FROM, "username": "nora.lind"},
)
ROLE_END = Body(
    {"last_day": DAY, "reason": TEXT},
    ("reason",),
    {"last_day": "2026-12-31", "reason": "Moves to another centre"},
)
INVITATION = Body(
    {"name": TEXT, "username": TEXT, "email": TEXT, "role": TEXT, "site": TEXT, **_DAYS},
    ("name", "username", "email", "role", "first_day"),
    {
        "name": "Nora Lind",
        "username": "nora.lind",
        "email": "nora.lind@hospital.example",
        **_FROM,
        "site": "toronto",
    },
)
APPROVAL = Body(
    {"kind": TEXT, "reference": TEXT, "approved_on": DAY, "expires_on": DAY},
    ("kind", "reference", "approved_on"),
    {
        "kind": "ethics",
        "reference": "REB 2026-114",
        "approved_on": "2026-11-02",
        "expires_on": "2027-11-01",
    },
)
_LIMIT = {
    "analyte": TEXT,
    "high": NUMBER,
    "unit": TEXT,
    "laboratory": TEXT,
    "sex": TEXT,
    "age_low": NUMBER,
    "age_high": NUMBER,
    "valid_from": DAY,
    "valid_to": DAY,
    "reason": TEXT,
}
RANGE = Body(
    _LIMIT,
    ("analyte", "high", "unit", "reason"),
    {
        "analyte": "creatinine",
        "high": "106",
        "unit": "umol/L",
        "sex": "male",
        "valid_from": "2026-12-01",
        "reason": "New analyser",
    },
)
RANGE_CORRECTION = Body(_LIMIT, ("reason",), {"high": "104", "reason": "Read off the wrong line"})
RANGE_END = Body(
    {"last_day": DAY, "reason": TEXT},
    ("last_day", "reason"),
    {"last_day": "2026-12-31", "reason": "The analyser is replaced"},
)
PART_CHANGE = Body(
    {"opened_on": DAY, "closed_on": DAY, "ceiling": WHOLE, "reason": TEXT},
    ("reason",),
    {"opened_on": "2026-12-01", "ceiling": 12, "reason": "Approved by the board"},
)
NEW_CLIENT = Body(
    {"name": TEXT, "contact": TEXT},
    ("name", "contact"),
    {"name": "Laboratory feed, Toronto", "contact": "Integration team"},
)
RIGHTS = Body({"rights": TEXTS}, ("rights",), {"rights": ["patients.read", "patients.write"]})
NEW_SECRET = Body(
    {"overlap_hours": WHOLE, "reason": TEXT},
    ("overlap_hours", "reason"),
    {"overlap_hours": 24, "reason": "Yearly change"},
)
CONFIRMATION = Body({"roles": KEYS}, ("roles",), {"roles": [12, 15]})


def policy_body(policy: Policy) -> Body:
    """The windows and switches of a protocol, by their names."""
    windows = {one.name: WHOLE for one in policy.windows}
    switches = {one.name: SWITCH for one in policy.switches}
    example = {one.name: one.days for one in policy.windows[:1]}
    return Body(
        {"effective_from": DAY, **windows, **switches, "reason": TEXT},
        ("effective_from", "reason"),
        {"effective_from": "2026-12-01", **example, "reason": "As the laboratory asks"},
    )


def _reads(operation: str, summary: str, *filters: tuple[str, str], many: bool = True) -> Any:
    named = [asked(name, said, OpenApiTypes.STR) for name, said in filters]
    return {
        "operation_id": f"administration_{operation}",
        "summary": summary,
        "tags": ["administration"],
        "parameters": [*named, *PAGING] if many else [],
        "responses": {
            (200, "application/json"): page(_FREE) if many else _FREE,
            **refusals(s403=_NO["s403"], s404=_NO["s404"]),
        },
    }


def _acts(
    operation: str, summary: str, body: Body, *, made: bool = False, version: bool = False
) -> Any:
    told = _NO | (_STALE if version else {})
    return {
        "operation_id": f"administration_{operation}",
        "summary": summary,
        "tags": ["administration"],
        "parameters": [ONCE, IF_UNCHANGED] if version else [ONCE],
        "responses": {(201 if made else 200, "application/json"): _FREE, **refusals(**told)},
        **body.request,
    }


SITES = _reads("sites_list", "Sites", ("open", "true or false: screens today."))
ADD_SITE = _acts("sites_add", "Add a site", NEW_SITE, made=True)
SITE = _reads("sites_read", "One site", many=False)
CHANGE_SITE = _acts("sites_change", "Another name or place of a site", SITE_CHANGE, version=True)
CLOSE_SITE = _acts("sites_close", "Close a site from a day on", CLOSING, version=True)
PARTS = _reads("parts_list", "Parts of the trial at a site", many=False)
PART = _reads("parts_read", "One part of the trial at a site", many=False)
CHANGE_PART = _acts("parts_change", "Open, close or resize a part", PART_CHANGE, version=True)
STAFF = _reads("staff_list", "Roles at a site")
GIVE_STAFF = _acts("staff_give", "Give somebody a role at a site", STAFF_ROLE, made=True)
APPROVALS = _reads("approvals_list", "Approvals of the trial at a site")
RECORD_APPROVAL = _acts("approvals_record", "Record an approval", APPROVAL, made=True)
WITHDRAW_APPROVAL = _acts("approvals_withdraw", "Withdraw an approval", REASON)
RANGES = _reads(
    "ranges_list", "Reference ranges", ("analyte", "Of one."), ("on", "Valid on a day.")
)
STATE_RANGE = _acts("ranges_state", "State a reference range", RANGE, made=True)
CORRECT_RANGE = _acts("ranges_correct", "Correct a reference range", RANGE_CORRECTION)
END_RANGE = _acts("ranges_end", "End a reference range", RANGE_END)
POLICIES = _reads("policies_list", "What a site set of the policy")
SET_POLICY = _acts(
    "policies_set",
    "Set a site's policy from a day on",
    policy_body(protocols.get("NCT00514085").policy),
    made=True,
)
PEOPLE = _reads(
    *("people_list", "People"),
    ("search", "Words of the name, user name or e-mail address."),
    ("show", "active, deactivated or all."),
    ("site", "With a role at that site, now or before."),
)
INVITE = _acts("people_invite", "Invite somebody", INVITATION, made=True)
PERSON = _reads("people_read", "One person", many=False)
DEACTIVATE = _acts("people_deactivate", "Deactivate an account", REASON, version=True)
REACTIVATE = _acts("people_reactivate", "Reactivate an account", REASON, version=True)
INVITE_AGAIN = _acts("people_invite_again", "Another link for somebody", NOTHING)
GIVE_ROLE = _acts("roles_give", "Give somebody a role", ROLE, made=True)
END_ROLE = _acts("roles_end", "End a role", ROLE_END)
CLIENTS = _reads("clients_list", "API clients")
REGISTER_CLIENT = _acts("clients_register", "Register an API client", NEW_CLIENT, made=True)
CLIENT = _reads("clients_read", "One API client", many=False)
GRANT = _acts("clients_grant", "Set what a client may do at a site", RIGHTS, version=True)
ROTATE = _acts("clients_rotate", "Another secret for a client", NEW_SECRET, version=True)
END_CLIENT = _acts("clients_deactivate", "Deactivate an API client", REASON, version=True)
REVIEW = _reads("review_list", "Review of access", ("due", "true or false: to be looked at."))
CONFIRM_ROLES = _acts("review_confirm", "Confirm that roles are still needed", CONFIRMATION)
