"""What has happened in a screening episode, in words: who, when, what and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.episodes import Story
from eligibility.models import Event, State
from eligibility.presenters.dates import day
from eligibility.presenters.words import Words, sentence
from eligibility.rules.protocol import Protocol
from eligibility.workflow import REASONS, Act

LOOKS: Mapping[str, tuple[str, str]] = {
    State.CANDIDATE: ("neutral", "user-question"),
    State.IN_SCREENING: ("wait", "file-search"),
    State.CONFIRMED: ("wait", "clipboard-check"),
    State.SIGNED: ("pass", "signature"),
    State.REGISTERED: ("pass", "circle-check"),
}
"""Tone and icon of each state; of the closed ones `OVER`."""
OVER = ("neutral", "archive")
_SAID: Mapping[str, Words] = {
    Act.OPEN: gettext_lazy("Added as a candidate"),
    Act.RESCREEN: gettext_lazy("Screened again"),
    Act.START: gettext_lazy("Screening started"),
    Act.CONFIRM: gettext_lazy("Eligibility confirmed"),
    Act.RETURN: gettext_lazy("Signature declined"),
    Act.SIGN: gettext_lazy("Eligibility signed"),
    Act.VOID: gettext_lazy("No longer as it was confirmed"),
    Act.REGISTER: gettext_lazy("Registered"),
    Act.CLOSE: gettext_lazy("Closed"),
}
ITSELF = gettext_lazy("by the system")
FOUND = gettext_lazy("Found as a candidate")


@dataclass(frozen=True)
class Happened:
    """One event in words."""

    when: str
    who: str
    what: Words
    why: tuple[str, ...]
    states: str
    icon: str


def history(told: Story, titles: Mapping[str, str]) -> tuple[Happened, ...]:
    """Every event in words, the last first."""
    return tuple(_happened(one, told, titles) for one in reversed(told.events))


def titles_of(protocol: Protocol) -> dict[str, str]:
    return {criterion.id: criterion.title for criterion in protocol.criteria}


def moment(at: datetime, zone: ZoneInfo) -> str:
    """``22 Nov 2026, 09:14`` at the site."""
    here = timezone.localtime(at, zone)
    return f"{day(here.date())}, {here:%H:%M}"


def changes_of(event: Event) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence(one["text"]) for one in event.detail.get("changes", ())))


def _happened(event: Event, told: Story, titles: Mapping[str, str]) -> Happened:
    act = Act(event.transition)
    what = FOUND if act is Act.OPEN and event.by_id is None and not event.client else _SAID[act]
    to = State(event.to_state).label
    came = State(event.from_state).label if event.from_state else ""
    return Happened(
        when=moment(event.at, told.screening.site.zone),
        who=who_of(event),
        what=what,
        why=tuple(_why(event, told, titles)),
        states=f"{came} → {to}" if came else str(to),
        icon=LOOKS.get(event.to_state, OVER)[1],
    )


def _why(event: Event, told: Story, titles: Mapping[str, str]) -> Iterator[str]:
    if event.reason:
        reasons = REASONS.get(State(event.to_state), {})
        yield str(reasons.get(event.reason, event.reason))
    failing = [titles.get(name, name) for name in event.detail.get("criteria", ())]
    if failing:
        yield _("Not met: %(criteria)s.") % {"criteria": "; ".join(failing)}
    yield from changes_of(event)
    if event.note:
        yield event.note
    if event.transition == Act.REGISTER and told.registration is not None:
        placed = told.registration
        yield subject_of(told)
        yield _("Consent version %(version)s of %(day)s.") % {
            "version": placed.consent_version,
            "day": day(placed.consent_on),
        }


def subject_of(told: Story) -> str:
    placed = told.registration
    if placed is None:
        return ""
    return _("Subject %(site)s-%(number)03d, part %(part)s, on %(day)s.") % {
        "site": told.screening.site.code[:3].upper(),
        "number": placed.subject_number,
        "part": placed.part.name,
        "day": day(placed.registered_on),
    }


def who_of(event: Event) -> str:
    if event.by_id is None and not event.client:
        return str(ITSELF)
    if event.client and event.client != event.by_name:
        return _("%(who)s through %(client)s") % {"who": event.by_name, "client": event.client}
    return event.by_name
