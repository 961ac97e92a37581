"""How a verdict came about, in words: when it turned, and whether the record had changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from eligibility.past import Turn
from eligibility.presenters.events import moment
from eligibility.presenters.words import LOOKS, Look
from eligibility.rules.protocol import Protocol


@dataclass(frozen=True)
class Past:
    """One verdict that was filed."""

    when: str
    look: Look
    why: str


def present(
    turns: Mapping[str, Iterable[Turn]], *, protocol: Protocol, zone: ZoneInfo
) -> Mapping[str, tuple[Past, ...]]:
    """By the id of the criterion, the last first; moments are those of the clock of the site."""
    kinds = {one.id: one.type for one in protocol.criteria}
    return {
        criterion: tuple(_told(list(of_it), kinds[criterion], zone))
        for criterion, of_it in turns.items()
    }


def _told(turns: list[Turn], kind: str, zone: ZoneInfo) -> Iterable[Past]:
    for place, turn in enumerate(turns):
        first = place == len(turns) - 1
        yield Past(moment(turn.at, zone), LOOKS[kind, turn.verdict], _why(turn, first=first))


def _why(turn: Turn, *, first: bool) -> str:
    of_record = _("record version %(n)d") % {"n": turn.version}
    if first:
        return _("First assessed, of %(record)s") % {"record": of_record}
    if turn.new_record:
        return _("The record had changed: %(record)s") % {"record": of_record}
    return _("The same record on another day or under other rules: %(record)s") % {
        "record": of_record
    }
