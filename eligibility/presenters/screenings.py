"""A screening episode in words: the panel on the patient's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.episodes import Story
from eligibility.models import Deviation, Event, Screening, SignOff, State
from eligibility.presenters.dates import day
from eligibility.presenters.events import (
    LOOKS,
    OVER,
    changes_of,
    moment,
    subject_of,
    who_of,
)
from eligibility.presenters.retests import Again, again
from eligibility.presenters.windows import Headline, headline
from eligibility.presenters.words import Words, sentence
from eligibility.retests import Failed
from eligibility.workflow import OF_ACT, Act

RECORD_DEVIATION = gettext_lazy("Record the deviation")
WORDS = {act: "decline" if act is Act.RETURN else act.value for act in Act}
"""The last word of each act's address."""
_STEPS = (
    (Act.START, gettext_lazy("Screening")),
    (Act.CONFIRM, gettext_lazy("Confirmation")),
    (Act.SIGN, gettext_lazy("Signature")),
    (Act.REGISTER, gettext_lazy("Registration")),
)


@dataclass(frozen=True)
class Step:
    """One act: done (`when`, `who`), possible now, or not (`because`)."""

    act: str
    name: Words
    verb: Words
    when: str = ""
    who: str = ""
    because: str = ""

    @property
    def done(self) -> bool:
        return bool(self.when)


@dataclass(frozen=True)
class Signature:
    name: str
    when: str
    meaning: str
    digest: str
    confirmed_by: str
    confirmed_when: str
    how: str
    """By what the signer showed who they are, where that was not the password."""
    fault: str
    """That it does not match what is stored; empty: it does."""


@dataclass(frozen=True)
class Neighbour:
    """Another episode of the patient."""

    id: Any
    label: str
    state: Words


@dataclass(frozen=True)
class Panel:
    id: Any
    patient: Any
    label: str
    episode: int
    state: Words
    tone: str
    icon: str
    assignee: str
    headline: Headline
    steps: tuple[Step, ...]
    others: tuple[Step, ...]
    next: str
    """The act that comes next, if it is possible now."""
    lost: tuple[str, ...]
    """Why the last confirmation no longer holds."""
    lost_how: str
    signature: Signature | None
    subject: str
    previous: Neighbour | None
    following: Neighbour | None
    deviations: tuple[tuple[str, str], ...]
    """How each is known, and what was not as the protocol asks."""
    retested: tuple[Again, ...]
    """What failed in the episode before, and what is said of it now."""


def panel(
    told: Story,
    *,
    refused: Mapping[Act, str],
    answer: Mapping[str, Any],
    failed: Iterable[Failed] = (),
    forms: Mapping[str, Any] | None = None,
) -> Panel:
    """The panel of an episode; `refused` says why each act is not possible, `answer` is of today.

    `failed` is what failed before it, `forms` where a reason for a repeat can be given, by criterion.
    """
    held = told.screening
    tone, icon = LOOKS.get(held.state, OVER)
    steps = tuple(_steps(told, refused))
    coming = next((step for step in steps if not step.done), None)
    lost, how = _lost(told)
    return Panel(
        id=held.pk,
        patient=held.patient_id,
        label=held.label,
        episode=held.episode,
        state=State(held.state).label,
        tone=tone,
        icon=icon,
        assignee=_named(held),
        headline=headline(answer),
        steps=steps,
        others=tuple(_others(refused)),
        next=coming.act if coming is not None and not coming.because and held.is_open else "",
        lost=lost,
        lost_how=how,
        signature=signature(told),
        subject=subject_of(told),
        previous=neighbour(held.previous),
        following=neighbour(told.following),
        deviations=tuple((_known_by(one), sentence(one.text)) for one in told.deviations),
        retested=again(
            failed, unconfirmed=answer["to_confirm"], zone=held.site.zone, forms=forms or {}
        ),
    )


def _known_by(one: Deviation) -> str:
    if one.by_id is None:
        return _("Deviation after registration:")
    return _("Deviation on %(day)s, recorded by %(who)s:") % {
        "day": day(one.occurred_on),
        "who": one.by_name,
    }


def neighbour(other: Screening | None) -> Neighbour | None:
    return None if other is None else Neighbour(other.pk, other.label, State(other.state).label)


def signature(told: Story) -> Signature | None:
    """Name, moment, meaning and hash of the signature in force."""
    if told.signed is None or told.standing is None:
        return None
    zone = told.screening.site.zone
    return Signature(
        name=told.signed.by_name,
        when=moment(told.signed.at, zone),
        meaning=told.signed.meaning,
        digest=told.signed.digest,
        confirmed_by=told.standing.by_name,
        confirmed_when=moment(told.standing.at, zone),
        how=how_signed(told.signed),
        fault=told.signature_fault,
    )


def how_signed(signed: SignOff) -> str:
    how = signed.event.detail.get("how", "")
    return {
        "passkey": _("with a passkey"),
        "provider": _("after a new sign-in at the hospital's identity provider"),
    }.get(how, "")


def _steps(told: Story, refused: Mapping[Act, str]) -> Iterator[Step]:
    """The four steps; what was undone by a later event is to be done again."""
    done = _in_force(told.events)
    zone = told.screening.site.zone
    for act, name in _STEPS:
        event = done.get(act)
        verb = OF_ACT[act].verb
        if event is not None:
            yield Step(WORDS[act], name, verb, moment(event.at, zone), who_of(event))  # type: ignore[arg-type]
        else:
            yield Step(WORDS[act], name, verb, because=refused[act])  # type: ignore[arg-type]


def _in_force(events: Iterable[Event]) -> dict[Act, Event]:
    done: dict[Act, Event] = {}
    for event in events:
        act = Act(event.transition)
        if act in (Act.VOID, Act.RETURN):
            done.pop(Act.CONFIRM, None)
            done.pop(Act.SIGN, None)
        done[act] = event
    return done


def _others(refused: Mapping[Act, str]) -> Iterator[Step]:
    """What else can be done, each with why it is not possible where it is not."""
    for act in (Act.RETURN, Act.CLOSE, Act.RESCREEN):
        yield Step(WORDS[act], OF_ACT[act].verb, OF_ACT[act].verb, because=refused[act])  # type: ignore[arg-type]


def _lost(told: Story) -> tuple[tuple[str, ...], str]:
    """What changed since the last confirmation, while it has not been given again."""
    last = told.events[-1] if told.events else None
    if last is None or last.transition not in (Act.VOID, Act.RETURN):
        return (), ""
    was = _("signature") if last.from_state == State.SIGNED else _("confirmation")
    when = moment(last.at, told.screening.site.zone)
    if last.transition == Act.RETURN:
        return (last.note,), _("%(who)s declined to sign on %(when)s:") % {
            "who": last.by_name,
            "when": when,
        }
    said = _("The %(what)s no longer holds since %(when)s:") % {"what": was, "when": when}
    return changes_of(last), said


def failing(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """Titles of the criteria that are not met."""
    return tuple(one["title"] for one in answer["criteria"] if one["verdict"] == "not_met")


def _named(held: Screening) -> str:
    who = held.assignee
    return (who.name or who.username) if who is not None else ""
