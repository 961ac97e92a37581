"""What the addresses of administration take and give, for the OpenAPI document."""

from __future__ import annotations

from eligibility import protocols
from eligibility.api.administration import schemas
from eligibility.api.administration.bodies import (
    DAY,
    KEYS,
    NUMBER,
    OBJECT,
    SWITCH,
    TEXT,
    TEXTS,
    WHOLE,
    Body,
)
from eligibility.api.administration.operations import acts, reads
from eligibility.rules.policy import Policy

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
    {"name": TEXT, "contact": TEXT, "proof": TEXT},
    ("name", "contact"),
    {"name": "Laboratory feed, Toronto", "contact": "Integration team", "proof": "keys"},
)
RIGHTS = Body(
    {"rights": TEXTS, "smart": TEXT},
    ("rights",),
    {"rights": ["patients.write"], "smart": "system/Observation.rs system/Patient.rs"},
)
PROOF = Body(
    {"proof": TEXT, "reason": TEXT},
    ("proof", "reason"),
    {"proof": "either", "reason": "Changes from a secret to keys"},
)
KEYS_GIVEN = Body(
    {"jwks": OBJECT, "reason": TEXT},
    ("jwks", "reason"),
    {
        "jwks": {
            "keys": [{"kty": "EC", "crv": "P-384", "kid": "2026-12", "x": "…", "y": "…"}],
        },
        "reason": "Yearly change",
    },
)
KEY_END = Body(
    {"overlap_hours": WHOLE, "reason": TEXT},
    ("overlap_hours", "reason"),
    {"overlap_hours": 24, "reason": "The next key is in use"},
)
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


SITES = reads("sites_list", "Sites", schemas.SITE, ("open", "true or false: screens today."))
ADD_SITE = acts("sites_add", "Add a site", NEW_SITE, schemas.SITE, made=True)
SITE = reads("sites_read", "One site", schemas.SITE, many=False)
CHANGE_SITE = acts(
    "sites_change", "Another name or place of a site", SITE_CHANGE, schemas.SITE, version=True
)
CLOSE_SITE = acts(
    "sites_close", "Close a site from a day on", CLOSING, schemas.CLOSED_SITE, version=True
)
PARTS = reads("parts_list", "Parts of the trial at a site", schemas.PART, paged=False)
PART = reads("parts_read", "One part of the trial at a site", schemas.PART, many=False)
CHANGE_PART = acts(
    "parts_change", "Open, close or resize a part", PART_CHANGE, schemas.PART, version=True
)
STAFF = reads("staff_list", "Roles at a site", schemas.ROLE)
GIVE_STAFF = acts(
    "staff_give", "Give somebody a role at a site", STAFF_ROLE, schemas.ROLE, made=True
)
APPROVALS = reads("approvals_list", "Approvals of the trial at a site", schemas.APPROVAL)
RECORD_APPROVAL = acts(
    "approvals_record", "Record an approval", APPROVAL, schemas.APPROVAL, made=True
)
WITHDRAW_APPROVAL = acts("approvals_withdraw", "Withdraw an approval", REASON, schemas.APPROVAL)
RANGES = reads(
    *("ranges_list", "Reference ranges", schemas.RANGE),
    ("analyte", "Of one."),
    ("on", "Valid on a day."),
)
STATE_RANGE = acts("ranges_state", "State a reference range", RANGE, schemas.RANGE, made=True)
CORRECT_RANGE = acts("ranges_correct", "Correct a reference range", RANGE_CORRECTION, schemas.RANGE)
END_RANGE = acts("ranges_end", "End a reference range", RANGE_END, schemas.RANGE)
POLICIES = reads("policies_list", "What a site set of the policy", schemas.POLICY)
SET_POLICY = acts(
    "policies_set",
    "Set a site's policy from a day on",
    policy_body(protocols.get("NCT00514085").policy),
    schemas.POLICY,
    made=True,
)
PEOPLE = reads(
    *("people_list", "People", schemas.PERSON),
    ("search", "Words of the name, user name or e-mail address."),
    ("show", "active, deactivated or all."),
    ("site", "With a role at that site, now or before."),
)
INVITE = acts("people_invite", "Invite somebody", INVITATION, schemas.WITH_LINK, made=True)
PERSON = reads("people_read", "One person", schemas.PERSON, many=False)
DEACTIVATE = acts(
    "people_deactivate", "Deactivate an account", REASON, schemas.PERSON, version=True
)
REACTIVATE = acts(
    "people_reactivate", "Reactivate an account", REASON, schemas.PERSON, version=True
)
INVITE_AGAIN = acts("people_invite_again", "Another link for somebody", NOTHING, schemas.WITH_LINK)
GIVE_ROLE = acts("roles_give", "Give somebody a role", ROLE, schemas.ROLE, made=True)
END_ROLE = acts("roles_end", "End a role", ROLE_END, schemas.ROLE)
CLIENTS = reads("clients_list", "API clients", schemas.CLIENT)
REGISTER_CLIENT = acts(
    "clients_register", "Register an API client", NEW_CLIENT, schemas.WITH_SECRET, made=True
)
CLIENT = reads("clients_read", "One API client", schemas.CLIENT, many=False)
GRANT = acts(
    "clients_grant", "Set what a client may do at a site", RIGHTS, schemas.CLIENT, version=True
)
ROTATE = acts(
    "clients_rotate", "Another secret for a client", NEW_SECRET, schemas.WITH_SECRET, version=True
)
SET_PROOF = acts(
    "clients_proof", "How a client shows who it is", PROOF, schemas.CLIENT, version=True
)
ADD_KEYS = acts(
    "clients_add_keys", "Register public keys of a client", KEYS_GIVEN, schemas.CLIENT, version=True
)
END_KEY = acts(
    "clients_end_key", "End a public key of a client", KEY_END, schemas.CLIENT, version=True
)
END_CLIENT = acts(
    "clients_deactivate", "Deactivate an API client", REASON, schemas.CLIENT, version=True
)
REVIEW = reads(
    *("review_list", "Review of access", schemas.REVIEWED),
    ("due", "true or false: to be looked at."),
)
CONFIRM_ROLES = acts(
    "review_confirm", "Confirm that roles are still needed", CONFIRMATION, schemas.CONFIRMED
)
