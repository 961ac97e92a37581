"""The checklist: one row per criterion, in protocol order, under the registry's headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.dates import as_date, day, span
from eligibility.presenters.words import (
    LOOKS,
    REASONS,
    REMEDIES,
    Look,
    Words,
    heading,
    look_of,
    number_of,
    place_of,
    policy_of,
    sentence,
)

_KINDS = {
    "condition": gettext_lazy("Condition"),
    "lab-result": gettext_lazy("Laboratory result"),
    "lesion": gettext_lazy("Lesion"),
    "observation": gettext_lazy("Observation"),
    "patient": gettext_lazy("Patient record"),
    "prior-therapy": gettext_lazy("Therapy"),
    "specimen": gettext_lazy("Specimen"),
    "study-participation": gettext_lazy("Study"),
}
"""What a record is, by its type in the answer."""
_STATED_BY = "stated by "
"""How a statement without a source document names its source."""


@dataclass(frozen=True)
class Result:
    """One record that was looked at; the verdict rests on it if it is `used`."""

    used: bool
    what: str
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
    requirement: str
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
    policy: tuple[tuple[Words, str], ...]
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


def groups(answer: Mapping[str, Any], logic: Mapping[str, str]) -> tuple[Group, ...]:
    """`logic` is each criterion's rule in plain words, by id."""
    to_confirm = frozenset(answer["to_confirm"])
    by_heading = groupby(answer["criteria"], key=lambda one: one.get("heading") or "")
    return tuple(
        Group(heading(title), tuple(row(one, to_confirm, logic) for one in criteria))
        for title, criteria in by_heading
    )


def row(criterion: Mapping[str, Any], to_confirm: frozenset[str], logic: Mapping[str, str]) -> Row:
    place = criterion.get("place") or ""
    return Row(
        id=criterion["id"],
        number=number_of(place),
        place=place_of(place),
        title=criterion.get("title") or criterion["id"],
        requirement=criterion.get("requirement") or "",
        kind=_("Inclusion") if criterion["kind"] == "inclusion" else _("Exclusion"),
        quote=criterion.get("text_of_registry") or "",
        logic=logic.get(criterion["id"], ""),
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
        who=who_of(criterion.get("attestable_by")),
        policy=policy_of(criterion["policy"]),
        results=(
            *(_result(one, criterion["kind"], used=True) for one in criterion["evidence"]),
            *(_result(one, criterion["kind"], used=False) for one in criterion.get("others", ())),
        ),
        timeline=_timeline(criterion, to_confirm),
    )


def who_of(role: str | None) -> str:
    """Who may answer, in words; empty where nobody does."""
    if role == "coordinator":
        return _("a coordinator or an investigator")
    return _("an investigator") if role == "investigator" else ""


def _amount(record: Mapping[str, Any]) -> str:
    value, unit = record.get("value"), record.get("unit")
    return sentence(" ".join(str(part) for part in (value, unit) if part is not None))


def _source(evidence: Iterable[Mapping[str, Any]]) -> str:
    """Where the verdict comes from, in one line: the first record used, and how many more.

    A statement is told whole by the evidence sentence already.
    """
    records = [one for one in evidence if one["type"] != "attestation"]
    if not records:
        return ""
    kind = str(_KINDS.get(records[0]["type"], ""))
    # The reference of the record stands with it, in the row; what follows it is the laboratory.
    laboratory = _origin(records[0]).partition(", ")[2]
    first = ", ".join(part for part in (kind, day(records[0].get("date")), laboratory) if part)
    more = len(records) - 1
    return f"{first} (+{more})" if more else first


def _origin(record: Mapping[str, Any]) -> str:
    return str(record.get("source") or record.get("id") or "")


def _result(record: Mapping[str, Any], kind: str, *, used: bool) -> Result:
    if record["type"] == "attestation":
        return _statement(record, kind, used=used)
    label, code = record.get("label") or "", record.get("code") or ""
    amount = _amount(record)
    return Result(
        used=used,
        what=sentence(f"{label} ({code})" if label and code else label or code),
        value="" if amount == code else amount,
        when=day(record.get("date")),
        source=_origin(record),
        compared=sentence(record.get("compared")),
        why=" ".join(
            sentence(record[key]) for key in ("chosen_because", "local_code") if record.get(key)
        ),
    )


def _statement(record: Mapping[str, Any], kind: str, *, used: bool) -> Result:
    """What a person said, in the words of the criterion: who, which answer, when, on which document."""
    source = str(record.get("source") or "")
    named = source.removeprefix(_STATED_BY) if source.startswith(_STATED_BY) else ""
    by = record.get("by") or named
    documented = source not in ("", "stated") and not named
    return Result(
        used=used,
        what=_("Stated by %(name)s") % {"name": by} if by else _("Stated"),
        value=str(LOOKS[kind, record["value"]].label),
        when=day(record.get("date")),
        source=sentence(source) if documented else _("No source document named"),
        compared="",
        why=sentence(record.get("chosen_because")),
    )


def _sentences(items: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sentence(one["text"] if isinstance(one, Mapping) else one) for one in items)


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
