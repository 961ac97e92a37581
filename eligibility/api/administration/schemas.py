"""What the rows of administration look like in answers, for the OpenAPI document: as `shown` makes them."""

from __future__ import annotations

from typing import Any, Final

from patients.api.described import MOMENT, NUMBER, TEXT, an_object, listed

Schema = dict[str, Any]

YES: Final[Schema] = {"type": "boolean"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
MAYBE_DAY: Final[Schema] = {"type": ["string", "null"], "format": "date"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
MAYBE_NUMBER: Final[Schema] = {"type": ["integer", "null"]}
MAYBE_MOMENT: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_OPENING = {
    "opened_on": MAYBE_DAY,
    "closed_on": MAYBE_DAY | {"description": "The first day on which it takes nobody."},
    "registered": NUMBER | {"description": "Places taken."},
    "open": YES | {"description": "Today, by the clock of the site."},
}

PART: Final = an_object(
    part=TEXT,
    **_OPENING,
    ceiling=MAYBE_NUMBER | {"description": "Null: those of the part and the trial alone."},
)
SITE: Final = an_object(
    code=TEXT,
    name=TEXT,
    city=TEXT,
    postal_code=MAYBE_TEXT,
    time_zone=TEXT,
    opened_on=DAY,
    closed_on=MAYBE_DAY,
    open=YES,
    registered=NUMBER,
    parts=listed(PART),
)
TRIAL_PART: Final = an_object(
    part=TEXT | {"description": "`whole` is the trial itself."},
    title=TEXT,
    **_OPENING,
    ceiling=NUMBER,
)
ROLE: Final = an_object(
    id=NUMBER,
    account=NUMBER,
    username=TEXT,
    name=TEXT,
    role=TEXT,
    site=MAYBE_TEXT,
    first_day=DAY,
    last_day=MAYBE_DAY,
    in_force=YES,
)
PERSON: Final = an_object(
    id=NUMBER,
    username=TEXT,
    name=TEXT,
    email=MAYBE_TEXT,
    active=YES,
    password_set=YES,
    roles=listed(ROLE),
)
CLIENT: Final = an_object(
    id=NUMBER,
    client_id=TEXT,
    name=TEXT,
    contact=MAYBE_TEXT,
    active=YES,
    proof=TEXT | {"description": "How it shows who it is: secret, keys or either."},
    secret_since=MAYBE_MOMENT,
    old_secret_until=MAYBE_MOMENT,
    ended_at=MAYBE_MOMENT,
    keys=listed(
        an_object(
            id=NUMBER,
            kid=TEXT,
            algorithm=TEXT,
            thumbprint=TEXT,
            since=MOMENT,
            until=MAYBE_MOMENT,
        )
    ),
    grants=listed(an_object(site=TEXT, rights=listed(TEXT), smart=listed(TEXT))),
)
APPROVAL: Final = an_object(
    id=NUMBER,
    kind=TEXT,
    reference=TEXT,
    approved_on=DAY,
    expires_on=MAYBE_DAY,
    holds=YES,
    recorded_by=TEXT,
    recorded_at=MOMENT,
    withdrawn_on=MAYBE_DAY,
    withdrawn_reason=MAYBE_TEXT,
)
RANGE: Final = an_object(
    id=NUMBER,
    analyte=TEXT,
    high=TEXT | {"description": "Exact, as a string."},
    unit=TEXT,
    laboratory=MAYBE_TEXT,
    sex=MAYBE_TEXT,
    age_low=MAYBE_TEXT,
    age_high=MAYBE_TEXT,
    valid_from=MAYBE_DAY,
    valid_to=MAYBE_DAY,
    superseded=YES,
)
POLICY: Final = an_object(
    id=NUMBER,
    effective_from=DAY,
    values={
        "type": "object",
        "description": "Days and switches by their names.",
        "additionalProperties": {"type": ["integer", "boolean"]},
    },
    reason=TEXT,
    by=MAYBE_TEXT,
)
PRINCIPAL: Final = an_object(
    id=NUMBER,
    site=TEXT,
    username=TEXT,
    name=TEXT,
    first_day=DAY,
    last_day=MAYBE_DAY,
    named_by=MAYBE_TEXT,
)
DELEGATION: Final = an_object(
    id=NUMBER,
    username=TEXT,
    name=TEXT,
    duty={"type": "string", "enum": ["confirm", "sign"]},
    first_day=DAY,
    last_day=MAYBE_DAY,
    entered_by=TEXT,
    entered_at=MOMENT,
    signed_by=MAYBE_TEXT | {"description": "It counts from its signature on."},
    signed_at=MAYBE_MOMENT,
    ended_by=MAYBE_TEXT,
    ended_at=MAYBE_MOMENT,
)
_ONCE_SHOWN = {"description": "Shown once: null when the request is repeated."}
SHOWN_ONCE: Final = TEXT | {"description": "Says so, in the answer to a repeated request."}


def with_more(of: Schema, *needed: str, **more: Schema) -> Schema:
    """The same with fields that one answer alone has; those in `needed` are always there."""
    return {
        **of,
        "properties": {**of["properties"], **more},
        "required": [*of["required"], *needed],
    }


WITH_SECRET: Final = with_more(CLIENT, secret=MAYBE_TEXT | _ONCE_SHOWN, note=SHOWN_ONCE)
WITH_LINK: Final = with_more(
    *(PERSON, "link", "link_until", "letter"),
    link=MAYBE_TEXT | _ONCE_SHOWN,
    link_until=MOMENT,
    letter=TEXT | {"description": "Whether a letter with the link could be sent."},
    note=SHOWN_ONCE,
)
CLOSED_SITE: Final = with_more(SITE, "open_screenings", open_screenings=NUMBER)
REVIEWED: Final = with_more(
    *(ROLE, "looked_at", "looked_at_by", "due_on", "due"),
    looked_at=MAYBE_MOMENT,
    looked_at_by=MAYBE_TEXT,
    due_on=DAY,
    due=YES,
)
CONFIRMED: Final = an_object(confirmed=NUMBER | {"description": "How many roles."})
