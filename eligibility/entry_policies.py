"""Who may answer a criterion, and who may set a record aside: one sentence for each no, on the page and in the API."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from eligibility.policies import NotAllowed
from trialscreen.institution.models import Account, Role, StaffRole

_AT_THE_SITE = (Role.COORDINATOR, Role.INVESTIGATOR)
_MAY_ANSWER = {
    "coordinator": (Role.COORDINATOR, Role.INVESTIGATOR),
    "investigator": (Role.INVESTIGATOR,),
}
"""Roles that may answer a criterion, by the role that it asks for."""


def may_answer(asked: str, *, by: Account, site_id: int, on: date) -> None:
    """Whether a person may answer a criterion that asks for this role, at a site on a day.

    Raises:
        NotAllowed: with the reason.
    """
    roles = _roles(by, site_id, on)
    if roles & set(_MAY_ANSWER[asked]):
        return
    if asked == "investigator":
        raise NotAllowed("role", _("Only an investigator of the site answers this."))
    raise NotAllowed("role", _("Only a coordinator or an investigator of the site answers this."))


def may_set_aside(*, decides_against: bool, by: Account, site_id: int, on: date) -> None:
    """Whether a person may set a record aside. `decides_against`: it is confirmed and makes a criterion fail.

    Raises:
        NotAllowed: with the reason.
    """
    roles = _roles(by, site_id, on)
    if not roles & set(_AT_THE_SITE):
        raise NotAllowed("role", _("Only coordinators and investigators of the site do this."))
    if decides_against and Role.INVESTIGATOR not in roles:
        raise NotAllowed(
            "role",
            _(
                "This record is confirmed and decides against the patient: only an investigator of the "
                "site sets it aside."
            ),
        )


def _roles(by: Account, site_id: int, on: date) -> set[str]:
    held = StaffRole.objects.on(on).filter(account=by, site=site_id)
    return set(held.values_list("role", flat=True))
