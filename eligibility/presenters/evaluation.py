"""The evaluation page: everything that is said about one answer, in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters import missing, records
from eligibility.presenters import windows as days
from eligibility.presenters.chart import Chart, chart
from eligibility.presenters.checklist import Group, Row, groups
from eligibility.presenters.dates import day
from eligibility.presenters.words import FILTERS, Words, policy_of


@dataclass(frozen=True)
class Filter:
    key: str
    label: Words
    count: int


@dataclass(frozen=True)
class Evaluation:
    trial: str
    on: str
    headline: days.Headline
    sentence: str
    filters: tuple[Filter, ...]
    groups: tuple[Group, ...]
    to_confirm: tuple[Row, ...]
    steps: tuple[missing.Step, ...]
    blocked_by: tuple[str, ...]
    repeatable: tuple[Row, ...]
    """Failures that a new result, answer or correction may change."""
    waits: tuple[Row, ...]
    earliest: str
    lapsing: tuple[days.Repeat, ...]
    """What will have lapsed by the earliest day."""
    windows: tuple[days.Window, ...]
    possible: tuple[days.Window, ...]
    chart: Chart | None
    piles: tuple[records.Pile, ...]
    about: tuple[tuple[Words, str], ...]
    account: str
    policy: tuple[tuple[Words, str], ...]

    @property
    def missing_count(self) -> int:
        return sum(len(step.gaps) for step in self.steps)


def present(
    answer: Mapping[str, Any], *, today: date, logic: Mapping[str, str] | None = None
) -> Evaluation:
    """View objects of one answer.

    `today` only marks the day in the picture; `logic` gives each criterion's rule in plain words.
    """
    sections = groups(answer, logic or {})
    rows = [row for section in sections for row in section.rows]
    blocked = missing.blocking(answer["criteria"])
    counts = Counter(row.look.group for row in rows)
    return Evaluation(
        trial=answer["trial"],
        on=day(answer["on"]),
        headline=days.headline(answer),
        sentence=_counted(counts, len(rows)),
        filters=tuple(
            Filter(key, label, len(rows) if key == "all" else counts[key]) for key, label in FILTERS
        ),
        groups=sections,
        to_confirm=tuple(row for row in rows if row.look.group == "confirm"),
        steps=() if blocked else missing.steps(answer["criteria"]),
        blocked_by=tuple(one.get("title") or one["id"] for one in blocked),
        repeatable=() if blocked else _repeatable(answer, rows),
        waits=tuple(row for row in rows if row.clears),
        earliest=day(answer["earliest_date"]),
        lapsing=days.by_the_earliest_day(answer),
        windows=days.eligible(answer),
        possible=days.possible(answer),
        chart=chart(answer, today=today),
        piles=records.piles(answer),
        about=tuple(_about(answer)),
        account=account_of(answer),
        policy=policy_of(answer.get("policy") or {}),
    )


_COUNTED = (
    (
        "met",
        gettext_lazy("%d met or not applicable"),
        gettext_lazy("%d met or not applicable"),
    ),
    ("confirm", gettext_lazy("%d rests on absence"), gettext_lazy("%d rest on absence")),
    ("unknown", gettext_lazy("%d unknown"), gettext_lazy("%d unknown")),
    ("fails", gettext_lazy("%d fails"), gettext_lazy("%d fail")),
)


def _counted(counts: Counter[str], total: int) -> str:
    parts = [
        str(one if counts[key] == 1 else many) % counts[key]
        for key, one, many in _COUNTED
        if counts[key]
    ]
    return _("Of %(total)d criteria: %(parts)s.") % {"total": total, "parts": ", ".join(parts)}


def _repeatable(answer: Mapping[str, Any], rows: list[Row]) -> tuple[Row, ...]:
    ids = {one["id"] for one in answer["criteria"] if one["remedy"] == "new_data"}
    return tuple(row for row in rows if row.id in ids)


_ABOUT = (
    ("trial", gettext_lazy("Trial")),
    ("version", gettext_lazy("Protocol version")),
    ("digest", gettext_lazy("Digest")),
    ("engine", gettext_lazy("Engine")),
    ("dictionary", gettext_lazy("Dictionary")),
)


def _about(answer: Mapping[str, Any]) -> list[tuple[Words, str]]:
    said = [(label, str(answer[key])) for key, label in _ABOUT if answer.get(key)]
    dates = [(label, day(answer[key])) for key, label in _DATES if answer.get(key)]
    return [*dates, *said]


_DATES = (
    ("on", gettext_lazy("Asked for")),
    ("received_on", gettext_lazy("Data received on")),
    ("recheck_on", gettext_lazy("Next change")),
)
_OUTCOMES = (
    ("used", gettext_lazy("used")),
    ("supporting", gettext_lazy("supporting")),
    ("not-used", gettext_lazy("not used by any criterion")),
    ("unrecognised", gettext_lazy("unrecognised")),
    ("set-aside", gettext_lazy("set aside")),
    ("unread", gettext_lazy("unreadable")),
)


def account_of(answer: Mapping[str, Any]) -> str:
    """Where every received record went, in one sentence; empty without an account."""
    account = dict(answer.get("account") or {})
    received = account.pop("received", None)
    if received is None:
        return ""
    known = dict(_OUTCOMES)
    parts = [f"{account[key]} {label}" for key, label in _OUTCOMES if account.get(key)]
    parts += [f"{count} {key}" for key, count in account.items() if key not in known]
    return _("%(received)d records received: %(parts)s.") % {
        "received": received,
        "parts": ", ".join(parts),
    }
