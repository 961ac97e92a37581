"""Versions of the criteria, what happened to each, and what differs between two, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.models import Signatures, VersionEvent, VersionImpact, VersionState
from eligibility.presenters.dates import day
from eligibility.presenters.words import Look, Words, number_of
from eligibility.publication import Step
from eligibility.rules.criterion import Criterion
from eligibility.rules.differences import Changed, Differences, Part
from eligibility.rules.protocol import Protocol

LOOKS: Final[Mapping[str, Look]] = {
    "": Look(gettext_lazy("Not submitted"), "neutral", "inbox", "none"),
    VersionState.DRAFT: Look(gettext_lazy("Draft"), "unknown", "clock", "draft"),
    VersionState.RETURNED: Look(gettext_lazy("Sent back"), "fail", "ban", "returned"),
    VersionState.REVIEWED: Look(gettext_lazy("Reviewed"), "wait", "clipboard-check", "reviewed"),
    VersionState.PUBLISHED: Look(gettext_lazy("In force"), "pass", "circle-check", "published"),
    VersionState.RETIRED: Look(gettext_lazy("Retired"), "neutral", "archive", "retired"),
}
STEPS: Final[Mapping[str, Words]] = {
    Step.SET_UP: gettext_lazy("In force since the set-up"),
    Step.SUBMIT: gettext_lazy("Submitted for review"),
    Step.REVIEW: gettext_lazy("Reviewed"),
    Step.SEND_BACK: gettext_lazy("Sent back"),
    Step.PUBLISH: gettext_lazy("Published"),
    Step.RETIRE: gettext_lazy("Retired"),
}
PARTS: Final[Mapping[str, Words]] = {
    "type": gettext_lazy("Kind"),
    "place": gettext_lazy("Place in the registry text"),
    "heading": gettext_lazy("Heading"),
    "quote": gettext_lazy("Registry text"),
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Requirement"),
    "logic": gettext_lazy("Rule in plain words"),
    "data": gettext_lazy("Data"),
    "ask": gettext_lazy("Asked when unknown"),
    "ask_of": gettext_lazy("Asked of"),
    "permanent": gettext_lazy("A failure can never change"),
    "confirm": gettext_lazy("Absence is confirmed by a person"),
    "attestation": gettext_lazy("May be stated by"),
    "value": gettext_lazy("In the rule"),
}


@dataclass(frozen=True)
class Event:
    what: Words
    when: str
    by: str
    reason: str
    signatures: str


@dataclass(frozen=True)
class Version:
    name: str
    digest: str
    look: Look
    events: tuple[Event, ...]

    @property
    def last(self) -> Event | None:
        return self.events[-1] if self.events else None


@dataclass(frozen=True)
class AtSite:
    place: str
    candidates: int
    eligible: int
    ineligible: int
    need: int
    wait: int
    unchanged: int
    standing: int


@dataclass(frozen=True)
class Impact:
    """In numbers; `sites` empty while a worker has not counted."""

    asked: str
    counted: str
    against: str
    sentence: str
    standing: str
    left_out: int
    sites: tuple[AtSite, ...]
    criteria: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Line:
    """One part of a criterion, or of the policy, side by side."""

    what: Words
    before: str
    after: str


@dataclass(frozen=True)
class Block:
    id: str
    number: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Compared:
    before: str
    after: str
    summary: str
    nothing: bool
    added: tuple[Block, ...]
    removed: tuple[Block, ...]
    changed: tuple[Block, ...]
    policy: tuple[Line, ...]
    moved: bool


def version(name: str, digest: str, state: str, events: Iterable[VersionEvent]) -> Version:
    return Version(name, digest, LOOKS[state], tuple(event(one) for one in events))


def event(one: VersionEvent) -> Event:
    chosen = str(Signatures(one.signatures).label) if one.signatures else ""
    return Event(STEPS[one.act], moment(one.at), one.by_name, one.reason, chosen)


def impact(held: VersionImpact, protocol: Protocol, places: Mapping[str, str]) -> Impact:
    """What was counted; `places` are the sites by their codes."""
    counts = held.counts or {"sites": {}, "criteria": {}}
    return Impact(
        asked=f"{held.by_name}, {moment(held.asked_at)}",
        counted=moment(held.finished_at) if held.finished_at is not None else "",
        against=held.against.version,
        sentence=sentence(counts) if held.counts else "",
        standing=_standing(counts["standing"]) if held.counts else "",
        left_out=counts.get("left_out", 0),
        sites=tuple(_at_site(places.get(code, code), one) for code, one in counts["sites"].items()),
        criteria=tuple(
            (one.title, _turned(counts["criteria"][one.id]))
            for one in protocol.criteria
            if one.id in counts["criteria"]
        ),
    )


def sentence(counts: Mapping[str, Any]) -> str:
    """``Of 37 open candidates 4 become eligible, 2 ineligible, 3 need data; 28 stay as they are.``"""
    becomes = counts["becomes"]
    said = _("Of %(n)d open candidates %(eligible)d become eligible, %(ineligible)d ineligible")
    text = said % {
        "n": counts["candidates"],
        "eligible": becomes["eligible"],
        "ineligible": becomes["ineligible"],
    }
    need = _("%(n)d need data") % {"n": becomes["undetermined"]}
    wait = _("%(n)d have to wait") % {"n": becomes["not_yet"]}
    return f"{text}, {need}, {wait}; {_('%(n)d stay as they are') % {'n': counts['unchanged']}}."


def _standing(number: int) -> str:
    return ngettext(
        "%(n)d open candidate is confirmed or signed under an earlier version.",
        "%(n)d open candidates are confirmed or signed under an earlier version.",
        number,
    ) % {"n": number}


def _at_site(place: str, one: Mapping[str, Any]) -> AtSite:
    becomes = one["becomes"]
    return AtSite(
        place,
        one["candidates"],
        becomes["eligible"],
        becomes["ineligible"],
        becomes["undetermined"],
        becomes["not_yet"],
        one["unchanged"],
        one["standing"],
    )


def _turned(verdicts: Mapping[str, int]) -> str:
    return ", ".join(
        _("%(n)d now %(verdict)s") % {"n": number, "verdict": verdict.replace("_", " ")}
        for verdict, number in sorted(verdicts.items())
    )


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day(local.date())}, {local:%H:%M}"


def compared(found: Differences) -> Compared:
    """Both versions side by side."""
    return Compared(
        found.before.version,
        found.after.version,
        summary(found),
        found.nothing,
        added=tuple(_whole(one, before=False) for one in found.added),
        removed=tuple(_whole(one, before=True) for one in found.removed),
        changed=tuple(_changed(one) for one in found.changed),
        policy=tuple(_line(one) for one in (*found.title, *found.policy)),
        moved=found.moved,
    )


def summary(found: Differences) -> str:
    """``1 criterion added, 2 changed; 1 part of the policy changed.``"""
    if found.nothing:
        return _("Nothing but the name of the version is different.")
    counted = (
        (len(found.added), _("added")),
        (len(found.removed), _("removed")),
        (len(found.changed), _("changed")),
    )
    said = [f"{number} {what}" for number, what in counted if number]
    parts = [_("Criteria: %(said)s") % {"said": ", ".join(said)}] if said else []
    if found.policy:
        parts.append(_("Policy: %(n)d changed") % {"n": len(found.policy)})
    if found.moved:
        parts.append(_("The order of the criteria is another"))
    if found.title:
        parts.append(_("The title of the trial is another"))
    return ". ".join(parts) + "."


def as_json(found: Differences) -> dict[str, Any]:
    """The same for programs, in the same words."""
    return {
        "trial": found.after.trial,
        "from": {"version": found.before.version, "digest": found.before.digest()},
        "to": {"version": found.after.version, "digest": found.after.digest()},
        "summary": summary(found),
        "added": [_told(one) for one in found.added],
        "removed": [_told(one) for one in found.removed],
        "changed": [
            {"id": one.after.id, "title": one.after.title, "parts": [*map(_part, one.parts)]}
            for one in found.changed
        ],
        "policy": [_part(one) for one in found.policy],
        "title": [_part(one) for one in found.title],
        "order_changed": found.moved,
    }


def _told(one: Criterion) -> dict[str, str]:
    return {
        "id": one.id,
        "title": one.title,
        "text_of_registry": one.quote,
        "requirement": one.text,
        "logic": one.holds.words(),
    }


def _part(one: Part) -> dict[str, str | None]:
    return {"part": one.what, "where": one.where, "from": one.before, "to": one.after}


def _whole(one: Criterion, *, before: bool) -> Block:
    said = (("quote", one.quote), ("text", one.text), ("logic", one.holds.words()))
    lines = [
        Line(PARTS[what], words if before else "", "" if before else words) for what, words in said
    ]
    return Block(one.id, number_of(one.place), one.title, tuple(lines))


def _changed(one: Changed) -> Block:
    return Block(
        one.after.id, number_of(one.after.place), one.after.title, tuple(map(_line, one.parts))
    )


def _line(one: Part) -> Line:
    what = PARTS.get(one.what, one.where)
    if one.what in ("value", "attestation") and one.where:
        what = f"{what}: {one.where.replace('_', ' ')}"
    nothing = _("not there")
    return Line(
        what,
        nothing if one.before is None else one.before,
        nothing if one.after is None else one.after,
    )
