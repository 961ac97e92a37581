"""The facts behind the verdicts: what is held of a patient now, kind by kind, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.dates import day, in_prose
from eligibility.presenters.words import Words, sentence
from patients.facts import (
    Condition,
    Course,
    Facts,
    Histology,
    Lesion,
    Operation,
    Participation,
    Result,
    Specimen,
)
from patients.values import Amount, Days, Score, Sign, Unreadable


@dataclass(frozen=True)
class Fact:
    what: str
    value: str
    when: str
    note: str
    source: str


@dataclass(frozen=True)
class Kind:
    id: str
    title: Words
    facts: tuple[Fact, ...]


def kinds(facts: Facts) -> tuple[Kind, ...]:
    """Every kind of which something is held."""
    found = (
        Kind(name, title, tuple(_told(getattr(facts, name), tell))) for name, title, tell in _KINDS
    )
    return tuple(kind for kind in found if kind.facts)


def _told(held: Iterable[Any], tell: Callable[[Any], tuple[str, str, str]]) -> Iterator[Fact]:
    newest_first = sorted(held, key=lambda fact: (fact.own or date.min, fact.ref), reverse=True)
    for fact in newest_first:
        yield _one(fact, tell)


def _one(fact: Any, tell: Callable[[Any], tuple[str, str, str]]) -> Fact:
    value, when, note = tell(fact)
    label = fact.label or fact.code if hasattr(fact, "code") else fact.label
    return Fact(sentence(label), sentence(value), when, sentence(note), fact.ref)


def when(days: Days | None) -> str:
    """A day as it was reported, the clinic's way; empty if none was given."""
    if days is None:
        return ""
    if days.exact:
        return day(days.first)
    return in_prose(days.text) if days.text else ""


def _period(start: Days | None, end: Days | None, ended: str) -> str:
    begun = when(start) or "?"
    if ended == "ongoing":
        return _("since %(day)s") % {"day": begun} if when(start) else _("ongoing")
    over = when(end) or "?"
    if begun == over:
        return "" if begun == "?" else begun
    return f"{begun} – {over}"


def amount(value: Any) -> str:
    """A value as it was reported, with its unit."""
    if isinstance(value, Amount):
        return f"{value.comparator or ''}{value.value} {value.unit}".strip()
    if isinstance(value, Score):
        return str(value.value)
    if isinstance(value, Sign):
        return value.text or (_("positive") if value.positive else _("negative"))
    if isinstance(value, Unreadable):
        return _("unreadable: %(text)s") % {"text": value.text}
    return _("no value")


def _result(fact: Any) -> tuple[str, str, str]:
    limit = next((one.high for one in fact.ranges if one.high is not None), None)
    notes = (
        _("upper limit %(limit)s") % {"limit": amount(limit)} if limit is not None else "",
        "" if fact.status == "final" else fact.status,
        fact.laboratory,
    )
    return amount(fact.value), when(fact.collected), ", ".join(note for note in notes if note)


def _condition(fact: Any) -> tuple[str, str, str]:
    notes = (fact.clinical or "", _("provisional") if fact.provisional else "")
    abated = when(fact.abated)
    period = _period(fact.onset, fact.abated, "known") if abated else when(fact.onset)
    return ", ".join(note for note in notes if note), period, ""


def _course(fact: Any) -> tuple[str, str, str]:
    notes = (fact.intent or "", fact.exposure or "", _("uncertain") if fact.uncertain else "")
    return (
        ", ".join(note for note in notes if note),
        _period(fact.start, fact.end, fact.ended),
        "",
    )


def _operation(fact: Any) -> tuple[str, str, str]:
    note = _("uncertain") if fact.uncertain else ""
    return note, _period(fact.start, fact.end, fact.ended), ""


def _lesion(fact: Any) -> tuple[str, str, str]:
    notes = (fact.method_text or fact.method or "", _("removed") if fact.removed else "")
    return amount(fact.size), when(fact.collected), ", ".join(note for note in notes if note)


def _participation(fact: Any) -> tuple[str, str, str]:
    period = _period(fact.start, fact.end, "known" if fact.end else "ongoing")
    return fact.status, period, ""


_KINDS: tuple[tuple[str, Words, Callable[[Any], tuple[str, str, str]]], ...] = (
    ("conditions", gettext_lazy("Conditions"), _condition),
    ("histologies", gettext_lazy("Histology"), lambda one: ("", when(one.dated), "")),
    ("lesions", gettext_lazy("Lesions"), _lesion),
    ("results", gettext_lazy("Results"), _result),
    ("courses", gettext_lazy("Drug therapy"), _course),
    ("operations", gettext_lazy("Operations and radiotherapy"), _operation),
    ("specimens", gettext_lazy("Specimens"), lambda one: (one.status or "", "", "")),
    ("participations", gettext_lazy("Studies"), _participation),
)
_BY_KIND = {
    kind: tell
    for kind, (_name, _title, tell) in zip(
        (Condition, Histology, Lesion, Result, Course, Operation, Specimen, Participation),
        _KINDS,
        strict=True,
    )
}


def described(fact: Any) -> Fact | None:
    """One fact in words; None for who the patient is, and for what decides nothing."""
    tell = _BY_KIND.get(type(fact))
    return None if tell is None else _one(fact, tell)
