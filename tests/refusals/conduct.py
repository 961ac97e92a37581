"""The forms of how the trial is run, of signing in, and of the evaluation that stores nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from tests.pages.stored import bare
from tests.refusals.clinic import TRIAL, Clinic
from tests.refusals.form import Form
from tests.refusals.kinds import (
    CHOICE,
    CHOICE_FIELD,
    DAY_FIELD,
    NUL,
    NUL_SAID,
    PASSWORD_FIELD,
    REQUIRED,
    STALE,
    TAKEN,
    TEN_THOUSAND,
    VERSION_FIELD,
    WHOLE_FIELD,
    Field,
    Kind,
    text,
)
from tests.workflow.staffed import PASSWORD

BUNDLE = json.dumps(bare("1", given="Ada", family="Grant"))
LOG = "/sites/toronto/delegation/"
PRINCIPAL = "/sites/toronto/principal/"
OPENING = f"/trials/{TRIAL}/opening/"
PERSON = Field(CHOICE_FIELD)
WRONG_PASSWORD = "That is not your password: nothing was signed."


def _later(clinic: Clinic, days: int = 30) -> str:
    return (clinic.today + timedelta(days=days)).isoformat()


def _always(path: str) -> Callable[[Clinic], str]:
    return lambda clinic: path


DELEGATION = (
    Form(
        "Enter a line of the delegation log",
        "delegation-log",
        "investigator",
        _always(LOG),
        _always(LOG),
        lambda clinic: {
            "account": str(clinic.people["second"].pk),
            "duty": "confirm",
            "first_day": "2025-01-01",
            "last_day": "",
        },
        {
            "account": PERSON,
            "duty": Field(CHOICE_FIELD),
            "first_day": Field(DAY_FIELD),
            "last_day": Field(
                DAY_FIELD,
                TAKEN,
                {
                    "before the first": ("2024-01-01", "The last day is before the first."),
                    "days that are over": (
                        "2025-01-02",
                        "Nothing is delegated for days that are over.",
                    ),
                },
            ),
        },
        empty=REQUIRED,
        others=("monitor", "administrator"),
    ),
    Form(
        "Sign lines of the delegation log",
        "delegation-sign",
        "investigator",
        _always(LOG),
        _always(f"{LOG}sign/"),
        lambda clinic: {"entries": [str(clinic.entry.pk)], "password": PASSWORD},
        {
            "entries": Field(CHOICE_FIELD, "Choose what you sign.", {"empty": ("", CHOICE)}),
            "password": Field(
                PASSWORD_FIELD,
                REQUIRED,
                {
                    **{
                        name: (typed, WRONG_PASSWORD)
                        for name, (typed, said) in PASSWORD_FIELD.tries.items()
                        if not said
                    },
                    "blanks only": ("  \t ", WRONG_PASSWORD),
                    TEN_THOUSAND: ("p" * 10_000, "Ensure this value has at most 200 characters"),
                },
            ),
        },
        empty="Choose what you sign.",
        others=("monitor", "administrator"),
    ),
    Form(
        "End a line of the delegation log",
        "delegation-end",
        "investigator",
        _always(LOG),
        lambda clinic: f"{LOG}{clinic.entry.pk}/end/",
        lambda clinic: {"last_day": _later(clinic)},
        {"last_day": Field(DAY_FIELD)},
        empty=REQUIRED,
        others=("monitor", "administrator"),
    ),
    Form(
        "Name the principal investigator",
        "principal",
        "administrator",
        _always(PRINCIPAL),
        _always(PRINCIPAL),
        lambda clinic: {
            "account": str(clinic.people["physician"].pk),
            "first_day": _later(clinic),
        },
        {
            "account": PERSON,
            "first_day": Field(
                DAY_FIELD,
                REQUIRED,
                {
                    "a day that is over": (
                        "2026-02-02",
                        "Who answered for the site in the past stays as it is: choose today or later.",
                    )
                },
            ),
        },
        empty=REQUIRED,
        others=("monitor", "coordinator", "investigator"),
        absent=False,
    ),
)
SEEN = Field(
    VERSION_FIELD,
    "Somebody else has changed this since: look at it again.",
    {
        "missing": (None, TAKEN),
        "empty": ("", TAKEN),
        "blanks only": ("  ", STALE),
        "one that is past": ("7", "Somebody else has changed this since: look at it again."),
    },
)
_OPENS = {
    "opened_on": Field(DAY_FIELD, "Places are taken: its first day is no later than it was."),
    "closed_on": Field(
        DAY_FIELD,
        TAKEN,
        {"before it opens": ("2025-01-01", "It closes after it has opened.")},
    ),
    "ceiling": Field(WHOLE_FIELD),
    "reason": Field(text(500), "Say why."),
    "seen": SEEN,
}
_DAYS = {"opened_on": "2026-01-01", "closed_on": "", "reason": "Amendment 3"}
OPENINGS = (
    Form(
        "Add a part of the trial",
        "opening-new",
        "administrator",
        _always(f"{OPENING}new/"),
        _always(f"{OPENING}new/"),
        lambda clinic: {**_DAYS, "name": "C", "title": "Extension", "ceiling": "10"},
        {
            **{name: one for name, one in _OPENS.items() if name != "seen"},
            "opened_on": Field(DAY_FIELD, TAKEN),
            "name": Field(
                Kind(
                    "name of a part",
                    {
                        name: (typed, "Letters and digits, at most ten.")
                        for name, (typed, said) in text(10).tries.items()
                        if name != NUL
                    }
                    | {NUL: ("A\x00", NUL_SAID), "one it has": ("A", "has that part already")},
                ),
                "The trial has that part already.",
            ),
            "title": Field(text(200), TAKEN),
        },
        carried=("seen",),
        empty="Say why.",
        others=("monitor", "coordinator", "investigator"),
        absent=False,
    ),
    Form(
        "Open, close or resize a part",
        "opening-part",
        "administrator",
        _always(f"{OPENING}A/"),
        _always(f"{OPENING}A/"),
        lambda clinic: {**_DAYS, "ceiling": "30"},
        _OPENS,
        empty="Say why.",
        others=("monitor", "coordinator", "investigator"),
        absent=False,
    ),
    Form(
        "Open, close or resize a part at a site",
        "opening-site",
        "administrator",
        _always(f"{OPENING}A/toronto/"),
        _always(f"{OPENING}A/toronto/"),
        lambda clinic: {**_DAYS, "ceiling": "30"},
        {
            **_OPENS,
            "ceiling": Field(
                WHOLE_FIELD,
                "Nothing would change.",
            ),
        },
        empty="Say why.",
        others=("monitor", "coordinator", "investigator"),
        absent=False,
    ),
)
NO_BUNDLE = "Paste a bundle, choose a file or pick an invented patient."
NO_JSON = "The data is not JSON"
EVALUATE = f"/trials/{TRIAL}/evaluate/"
EVALUATION = Form(
    "Evaluate a bundle, and store nothing",
    "evaluate",
    "",
    _always(EVALUATE),
    _always(EVALUATE),
    lambda clinic: {"bundle": BUNDLE, "on": "2026-11-25"},
    {
        "bundle": Field(
            Kind(
                "bundle",
                {name: (typed, NO_JSON) for name, (typed, _said) in text(1).tries.items()}
                | {
                    "1e400": ('{"resourceType": 1e400}', "The number has an exponent beyond 40."),
                    "NaN": ("NaN", "NaN is not a number."),
                    NUL: ("a\x00", NUL_SAID),
                },
            ),
            NO_BUNDLE,
        ),
        "on": Field(DAY_FIELD, TAKEN),
        "time_zone": Field(CHOICE_FIELD, TAKEN),
        "received_on": Field(DAY_FIELD, TAKEN),
    },
    carried=("file",),
    done=200,
    stores=False,
    empty=NO_BUNDLE,
    absent=False,
)
NO_PAIR = "The user name and the password do not belong together, or the account is not active."
SIGNING_IN = (
    Form(
        "Sign in",
        "sign-in",
        "",
        _always("/sign-in/"),
        _always("/sign-in/"),
        lambda clinic: {"username": "coordinator.toronto", "password": PASSWORD},
        {
            "username": Field(
                Kind(
                    "user name",
                    {
                        name: (typed, said or NO_PAIR)
                        for name, (typed, said) in text(100).tries.items()
                    },
                ),
            ),
            "password": Field(
                PASSWORD_FIELD,
                REQUIRED,
                {
                    **{
                        name: (typed, NO_PAIR)
                        for name, (typed, said) in PASSWORD_FIELD.tries.items()
                        if not said
                    },
                    "blanks only": ("  \t ", NO_PAIR),
                    TEN_THOUSAND: ("p" * 10_000, NO_PAIR),
                },
            ),
        },
        carried=("next",),
        as_json=400,
        empty=REQUIRED,
        absent=False,
    ),
    Form(
        "Sign out",
        "sign-out",
        "coordinator",
        _always("/worklist/"),
        _always("/sign-out/"),
        stores=False,
        absent=False,
    ),
)
