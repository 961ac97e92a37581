"""What can be done with an episode now, and why the rest cannot: the sentences with which the actions would refuse.

Nothing is changed by asking. The actions ask again, under lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from eligibility.actions import Actor
from eligibility.models import Determination, Screening, TrialPart
from eligibility.policies import (
    NotNow,
    Refusal,
    may_confirm,
    may_register_into,
    may_register_on,
    may_rescreen,
    may_sign,
    must_be_approved,
    must_be_person,
    when_may,
    who_may,
    why_not,
)
from eligibility.retests import Failed, repeats_are_reasoned
from eligibility.workflow import Act

ACTS: Final = (
    Act.START,
    Act.CONFIRM,
    Act.SIGN,
    Act.RETURN,
    Act.REGISTER,
    Act.CLOSE,
    Act.RESCREEN,
)
"""What people do with an episode."""
BY_PEOPLE: Final = frozenset({Act.CONFIRM, Act.SIGN, Act.RETURN, Act.REGISTER})
"""Which of it no system does, whomever it acts for."""
_Ask = Callable[[], object]


def refusals(
    held: Screening,
    *,
    by: Actor,
    answer: Mapping[str, Any],
    on: date,
    failed: Collection[Failed] = (),
) -> dict[Act, str]:
    """For each act the sentence why it is not possible for this person on this day; empty where it is.

    `answer` is the answer to the patient's record as it stands, as of that day; `failed` is what failed in the episode
    before.
    """
    return {act: _first(_asks(act, held, by, answer, failed, on)) for act in ACTS}


def why_not_parts(held: Screening, *, on: date) -> dict[str, str]:
    """For each part of the trial, by its name, why nobody is registered into it here on this day; empty: it is open."""
    parts = TrialPart.objects.filter(trial=held.trial_id).exclude(name="").order_by("name")
    return {
        part.name: why_not(lambda part=part: may_register_into(held, part, on=on))  # type: ignore[misc]
        for part in parts
    }


def _first(asks: Iterator[_Ask]) -> str:
    for ask in asks:
        try:
            ask()
        except Refusal as refusal:
            return refusal.sentence
    return ""


def _asks(
    act: Act,
    held: Screening,
    by: Actor,
    answer: Mapping[str, Any],
    failed: Collection[Failed],
    on: date,
) -> Iterator[_Ask]:
    if act in BY_PEOPLE:
        yield lambda: must_be_person(by.account, by.client)
    if by.account is not None:
        account, trial = by.account, held.trial.number
        yield lambda: who_may(act, by=account, site_id=held.site_id, trial=trial, on=on)
    if act is Act.RESCREEN:
        yield lambda: may_rescreen(held)
    else:
        yield lambda: when_may(act, held)
    if act is Act.CONFIRM:
        yield lambda: must_be_approved(held, on=on)
        yield lambda: may_confirm(answer)
        yield lambda: repeats_are_reasoned(failed)
    if act is Act.SIGN:
        yield lambda: _not_ones_own(held, by)
    if act is Act.REGISTER:
        yield lambda: may_register_on(answer, on=on)
        yield lambda: _somewhere_open(held, on)


def _not_ones_own(held: Screening, by: Actor) -> None:
    standing = Determination.objects.filter(screening=held, voiding=None).first()
    if standing is not None and by.account is not None:
        may_sign(by=by.account, confirmed_by=standing.by_id)


def _somewhere_open(held: Screening, on: date) -> None:
    """Whether a part is open here.

    Raises:
        NotNow: none is, with the reason of the first.
    """
    closed = why_not_parts(held, on=on)
    if not closed:
        raise NotNow("part", _("The trial has no part to register into."))
    if all(closed.values()):
        raise NotNow("part-closed", next(iter(closed.values())))
