"""The closed lists of the worklist: tabs, verbs, who fills which gap, and what to do where it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from eligibility.models import Screening, State
from eligibility.presenters.words import Words
from eligibility.tabs import Tab
from eligibility.workflow import Act

TABS: Final[Mapping[Tab, Words]] = {
    Tab.OPEN: _("All open"),
    Tab.READY: _("Ready to confirm"),
    Tab.SIGN: _("To sign"),
    Tab.REGISTER: _("To register"),
    Tab.NEEDS: _("Needs information"),
    Tab.NOT_YET: _("Not yet"),
    Tab.REPEATABLE: _("Fails, repeatable"),
    Tab.FAILS: _("Fails"),
    Tab.CLOSING: _("Window closing"),
    Tab.REGISTERED: _("Registered"),
    Tab.CLOSED: _("Closed"),
}

COLUMNS: Final[Mapping[str, Words]] = {
    "number": _("Screening"),
    "age": _("Age"),
    "due": _("Can be registered"),
    "who": _("Works on it"),
}
"""By which the list can be sorted; `eligibility.cursors.ORDERS` says how."""

STATES: Final[Mapping[State, Words]] = {
    State.CANDIDATE: _("Candidate"),
    State.IN_SCREENING: _("In screening"),
    State.CONFIRMED: _("Confirmed, waits for a signature"),
    State.SIGNED: _("Signed"),
    State.REGISTERED: _("Registered"),
    State.INELIGIBLE: _("Ineligible"),
    State.DECLINED: _("Declined"),
    State.WITHDRAWN: _("Withdrawn"),
    State.LOST: _("Lost to follow-up"),
    State.DECEASED: _("Deceased"),
}

BY: Final[Mapping[str, Words]] = {
    "patient": _("Patient"),
    "attestation-coordinator": _("Coordinator"),
    "chart": _("Chart"),
    "attestation-investigator": _("Investigator"),
    "lab": _("Laboratory"),
    "imaging": _("Imaging"),
}
"""From whom what is missing is had, by the kind of effort."""


class Nothing(NamedTuple):
    """Why a list is empty, and what to do about it."""

    title: Words
    text: Words
    tab: str
    """Where to go on; empty: to the patients."""

    @property
    def way(self) -> Words:
        """What the link there says."""
        return TABS[Tab(self.tab)] if self.tab else ""


NOTHING_YET: Final = Nothing(
    _("No screening yet"),
    _(
        "A candidate appears here by itself once the record of a living adult shows the disease of the "
        "trial. Anybody else is added by hand, from the list of patients."
    ),
    "",
)
_FROM_NEEDS = Tab.NEEDS.value
NOTHING_HERE: Final[Mapping[Tab, Nothing]] = {
    Tab.OPEN: Nothing(
        _("Nobody is being screened"),
        _("Every screening so far is registered or closed. Add a candidate from the patients."),
        "",
    ),
    Tab.READY: Nothing(
        _("Nobody is ready to confirm"),
        _("Screenings come here once every criterion is met. See what is still missing."),
        _FROM_NEEDS,
    ),
    Tab.SIGN: Nothing(
        _("Nothing waits for a signature"),
        _("What a coordinator has confirmed waits here for an investigator."),
        Tab.READY.value,
    ),
    Tab.REGISTER: Nothing(
        _("Nobody waits to be registered"),
        _("Signed screenings stand here until the patient is registered."),
        Tab.SIGN.value,
    ),
    Tab.NEEDS: Nothing(
        _("Nothing is missing"),
        _("Of every open screening enough is known to say met or not met."),
        Tab.READY.value,
    ),
    Tab.NOT_YET: Nothing(
        _("Nobody only has to wait"),
        _("Who becomes eligible by time alone stands here, with the day from which."),
        _FROM_NEEDS,
    ),
    Tab.REPEATABLE: Nothing(
        _("Nothing to repeat"),
        _("Who fails on a result that may be repeated, and on nothing else, stands here."),
        _FROM_NEEDS,
    ),
    Tab.FAILS: Nothing(
        _("Nobody fails for good"),
        _("Who fails on what nothing can change stands here, to be closed."),
        Tab.OPEN.value,
    ),
    Tab.CLOSING: Nothing(
        _("No window closes this week"),
        _("Who is eligible, and will not be in a week's time, stands here."),
        Tab.READY.value,
    ),
    Tab.REGISTERED: Nothing(
        _("Nobody is registered yet"),
        _("Signed screenings are registered from the patient's page."),
        Tab.REGISTER.value,
    ),
    Tab.CLOSED: Nothing(
        _("No screening is closed"),
        _("Ineligible, declined, withdrawn, lost and deceased: each stands here with its reason."),
        Tab.OPEN.value,
    ),
}


class Action(NamedTuple):
    """The next thing to do, as a verb."""

    verb: Words
    act: str
    """The act whose page it leads to; empty: the patient's page."""
    anchor: str = ""
    """The place on the patient's page."""
    is_next: bool = False
    """It leads to the next state."""


_MISSING, _TOP = "missing-heading", "result-heading"
_OPEN = Action(_("Open"), "", _TOP)
_ANSWER = Action(_("Answer"), "", _MISSING)
_OF_STATUS: Final = {
    "eligible": Action(_("Confirm"), Act.CONFIRM, is_next=True),
    "undetermined": _ANSWER,
    "": _ANSWER,
    "not_yet": Action(_("Review"), "", _TOP),
    "ineligible": Action(_("Repeat"), "", _MISSING),
}


def action_of(held: Screening, *, unconfirmed: int, investigates: bool) -> Action:
    """What is to be done next with a screening, of which so many absences are unconfirmed."""
    state = State(held.state)
    if state is State.CONFIRMED:
        return Action(_("Sign"), Act.SIGN, is_next=True) if investigates else _OPEN
    if state is State.SIGNED:
        return Action(_("Register"), Act.REGISTER, is_next=True)
    if state not in (State.CANDIDATE, State.IN_SCREENING):
        return _OPEN
    if held.status == "ineligible" and not held.repeatable:
        return Action(_("Close"), Act.CLOSE)
    if state is State.CANDIDATE:
        return Action(_("Start"), Act.START, is_next=True)
    if held.status == "eligible" and unconfirmed:
        return _ANSWER
    return _OF_STATUS[held.status]
