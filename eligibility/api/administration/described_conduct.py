"""What the addresses of how a trial is run take and give, for the OpenAPI document."""

from __future__ import annotations

from eligibility.api.administration import schemas
from eligibility.api.administration.bodies import DAY, TEXT, WHOLE, Body
from eligibility.api.administration.described import PART_CHANGE as PART_CHANGE
from eligibility.api.administration.operations import acts, reads

NEW_PART = Body(
    {
        "name": TEXT,
        "title": TEXT,
        "opened_on": DAY,
        "closed_on": DAY,
        "ceiling": WHOLE,
        "reason": TEXT,
    },
    ("name", "ceiling", "reason"),
    {
        "name": "C",
        "title": "Part C: days 1-5 of weeks 1 and 3",
        "opened_on": "2027-01-04",
        "ceiling": 20,
        "reason": "Amendment 3",
    },
)
PRINCIPAL = Body(
    {"username": TEXT, "first_day": DAY},
    ("username", "first_day"),
    {"username": "investigator.toronto", "first_day": "2026-12-01"},
)
LINE = Body(
    {"username": TEXT, "duty": TEXT, "first_day": DAY, "last_day": DAY},
    ("username", "duty", "first_day"),
    {"username": "nora.lind", "duty": "confirm", "first_day": "2026-12-01", "last_day": None},
)
LINE_END = Body({"last_day": DAY}, ("last_day",), {"last_day": "2026-12-31"})

TRIAL_PARTS = reads(
    "trial_parts_list", "The whole of a trial and its parts", schemas.TRIAL_PART, paged=False
)
ADD_TRIAL_PART = acts(
    "trial_parts_add", "Add a part to a trial", NEW_PART, schemas.TRIAL_PART, made=True
)
TRIAL_PART = reads("trial_parts_read", "One part of a trial", schemas.TRIAL_PART, many=False)
CHANGE_TRIAL_PART = acts(
    "trial_parts_change",
    "Open, close or resize a part of a trial, or the whole of it",
    PART_CHANGE,
    schemas.TRIAL_PART,
    version=True,
)
PRINCIPALS = reads(
    "principals_list", "Who answers for the trial at a site", schemas.PRINCIPAL, paged=False
)
NAME_PRINCIPAL = acts(
    "principals_name",
    "Name who answers for the trial at a site",
    PRINCIPAL,
    schemas.PRINCIPAL,
    made=True,
)
LOG = reads("delegations_list", "The delegation log of a site", schemas.DELEGATION, paged=False)
ENTER_LINE = acts(
    "delegations_enter", "Enter a line of the log", LINE, schemas.DELEGATION, made=True
)
END_LINE = acts("delegations_end", "End a line of the log", LINE_END, schemas.DELEGATION)
