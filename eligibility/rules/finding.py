"""What one statement says of one record on one day, and how several grounds combine into one finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from eligibility.rules.verdicts import (
    ATTESTATION,
    EVIDENCE,
    MET,
    NOT_MET,
    UNKNOWN,
    Basis,
    NeedKind,
    Reason,
    Remedy,
    Verdict,
    first_reason,
)
from patients.facts import Condition, Course, Histology, Operation
from patients.values import Amount, Days, Score, Sign, Unreadable


class Note(NamedTuple):
    """A sentence that is put together only when somebody reads it."""

    template: str
    args: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return (
            self.template.format(*(show(arg) for arg in self.args)) if self.args else self.template
        )


def show(value: Any) -> str:
    """A value as it stands in a sentence: ISO dates, amounts as reported with their unit, exact decimals."""
    match value:
        case Note():
            return str(value)
        case Amount():
            return (
                f"{value.comparator or ''}{value.value:f}{' ' + value.unit if value.unit else ''}"
            )
        case Days():
            return _show_days(value)
        case date():
            return value.isoformat()
        case Decimal():
            return plain(value)
        case Sign() | Unreadable():
            return value.text
        case Score():
            return str(value.value)
        case Condition() | Operation() | Course() | Histology():
            return value.label if value.code in value.label else f"{value.label} {value.code}"
        case None:
            return "no value"
        case tuple() | list():
            return ", ".join(show(item) for item in value)
        case _:
            return str(value)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros: 100, 1.5, 0.06."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _show_days(span: Days) -> str:
    if span.exact and span.first is not None:
        return span.first.isoformat()
    if span.text:
        return span.text
    if span.first is None:
        return f"by {span.last.isoformat()}" if span.last else "an unknown day"
    if span.last is None:
        return f"from {span.first.isoformat()}"
    return f"between {span.first.isoformat()} and {span.last.isoformat()}"


class Need(NamedTuple):
    """What would settle an unknown, in words, and whom or what it asks."""

    kind: NeedKind
    what: Note


class Evidence(NamedTuple):
    """A record that a finding rests on, with the comparison made and why this record was chosen."""

    fact: Any
    compared: Note | None = None
    because: Note | None = None


class Finding(NamedTuple):
    """The answer of a statement for one record on one day."""

    verdict: Verdict
    basis: Basis | None = None
    reason: Reason = Reason.DECIDED
    says: tuple[Note, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    needs: tuple[Need, ...] = ()
    clears_on: date | None = None
    """Of a *not met*: the first day on which the passage of time alone removes the ground for certain."""
    remedy: Remedy | None = None
    """Of a *not met*, where this ground has another remedy than its criterion has by default."""
    causes: tuple[Any, ...] = ()
    """The records that make the verdict unknown; a statement older than one of them cannot settle it."""
    lapses: int | None = None
    """For what has grown too old: for how many days a new one would count."""
    conflicts: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    others: tuple[Evidence, ...] = ()
    """Further records that were looked at and not chosen."""

    @property
    def text(self) -> str:
        return " ".join(str(note) for note in self.says)

    def attested(self, says: tuple[Note, ...], evidence: tuple[Evidence, ...]) -> Finding:
        """The same, no longer presumed from absence but stated by a person."""
        # Each by its place: `_replace` costs as much as the rest of an attested criterion.
        return Finding(
            self.verdict,
            ATTESTATION,
            self.reason,
            self.says + says,
            self.evidence + evidence,
            self.needs,
            self.clears_on,
            self.remedy,
            self.causes,
            self.lapses,
            self.conflicts,
            self.warnings,
            self.others,
        )


class Ground(NamedTuple):
    """What one record contributes to a finding."""

    verdict: Verdict
    fact: Any
    note: Note
    reason: Reason = Reason.DECIDED
    clears_on: date | None = None
    remedy: Remedy | None = None
    needs: tuple[Need, ...] = ()
    compared: Note | None = None


def weigh(grounds: Sequence[Ground], *, otherwise: Finding) -> Finding:
    """Several grounds in one criterion: any not met, else any unknown, else met by evidence; none: `otherwise`."""
    if not grounds:
        return otherwise
    failing = [ground for ground in grounds if ground.verdict is NOT_MET]
    if failing:
        dates = [ground.clears_on for ground in failing]
        return Finding(
            NOT_MET,
            EVIDENCE,
            says=tuple(ground.note for ground in failing),
            evidence=_evidence(failing),
            clears_on=None if None in dates else max(day for day in dates if day is not None),
            remedy=Remedy.NONE if any(g.remedy is Remedy.NONE for g in failing) else None,
        )
    unknown = [ground for ground in grounds if ground.verdict is UNKNOWN]
    if unknown:
        return Finding(
            UNKNOWN,
            reason=first_reason(ground.reason for ground in unknown),
            says=tuple(ground.note for ground in unknown),
            evidence=_evidence(unknown),
            needs=merged(ground.needs for ground in unknown),
            causes=tuple(ground.fact for ground in unknown),
        )
    return Finding(
        MET,
        EVIDENCE,
        says=tuple(ground.note for ground in grounds),
        evidence=_evidence(grounds),
    )


def _evidence(grounds: Iterable[Ground]) -> tuple[Evidence, ...]:
    return tuple(Evidence(ground.fact, ground.compared) for ground in grounds)


def merged(groups: Iterable[tuple[Need, ...]]) -> tuple[Need, ...]:
    """The needs of several grounds, each said once, in their order."""
    return tuple(dict.fromkeys(need for group in groups for need in group))


def doubted(ground: Ground | None, *, uncertain: bool, begun: bool | None) -> Ground | None:
    """A ground whose record is uncertain, or which may not have begun by the day asked about.

    Where the certain record would decide against the patient, or leave the question open, it stays open; where the
    certain record would not matter, neither does this one. It never makes anything met.
    """
    if ground is None or begun is False:
        return None
    if begun is True and not uncertain:
        return ground
    if ground.verdict.passes:
        return None
    reasons = [] if ground.reason is Reason.DECIDED else [ground.reason]
    if begun is None:
        reasons.append(Reason.PARTIAL_DATE)
    if uncertain:
        reasons.append(Reason.PROVISIONAL)
    doubt = "The record is uncertain." if uncertain else "Whether it had begun by then is open."
    return ground._replace(
        verdict=UNKNOWN,
        note=Note("{} {}", (ground.note, doubt)),
        reason=first_reason(reasons),
        clears_on=None,
        remedy=None,
    )
