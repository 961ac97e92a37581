"""Statements: the composable values of the rule language.

A statement is frozen. `&`, `|` and `~` compose statements by Kleene's three-valued logic; `and`, `or`, `not` and `if`
on one raise, because Python would silently drop half of the sentence. Every kind says what it means for one record
(`judge`), on which days time alone could change that (`days`), and how it reads (`words`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from eligibility.rules.catalogue import named
from eligibility.rules.finding import Finding, merged
from eligibility.rules.verdicts import (
    ABSENCE,
    MET,
    NOT_MET,
    UNKNOWN,
    Reason,
    Remedy,
    Verdict,
    first_reason,
)

if TYPE_CHECKING:
    from eligibility.rules.case import Case


@dataclass(frozen=True, slots=True)
class Statement(ABC):
    """A sentence about a record: met, not met, unknown or not applicable."""

    kind: ClassVar[str]

    @abstractmethod
    def judge(self, case: Case, on: date) -> Finding:
        """What it says of the case on a day. Pure: the same case and day give the same finding."""

    @abstractmethod
    def days(self, case: Case) -> Iterable[date]:
        """The days on which time alone could change what it says. Too many are harmless, one too few is not."""

    @abstractmethod
    def words(self) -> str:
        """The sentence in plain words, policy windows by name."""

    def __and__(self, other: Statement) -> Statement:
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: Statement) -> Statement:
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> Statement:
        return self.of if isinstance(self, Not) else Not(self)

    def __bool__(self) -> bool:
        raise TypeError("a statement is neither true nor false: compose statements with & | ~")


def _parts(statement: Statement, kind: type[AllOf] | type[AnyOf]) -> tuple[Statement, ...]:
    return statement.of if isinstance(statement, kind) else (statement,)


class _Several(Statement):
    __slots__ = ()
    of: tuple[Statement, ...]

    def days(self, case: Case) -> Iterator[date]:
        for part in self.of:
            yield from part.days(case)


@named("all")
@dataclass(frozen=True, slots=True)
class AllOf(_Several):
    """Met when every part is: any not met decides, else any unknown."""

    of: tuple[Statement, ...]

    def judge(self, case: Case, on: date) -> Finding:
        parts = [part.judge(case, on) for part in self.of]
        verdicts = [part.verdict for part in parts]
        if NOT_MET in verdicts:
            failing = [part for part in parts if part.verdict is NOT_MET]
            clears = [part.clears_on for part in failing]
            return _joined(
                failing,
                parts,
                verdict=NOT_MET,
                clears_on=None if None in clears else max(day for day in clears if day is not None),
                remedy=Remedy.NONE if any(p.remedy is Remedy.NONE for p in failing) else None,
            )
        if UNKNOWN in verdicts:
            unknown = [part for part in parts if part.verdict is UNKNOWN]
            return _joined(unknown, parts, verdict=UNKNOWN)
        met = [part for part in parts if part.verdict is MET]
        # What holds counts before what does not apply, and what is shown before what is presumed.
        shown = [part for part in met or parts if part.basis is not ABSENCE]
        return _joined(shown or met or parts, parts, verdict=(met or parts)[0].verdict)

    def words(self) -> str:
        return " and ".join(_bracketed(part, AnyOf) for part in self.of)


@named("any")
@dataclass(frozen=True, slots=True)
class AnyOf(_Several):
    """Met when one part is: any met decides, else any unknown."""

    of: tuple[Statement, ...]

    def judge(self, case: Case, on: date) -> Finding:
        parts = [part.judge(case, on) for part in self.of]
        met = [part for part in parts if part.verdict.passes]
        if met:
            shown = [part for part in met if part.basis is not ABSENCE] or met
            held = [part for part in shown if part.verdict is MET] or shown
            return _joined(held[:1], parts, verdict=held[0].verdict)
        unknown = [part for part in parts if part.verdict is UNKNOWN]
        if unknown:
            return _joined(unknown, parts, verdict=UNKNOWN)
        clears = [part.clears_on for part in parts if part.clears_on is not None]
        return _joined(
            parts,
            parts,
            verdict=NOT_MET,
            clears_on=min(clears, default=None),
            remedy=Remedy.NONE if all(p.remedy is Remedy.NONE for p in parts) else None,
        )

    def words(self) -> str:
        return " or ".join(_bracketed(part, AllOf) for part in self.of)


@named("not")
@dataclass(frozen=True, slots=True)
class Not(Statement):
    """Met when its part is not. A presumed absence turned round shows nothing: it is unknown, never *not met*."""

    of: Statement

    def judge(self, case: Case, on: date) -> Finding:
        part = self.of.judge(case, on)
        if part.verdict is UNKNOWN:
            return part
        if part.verdict is NOT_MET:
            return part._replace(verdict=MET, clears_on=None, remedy=None)
        if part.basis is ABSENCE:
            return Finding(UNKNOWN, reason=Reason.MISSING, says=part.says)
        return part._replace(verdict=NOT_MET)

    def days(self, case: Case) -> Iterable[date]:
        return self.of.days(case)

    def words(self) -> str:
        return f"not ({self.of.words()})"


def _bracketed(part: Statement, other: type[Statement]) -> str:
    return f"({part.words()})" if isinstance(part, other) else part.words()


def _joined(
    deciding: list[Finding],
    parts: list[Finding],
    *,
    verdict: Verdict,
    clears_on: date | None = None,
    remedy: Remedy | None = None,
) -> Finding:
    """One finding of the deciding parts; warnings, conflicts and further records of all parts stay visible."""
    unknown = verdict is UNKNOWN
    return Finding(
        verdict,
        None if unknown else deciding[0].basis,
        first_reason(part.reason for part in deciding) if unknown else _DECIDED,
        tuple([note for part in deciding for note in part.says]),
        tuple([item for part in deciding for item in part.evidence]),
        merged(part.needs for part in deciding) if unknown else (),
        clears_on,
        remedy,
        tuple([cause for part in deciding for cause in part.causes]) if unknown else (),
        min([part.lapses for part in deciding if part.lapses is not None], default=None),
        tuple([note for part in parts for note in part.conflicts]),
        tuple([note for part in parts for note in part.warnings]),
        tuple([item for part in parts for item in part.others]),
    )


_DECIDED = Reason.DECIDED
