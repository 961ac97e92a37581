"""What failed in the episode before, in words: what it was, what it is now, and why it was looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from eligibility.models import LogLine, Repeated, RetestReason
from eligibility.presenters.events import moment
from eligibility.presenters.words import Look, look_of, sentence
from eligibility.retests import Failed


@dataclass(frozen=True)
class Again:
    """One criterion that was not met when the episode before was closed."""

    id: str
    title: str
    look: Look
    """Of now."""
    before: str
    now: str
    repeated: bool
    """Another result decides it now."""
    reason: str
    """The coded reason in words; empty: none is given."""
    text: str
    said: str
    """Who gave the reason, and when."""
    form: Any = None
    """Where a reason can be given."""


def again(
    failed: Iterable[Failed],
    *,
    unconfirmed: Iterable[str],
    zone: ZoneInfo,
    forms: Mapping[str, Any],
) -> tuple[Again, ...]:
    """Each criterion that failed before; `forms` by criterion."""
    presumed = frozenset(unconfirmed)
    return tuple(
        Again(
            id=one.criterion,
            title=one.now["title"],
            look=look_of(one.now, presumed),
            before=sentence(one.before["text"]),
            now=sentence(one.now["text"]),
            repeated=one.repeated,
            reason=words_of(one.reason.reason) if one.reason is not None else "",
            text=one.reason.text if one.reason is not None else "",
            said=_said(one.reason, zone),
            form=forms.get(one.criterion),
        )
        for one in failed
    )


def words_of(reason: str) -> str:
    """A coded reason in words."""
    return str(dict(Repeated.choices).get(reason, reason))


def in_log(line: LogLine, named: Mapping[str, str]) -> tuple[str, ...]:
    """Each retest of a line of the log: its criterion and the coded reason."""
    return tuple(
        _("%(criterion)s: %(reason)s")
        % {
            "criterion": named.get(one["criterion"], one["criterion"]),
            "reason": words_of(one["reason"]) if one["reason"] else _("no reason given yet"),
        }
        for one in line.retests
    )


def _said(given: RetestReason | None, zone: ZoneInfo) -> str:
    return f"{given.by_name}, {moment(given.at, zone)}" if given is not None else ""
