"""Who may do what with an episode, and when: two kinds of policy, each of which says no in one sentence.

The sentence is the same on the page and in the API. The policies read; only actions write.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from eligibility.models import OPEN, Assessment, Registration, Screening, SitePart, State, TrialPart
from eligibility.workflow import REASONS, Act, may_follow
from trialscreen.institution.models import Account, Delegation, Duty, Role, StaffRole


class Refusal(Exception):
    """Why something is not done, in one sentence, with a code for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class NotAllowed(Refusal):
    """Not this person."""


class NotNow(Refusal):
    """Not in this state, or not on this day."""


class Moved(Refusal):
    """What was looked at is no longer what there is."""


_AT_THE_SITE = (Role.COORDINATOR, Role.INVESTIGATOR)
_DUTIES = {Act.CONFIRM: Duty.CONFIRM, Act.SIGN: Duty.SIGN, Act.RETURN: Duty.SIGN}
_PHYSICIANS = frozenset({Act.SIGN, Act.RETURN})


def who_may(act: Act, *, by: Account, site_id: int, trial: str, on: date) -> None:
    """Whether a person may do this at a site on a day.

    Raises:
        NotAllowed: with the reason.
    """
    roles = set(
        StaffRole.objects.on(on).filter(account=by, site=site_id).values_list("role", flat=True)
    )
    if not roles & set(_AT_THE_SITE):
        raise NotAllowed("role", _("Only coordinators and investigators of the site do this."))
    if act in _PHYSICIANS and Role.INVESTIGATOR not in roles:
        raise NotAllowed("role", _("Only an investigator of the site signs or declines to sign."))
    duty = _DUTIES.get(act)
    if duty is None:
        return
    delegated = Delegation.objects.on(on).filter(
        account=by, site=site_id, trial=trial, duty=duty.value
    )
    if not delegated.exists():
        raise NotAllowed(
            "delegation",
            _("The delegation log of the site does not name you for “%(duty)s” on %(day)s.")
            % {"duty": duty.label, "day": on.isoformat()},
        )


def when_may(act: Act, screening: Screening) -> None:
    """Whether the table allows it in the state that the episode is in.

    Raises:
        NotNow: with the reason.
    """
    if not may_follow(act, State(screening.state)):
        state = State(screening.state).label
        raise NotNow("state", _("This screening is: %(state)s.") % {"state": state})


def may_confirm(assessment: Assessment) -> None:
    """Whether an assessment can be confirmed.

    Raises:
        NotNow: something is failing, unknown or rests on an absence that nobody has confirmed.
    """
    if assessment.status == "eligible" and not assessment.answer["to_confirm"]:
        return
    if assessment.status == "eligible":
        count = len(assessment.answer["to_confirm"])
        raise NotNow(
            "absences",
            _("%(n)d criteria rest on nothing being on record: each has to be confirmed first.")
            % {"n": count},
        )
    failing = assessment.verdicts.count("n")
    unknown = assessment.verdicts.count("u")
    raise NotNow(
        "not-eligible",
        _("Not every criterion is met: %(n)d not met, %(u)d unknown.")
        % {"n": failing, "u": unknown},
    )


def may_sign(*, by: Account, confirmed_by: int) -> None:
    """Whether a person may sign what another has confirmed.

    Raises:
        NotAllowed: it is the same person.
    """
    if by.pk == confirmed_by:
        raise NotAllowed("own", _("Nobody signs what they have confirmed themselves."))


def may_register(
    screening: Screening, part: TrialPart, *, assessment: Assessment, on: date
) -> None:
    """Whether a signed episode can be registered into a part of the trial on a day.

    The places themselves are counted by the action, with the counters locked.

    Raises:
        NotNow: outside of the window, or trial, part or site are not open here.
    """
    if assessment.status != "eligible":
        raise NotNow(
            "window",
            _("Outside the eligible window: not every criterion is met on %(day)s.")
            % {"day": on.isoformat()},
        )
    whole = TrialPart.objects.filter(trial=screening.trial_id, name="").first()
    if whole is not None and not whole.is_open(on=on):
        raise NotNow("trial-closed", _("The trial is not open for registration."))
    if not part.is_open(on=on):
        raise NotNow("part-closed", _("Part %(name)s is not open.") % {"name": part.name})
    if not screening.site.is_open(on=on):
        raise NotNow("site-closed", _("The site is not open for screening."))
    here = SitePart.objects.filter(part=part, site=screening.site_id).first()
    if here is None or not here.is_open(on=on):
        raise NotNow(
            "part-closed-here", _("Part %(name)s is not open at this site.") % {"name": part.name}
        )


def may_close(to: State, reason: str) -> None:
    """Whether an episode can be closed so, for this reason.

    Raises:
        NotNow: it is not one of the ways to close, or not a reason of that way.
    """
    if to not in REASONS:
        raise NotNow("state", _("That is not a way to close a screening."))
    if reason not in REASONS[to]:
        raise NotNow("reason", _("Choose one of the listed reasons."))


def may_rescreen(previous: Screening) -> None:
    """Whether a new episode can follow one.

    Raises:
        NotNow: it is still open, led to registration, or another one followed it.
    """
    if previous.state in OPEN:
        raise NotNow("open", _("This screening is still open."))
    if previous.state == State.DECEASED:
        raise NotNow("deceased", _("The patient has died."))
    if Registration.objects.filter(screening=previous).exists():
        raise NotNow("registered", _("The patient is registered."))
    if Screening.objects.filter(previous=previous).exists():
        raise NotNow("followed", _("A later screening has followed this one."))
