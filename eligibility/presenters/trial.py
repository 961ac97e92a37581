"""The trial page: what is asked, in the registry's words and in ours, and where policy comes in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.words import Words, heading, number_of, place_of
from eligibility.rules.criterion import Attestable, Criterion
from eligibility.rules.protocol import Protocol

ROLES = {
    "coordinator": gettext_lazy("coordinator or investigator"),
    "investigator": gettext_lazy("investigator"),
}
ASKED_OF = {
    "patient": gettext_lazy("the patient"),
    "chart": gettext_lazy("the chart"),
    "lab": gettext_lazy("the laboratory"),
    "imaging": gettext_lazy("imaging"),
    "attestation": gettext_lazy("a person in the required role"),
}


@dataclass(frozen=True)
class Requirement:
    id: str
    number: str
    place: str
    kind: Words
    title: str
    text: str
    quote: str
    logic: str
    data: str
    ask: str
    asked_of: Words
    statement: str
    notes: tuple[Words, ...]


@dataclass(frozen=True)
class Section:
    title: Words
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Trial:
    nct_id: str
    title: str
    version: str
    digest: str
    sections: tuple[Section, ...]
    policy: tuple[tuple[str, str], ...]
    count: int


def present(protocol: Protocol) -> Trial:
    sections = groupby(protocol.criteria, key=lambda one: one.heading)
    return Trial(
        nct_id=protocol.trial,
        title=protocol.title,
        version=protocol.version,
        digest=protocol.digest(),
        sections=tuple(
            Section(heading(title), tuple(_requirement(one) for one in criteria))
            for title, criteria in sections
        ),
        policy=_policy(protocol),
        count=len(protocol.criteria),
    )


def logic(protocol: Protocol) -> dict[str, str]:
    """Each criterion's rule as a sentence, by id."""
    return {one.id: _sentence(one.holds.words()) for one in protocol.criteria}


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _requirement(one: Criterion) -> Requirement:
    return Requirement(
        id=one.id,
        number=number_of(one.place),
        place=place_of(one.place),
        kind=_("Inclusion") if one.type == "inclusion" else _("Exclusion"),
        title=one.title,
        text=one.text,
        quote=one.quote,
        logic=_sentence(one.holds.words()),
        data=_sentence(one.data),
        ask=one.ask,
        asked_of=ASKED_OF[one.ask_of],
        statement=_statement(one.attestable),
        notes=_notes(one),
    )


def _statement(attestable: Attestable | None) -> str:
    if attestable is None:
        return _("cannot be stated: the data has to be entered with its source")
    role = str(ROLES[attestable.by])
    if attestable.validity is None:
        return _("%(role)s, without expiry") % {"role": role}
    return _("%(role)s, for %(days)d days") % {"role": role, "days": attestable.validity}


def _notes(one: Criterion) -> tuple[Words, ...]:
    notes = []
    if one.permanent:
        notes.append(_("A failure can never change."))
    if one.attestable is not None and one.attestable.investigator_on:
        notes.append(_("An investigator where a record left it open."))
    return tuple(notes)


def _policy(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    policy = protocol.policy
    days = [(one.title, _("%(n)d days") % {"n": one.days}) for one in policy.windows]
    switches = [(one.title, _("yes") if one.value else _("no")) for one in policy.switches]
    return (*days, *switches, (_("Horizon"), _("%(n)d days") % {"n": policy.horizon}))
