"""Who may do what with an episode, and when: two kinds of policy, each of which says no in one sentence.

The sentence is the same on the page and in the API. The policies read; only actions write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.covered import is_intact
from eligibility.models import (
    OPEN,
    Registration,
    Screening,
    SignOff,
    SiteApproval,
    SitePart,
    State,
    TrialPart,
)
from eligibility.workflow import OF_ACT, REASONS, Act, may_follow
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


def why_not(ask: Callable[[], None]) -> str:
    """The sentence with which a policy says no; empty where it does not."""
    try:
        ask()
    except Refusal as refusal:
        return refusal.sentence
    return ""


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
    if may_follow(act, State(screening.state)):
        return
    said = {"state": State(screening.state).label}
    if screening.state not in OPEN:
        raise NotNow("state", _("This screening is over: %(state)s.") % said)
    needed = [str(state.label) for state in OF_ACT[act].sources if state is not None]
    raise NotNow(
        "state",
        _("This screening is “%(state)s”; it has to be “%(needed)s” for this.")
        % {**said, "needed": _("” or “").join(needed)},
    )


def must_be_unmoved(screening: Screening, seen: int) -> None:
    """Whether the episode is still as it was looked at.

    Raises:
        Moved: somebody was quicker.
    """
    if screening.version != seen:
        raise moved()


def moved() -> Moved:
    return Moved(
        "moved", _("Somebody else has changed this screening since: it was read again for you.")
    )


def must_be_person(by: Account | None, client: str) -> Account:
    """Who confirms, signs or registers.

    Raises:
        NotAllowed: it is a system, whomever it acts for.
    """
    if by is None or client:
        raise NotAllowed("client", _("Only a person confirms, signs or registers, never a system."))
    return by


def may_confirm(answer: Mapping[str, Any]) -> None:
    """Whether an answer can be confirmed.

    Raises:
        NotNow: something is failing, unknown or rests on an absence that nobody has confirmed.
    """
    verdicts = [one["verdict"] for one in answer["criteria"]]
    failing, unknown = verdicts.count("not_met"), verdicts.count("unknown")
    if failing or unknown:
        raise NotNow(
            "not-eligible",
            _("Not every criterion is met: %(n)d not met, %(u)d unknown.")
            % {"n": failing, "u": unknown},
        )
    absences_are_confirmed(answer)


def absences_are_confirmed(answer: Mapping[str, Any]) -> None:
    """Whether somebody has confirmed each absence that a verdict rests on.

    Raises:
        NotNow: nobody has, or the last confirmation counts no more.
    """
    count = len(answer["to_confirm"])
    if count:
        raise NotNow(
            "absences",
            ngettext(
                "%(n)d criterion rests on nothing being on record: it has to be confirmed first.",
                "%(n)d criteria rest on nothing being on record: each has to be confirmed first.",
                count,
            )
            % {"n": count},
        )


def may_sign(*, by: Account, confirmed_by: int) -> None:
    """Whether a person may sign what another has confirmed. Raises NotAllowed: it is the same person."""
    if by.pk == confirmed_by:
        raise NotAllowed("own", _("Nobody signs what they have confirmed themselves."))


def must_be_intact(signature: SignOff) -> None:
    """Whether a signature is over what is stored, and was given as it is stored.

    Raises:
        NotNow: something of it is not as it was signed.
    """
    of = signature.determination
    if of.screening_id != _screening_of(of.covers) or not is_intact(
        of.covers,
        of.digest,
        signed=signature.digest,
        signer=signature.by_id,
        name=signature.by_name,
        at=signature.at,
        meaning=signature.meaning,
        how=signature.event.detail.get("how", ""),
    ):
        raise NotNow("not-intact", _("The signature does not match what is stored."))


def _screening_of(covers: Mapping[str, Any]) -> UUID | None:
    named = covers.get("screening")
    return UUID(named) if named else None


def may_register_on(answer: Mapping[str, Any], *, on: date) -> None:
    """Whether a day lies in the window: every criterion is met on it, and every absence confirmed.

    Raises:
        NotNow: it does not.
    """
    if answer["status"] != "eligible":
        raise NotNow(
            "window",
            _("Outside the eligible window: not every criterion is met on %(day)s.")
            % {"day": on.isoformat()},
        )
    absences_are_confirmed(answer)


def may_register_into(screening: Screening, part: TrialPart, *, on: date) -> None:
    """Whether trial, part and site are open here on a day. The places are counted by the action, with the counters
    locked.

    Raises:
        NotNow: one of them is not.
    """
    whole = TrialPart.objects.filter(trial=screening.trial_id, name="").first()
    if whole is None or not whole.is_open(on=on):
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
    must_be_approved(screening, on=on)


def must_be_approved(screening: Screening, *, on: date) -> None:
    """Whether an approval of the ethics board holds at the site on a day. What was never recorded does not hold.

    Raises:
        NotNow: none was recorded, or every one that was has run out, was withdrawn or begins later.
    """
    of_trial = SiteApproval.objects.filter(site=screening.site_id, trial=screening.trial_id)
    held = list(of_trial.filter(kind=SiteApproval.ETHICS))
    if any(one.holds(on=on) for one in held):
        return
    never = _(
        "No approval of the ethics board is on record here: nobody is confirmed or registered until an "
        "administrator has recorded it."
    )
    over = _(
        "No approval of the ethics board holds here on %(day)s: nobody is confirmed or registered until an "
        "administrator has recorded another."
    )
    raise NotNow("approval", over % {"day": on.isoformat()} if held else never)


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


def must_say_why(note: str, sentence: object) -> None:
    """Whether a reason was given: more than spaces and points.

    Raises:
        NotNow: with the sentence.
    """
    if not any(letter.isalnum() for letter in note):
        raise NotNow("reason", str(sentence))
