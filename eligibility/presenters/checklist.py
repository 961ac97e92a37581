"""The checklist: one row per criterion, in protocol order, under the registry's headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from eligibility.presenters.dates import as_date, day, span
from eligibility.presenters.words import (
    REASONS,
    REMEDIES,
    Look,
    Words,
    heading,
    look_of,
    sentence,
)


@dataclass(frozen=True)
class Result:
    """One record that was looked at; `chosen` says that the verdict rests on it."""

    value: str
    when: str
    source: str
    compared: str
    why: str


@dataclass(frozen=True)
class Phase:
    """A span of days with one verdict, of the criterion's own timeline."""

    dates: str
    look: Look
    because: str


@dataclass(frozen=True)
class Row:
    id: str
    number: str
    place: str
    title: str
    kind: Words
    quote: str
    logic: str
    look: Look
    text: str
    source: str
    reason: Words
    needs: tuple[str, ...]
    warnings: tuple[str, ...]
    conflicts: tuple[str, ...]
    remedy: Words
    clears: str
    changes: str
    who: str
    policy: tuple[tuple[str, str], ...]
    results: tuple[Result, ...]
    timeline: tuple[Phase, ...]

    @property
    def spoken(self) -> str:
        """The text alternative of its cell in the strip."""
        caption = f", {self.look.caption}" if self.look.caption else ""
        return f"{self.title}: {self.look.label}{caption}"


@dataclass(frozen=True)
class Group:
    title: Words
    rows: tuple[Row, ...]


def groups(answer: Mapping[str, Any]) -> tuple[Group, ...]:
    to_confirm = frozenset(answer["to_confirm"])
    by_heading = groupby(answer["criteria"], key=lambda one: one.get("heading") or "")
    return tuple(
        Group(heading(title), tuple(row(one, to_confirm) for one in criteria))
        for title, criteria in by_heading
    )


def row(criterion: Mapping[str, Any], to_confirm: frozenset[str]) -> Row:
    place = criterion.get("place") or ""
    return Row(
        id=criterion["id"],
        number=_number(place),
        place=place,
        title=criterion.get("title") or criterion["id"],
        kind=_("Inclusion") if criterion["kind"] == "inclusion" else _("Exclusion"),
        quote=criterion.get("text_of_registry") or "",
        logic=criterion.get("logic") or "",
        look=look_of(criterion, to_confirm),
        text=sentence(criterion["text"]),
        source=_source(criterion["evidence"]),
        reason=REASONS.get(criterion["reason"], criterion["reason"]),
        needs=tuple(sentence(need["what"]) for need in criterion["needs"]),
        warnings=_sentences(criterion["warnings"]),
        conflicts=_sentences(criterion["conflicts"]),
        remedy=REMEDIES.get(criterion["remedy"] or "", ""),
        clears=day(criterion["clears_on"]),
        changes=day(criterion["changes_on"]),
        who=_who(criterion.get("attestable_by")),
        policy=_policy(criterion["policy"]),
        results=tuple(_result(one) for one in criterion["evidence"]),
        timeline=_timeline(criterion, to_confirm),
    )


def _number(place: str) -> str:
    bullet = place.rpartition("/")[2]
    return bullet if bullet[:1].isdigit() else "–"


def _who(role: str | None) -> str:
    if role == "coordinator":
        return _("a coordinator or an investigator")
    return _("an investigator") if role == "investigator" else ""


def _amount(record: Mapping[str, Any]) -> str:
    value, unit = record.get("value"), record.get("unit")
    return sentence(" ".join(str(part) for part in (value, unit) if part is not None))


def _source(evidence: Iterable[Mapping[str, Any]]) -> str:
    """Where the verdict comes from, in one line: the first record used, and how many more."""
    records = list(evidence)
    if not records:
        return ""
    first = ", ".join(part for part in (_origin(records[0]), day(records[0].get("date"))) if part)
    more = len(records) - 1
    return f"{first} (+{more})" if more else first


def _origin(record: Mapping[str, Any]) -> str:
    return str(record.get("source") or record.get("id") or "")


def _result(record: Mapping[str, Any]) -> Result:
    return Result(
        value=_amount(record),
        when=day(record.get("date")),
        source=_origin(record),
        compared=sentence(record.get("compared")),
        why=sentence(record.get("chosen_because") or record.get("not_chosen_because")),
    )


def _sentences(items: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sentence(one["text"] if isinstance(one, Mapping) else one) for one in items)


def _policy(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " "), _shown(value)) for name, value in values.items())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("no expiry") if value is None else str(value)


def _timeline(criterion: Mapping[str, Any], to_confirm: frozenset[str]) -> tuple[Phase, ...]:
    return tuple(
        Phase(
            span(part["from"], part["to"]),
            look_of({**criterion, **part}, to_confirm),
            sentence(part.get("because")),
        )
        for part in criterion.get("timeline", ())
        if as_date(part["from"])
    )
