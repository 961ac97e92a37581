"""The days on which the patient can be registered, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.presenters.dates import day, days_between, span
from eligibility.presenters.words import STATUS, Words, sentence

FEW = 2


@dataclass(frozen=True)
class Repeat:
    """What may be repeated from one day on: (anchor id, title) of each criterion."""

    not_before: str
    criteria: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Window:
    dates: str
    lasts: str
    ends_because: tuple[str, ...]
    """What closes the window: the criteria that stop being met the day after."""
    repeats: tuple[Repeat, ...] = ()

    @property
    def repeat_count(self) -> int:
        return sum(len(one.criteria) for one in self.repeats)


@dataclass(frozen=True)
class Headline:
    word: Words
    rest: str
    tone: str
    icon: str


def headline(answer: Mapping[str, Any]) -> Headline:
    """The overall status in one line, e.g. ``Not yet – can be registered 3–17 Dec 2026``."""
    look = STATUS[answer["status"]]
    return Headline(look.label, _RESTS[answer["status"]](answer), look.tone, look.icon)


def eligible(answer: Mapping[str, Any]) -> tuple[Window, ...]:
    return tuple(_window(answer, one) for one in answer["windows"])


def possible(answer: Mapping[str, Any]) -> tuple[Window, ...]:
    """Days on which nothing fails and only what has lapsed must be repeated.

    A window without repeats is an eligible one, which is not told twice.
    """
    return tuple(_window(answer, one) for one in answer["possible_windows"] if one.get("repeat"))


def by_the_earliest_day(answer: Mapping[str, Any]) -> tuple[Repeat, ...]:
    """What will have lapsed when the last failure clears, and from when it may be repeated."""
    earliest = answer["earliest_date"]
    if earliest is None:
        return ()
    lapsed = set(_open_on(answer, earliest))
    repeats = [
        one
        for window in answer["possible_windows"]
        if window["from"] <= earliest <= window["to"]
        for one in window.get("repeat", ())
        if one["criterion"] in lapsed
    ]
    return _repeats(answer, repeats)


def _window(answer: Mapping[str, Any], one: Mapping[str, Any]) -> Window:
    first, last = date.fromisoformat(one["from"]), date.fromisoformat(one["to"])
    repeats = _repeats(answer, one.get("repeat", ()))
    return Window(span(first, last), days_between(first, last), _endings(answer, last), repeats)


def _repeats(answer: Mapping[str, Any], given: Iterable[Mapping[str, str]]) -> tuple[Repeat, ...]:
    names = titles(answer)
    by_day: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(given, key=lambda one: one["not_before"]):
        of = by_day.setdefault(one["not_before"], [])
        of.append((one["criterion"], names[one["criterion"]]))
    return tuple(
        Repeat("" if not_before <= answer["on"] else day(not_before), tuple(of))
        for not_before, of in by_day.items()
    )


def _endings(answer: Mapping[str, Any], last: date) -> tuple[str, ...]:
    """What changes for the worse the day after `last`: one or two with their reason, more by name."""
    after = last + timedelta(days=1)
    found = [
        (criterion.get("title") or criterion["id"], sentence(part.get("because")))
        for criterion in answer["criteria"]
        for part in criterion.get("timeline", ())
        if part["from"] == after.isoformat() and part["verdict"] in ("unknown", "not_met")
    ]
    if len(found) <= FEW:
        return tuple(f"{of}: {why}".removesuffix(": ") for of, why in found)
    names = ", ".join(of for of, _why in found)
    return (_("from %(day)s no longer shown: %(names)s") % {"day": day(after), "names": names},)


def titles(answer: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"]: one.get("title") or one["id"] for one in answer["criteria"]}


def _current(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((w for w in answer["windows"] if w["from"] <= answer["on"] <= w["to"]), None)


def _rest_eligible(answer: Mapping[str, Any]) -> str:
    window = _current(answer)
    if window is None:
        return _("on %(day)s") % {"day": day(answer["on"])}
    return _("can be registered %(dates)s") % {"dates": span(window["from"], window["to"])}


def _rest_not_yet(answer: Mapping[str, Any]) -> str:
    if answer["windows"]:
        window = answer["windows"][0]
        return _("can be registered %(dates)s") % {"dates": span(window["from"], window["to"])}
    earliest = answer["earliest_date"]
    if earliest is None:
        return _("no day found within the horizon on which nothing fails")
    count = len(_open_on(answer, earliest))
    values = {"day": day(earliest), "count": count}
    if any(one["from"] <= earliest <= one["to"] for one in answer["possible_windows"]):
        said = ngettext(
            "possible from %(day)s, with %(count)d result or statement to repeat",
            "possible from %(day)s, with %(count)d results and statements to repeat",
            count,
        )
    else:
        said = ngettext(
            "nothing fails from %(day)s, with %(count)d answer missing",
            "nothing fails from %(day)s, with %(count)d answers missing",
            count,
        )
    return said % values


def _open_on(answer: Mapping[str, Any], on: str) -> list[str]:
    """Ids of the criteria that will be unknown on a later day, by their timelines."""
    return [
        criterion["id"]
        for criterion in answer["criteria"]
        for part in criterion.get("timeline", ())
        if part["from"] <= on <= part["to"] and part["verdict"] == "unknown"
    ]


def _rest_undetermined(answer: Mapping[str, Any]) -> str:
    count = sum(one["verdict"] == "unknown" for one in answer["criteria"])
    said = ngettext(
        "nothing fails, %(count)d answer is missing",
        "nothing fails, %(count)d answers are missing",
        count,
    )
    return said % {"count": count}


def _rest_ineligible(answer: Mapping[str, Any]) -> str:
    fails = [one for one in answer["criteria"] if one["verdict"] == "not_met"]
    lasting = [one for one in fails if one["remedy"] == "none"]
    names = ", ".join(one.get("title") or one["id"] for one in lasting)
    if len(lasting) == 1:
        return _("fails a criterion that nothing can change: %(names)s") % {"names": names}
    if lasting:
        return _("fails criteria that nothing can change: %(names)s") % {"names": names}
    if len(fails) == 1:
        return _("fails 1 criterion, which new data may change")
    if any(one["remedy"] == "time" for one in fails):
        return _("fails %(count)d criteria, which time and new data may change") % {
            "count": len(fails)
        }
    return _("fails %(count)d criteria, which new data may change") % {"count": len(fails)}


_RESTS = {
    "eligible": _rest_eligible,
    "not_yet": _rest_not_yet,
    "undetermined": _rest_undetermined,
    "ineligible": _rest_ineligible,
}
