"""The forms of administration: people, sites, clients, and the review of access."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eligibility.models import SiteApproval
from tests.refusals.clinic import Clinic
from tests.refusals.form import Form, Typed
from tests.refusals.kinds import (
    CHOICE_FIELD,
    DAY_FIELD,
    REQUIRED,
    TAKEN,
    Field,
    Kind,
    text,
)
from trialscreen.institution.models import StaffRole
from trialscreen.institution.scope import use_sites

PEOPLE = "/administration/people/"
SITES = "/administration/sites/"
HERE = f"{SITES}toronto/"
CLIENTS = "/administration/clients/"
OTHERS = ("monitor", "coordinator", "investigator")
REASON = Field(text(300), "Say why.")
DAY = Field(DAY_FIELD)
MAYBE = Field(DAY_FIELD, TAKEN)
CHOSEN = Field(CHOICE_FIELD)
NOTHING = "Nothing would change."
NO_NAME = "Small letters, digits, dots and hyphens alone."


def _person(what: str) -> Callable[[Clinic], str]:
    return lambda clinic: f"{PEOPLE}{clinic.people['second'].pk}/{what}"


def _approval(clinic: Clinic) -> str:
    with use_sites([clinic.site.pk]):
        return f"{HERE}approvals/{SiteApproval.objects.get(site=clinic.site).pk}/withdraw/"


def _role(clinic: Clinic) -> str:
    of = clinic.people["second"].pk
    return f"{PEOPLE}{of}/roles/{StaffRole.objects.get(account=of).pk}/end/"


def at_address(path: str) -> Callable[[Clinic], str]:
    return lambda clinic: path


def administration_form(
    title: str,
    named: str,
    at: Callable[[Clinic], str],
    typed: Typed,
    fields: Mapping[str, Field],
    *,
    done: int = 302,
    empty: str = REQUIRED,
) -> Form:
    def filled(clinic: Clinic) -> Typed:
        today = clinic.today.isoformat()
        return {name: today if one == "TODAY" else one for name, one in typed.items()}

    return Form(
        title,
        named,
        "administrator",
        at,
        at,
        filled,
        fields,
        done=done,
        empty=empty,
        others=OTHERS,
        absent=False,
    )


_NAME = Field(
    Kind(
        "user name of a new person",
        {label: (typed, said or NO_NAME) for label, (typed, said) in text(100).tries.items()}
        | {
            "capitals": ("Nora", NO_NAME),
            "one that is somebody's": ("otto", "That user name is somebody's, or was"),
        },
    ),
    REQUIRED,
    {"blanks only": ("  \t ", NO_NAME)},
)
_MAIL = Field(
    Kind(
        "e-mail address",
        {
            **{
                label: (typed, said or "Enter a valid email address.")
                for label, (typed, said) in text(320).tries.items()
            },
        },
    )
)
NO_CODE = "Small letters, digits and hyphens; a letter first."
_CODE = Field(
    Kind(
        "code of a new site",
        {label: (typed, said or NO_CODE) for label, (typed, said) in text(40).tries.items()}
        | {"one that is taken": ("toronto", "Another site has this code.")},
    ),
    REQUIRED,
    {"blanks only": ("  \t ", NO_CODE)},
)
ADMINISTRATION = (
    administration_form(
        "Invite somebody",
        "administration-invite",
        at_address(f"{PEOPLE}invite/"),
        {
            "name": "Nora Field",
            "username": "nora",
            "email": "nora@hospital.invalid",
            "role": "coordinator",
            "site": "toronto",
            "first_day": "TODAY",
        },
        {
            "name": Field(text(200)),
            "username": _NAME,
            "email": _MAIL,
            "role": CHOSEN,
            "site": Field(CHOICE_FIELD, "Choose a site for this role."),
            "first_day": DAY,
            "last_day": MAYBE,
        },
        done=200,
    ),
    administration_form(
        "Deactivate somebody",
        "administration-deactivate",
        _person("deactivate/"),
        {"reason": "Has left"},
        {"reason": REASON},
        empty="Say why.",
    ),
    administration_form(
        "Change a site",
        "administration-change-site",
        at_address(f"{HERE}change/"),
        {"name": "Another name", "city": "Toronto", "postal_code": "", "reason": "Merger"},
        {
            "name": Field(text(200)),
            "city": Field(text(100)),
            "postal_code": Field(text(20), TAKEN),
            "reason": REASON,
        },
    ),
    administration_form(
        "Register a client",
        "administration-new-client",
        at_address(f"{CLIENTS}new/"),
        {"name": "Laboratory", "contact": "Extension 4417"},
        {
            "name": Field(text(100)),
            "contact": Field(text(200)),
            "proof": Field(CHOICE_FIELD, TAKEN),
        },
        done=200,
    ),
    administration_form(
        "Give a role",
        "administration-give",
        _person("roles/give/"),
        {"role": "investigator", "site": "toronto", "first_day": "TODAY"},
        {
            "role": CHOSEN,
            "site": Field(CHOICE_FIELD, "Choose a site for this role."),
            "first_day": DAY,
            "last_day": MAYBE,
        },
    ),
    administration_form(
        "Add a site",
        "administration-new-site",
        at_address(f"{SITES}new/"),
        {
            "code": "windsor",
            "name": "Windsor centre",
            "city": "Windsor",
            "time_zone": "America/Toronto",
            "opened_on": "TODAY",
        },
        {
            "code": _CODE,
            "name": Field(text(200)),
            "city": Field(text(100)),
            "postal_code": Field(text(20), TAKEN),
            "time_zone": CHOSEN,
            "opened_on": DAY,
        },
    ),
    administration_form(
        "Record an approval",
        "administration-approval",
        at_address(f"{HERE}approvals/"),
        {"kind": "ethics", "reference": "REB 7", "approved_on": "TODAY"},
        {
            "kind": CHOSEN,
            "reference": Field(text(100)),
            "approved_on": DAY,
            "expires_on": MAYBE,
        },
    ),
    administration_form(
        "Withdraw an approval",
        "administration-withdraw",
        _approval,
        {"reason": "Suspended by the board"},
        {"reason": REASON},
        empty="Say why.",
    ),
    administration_form(
        "Close a site",
        "administration-close-site",
        at_address(f"{HERE}close/"),
        {"closed_on": "TODAY", "reason": "No staff"},
        {"closed_on": Field(DAY_FIELD, NOTHING), "reason": REASON},
        empty="Say why.",
    ),
    administration_form(
        "End a role",
        "administration-end",
        _role,
        {"last_day": "TODAY", "reason": "Has another post"},
        {"last_day": MAYBE, "reason": REASON},
        empty="Say why.",
    ),
)
