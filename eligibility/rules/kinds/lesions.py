"""Measurable disease and bulk: the longest dimensions of the lesions measured in a window."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, NamedTuple

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import edges, plus_days
from eligibility.rules.finding import Evidence, Finding, Need, Note, show
from eligibility.rules.kinds.measurements import Seen, usable, ways_to_read
from eligibility.rules.limits import within
from eligibility.rules.selection import Placed, arrangements, exactly
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    EVIDENCE,
    MET,
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
    Verdict,
    first_reason,
)
from patients.facts import Lesion
from patients.values import Amount, Unreadable

_NEED = Need(
    NeedKind.IMAGING,
    Note("Enter lesion sizes with the method (for CT: spiral or not) from a current assessment."),
)
_METHODS = {
    "x-ray": "X-ray",
    "physical-exam": "physical examination",
    "ct-spiral": "spiral CT",
    "ct-non-spiral": "non-spiral CT",
    "ct-unspecified": "CT (spiral or not is not stated)",
    "other": "another method",
    None: "a method not stated",
}
_FEW = 3
"""So many measurements without an exact date are tried in every way without further ado."""


class Reading(NamedTuple):
    """What one way of reading the measurements says."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    deciding: tuple[Lesion, ...] = ()


class _OfLesions(Statement):
    """Shared by both kinds: a difference between two readings of the same measurements is a conflict.

    Measured specimens and undated measurements do not count.
    """

    __slots__ = ()
    within: str

    def judge(self, case: Case, on: date) -> Finding:
        window = case.window(self.within)
        low = plus_days(on, -window)
        lesions = usable(case)
        ways: list[tuple[Placed[Lesion], ...]]
        placed = exactly(lesions)
        if placed is not None:
            ways = [tuple(placed)]
        else:
            ways = list(arrangements(self._telling(case, lesions), on, low) or ())
        readings = [[self._read(case, seen) for seen in ways_to_read(way, low, on)] for way in ways]
        return self._found(readings, on, window)

    def days(self, case: Case) -> Iterator[date]:
        window = case.window(self.within)
        for day in edges(*(lesion.collected for lesion in usable(case))):
            for shift in (0, 1, window + 1, window + 2):
                yield plus_days(day, shift)

    def _telling(self, case: Case, lesions: list[Lesion]) -> list[Lesion]:
        """At most two of those measurements that are alike in all that decides, so that all ways can be tried.

        One of them can then lie in the window and one outside, one last and one earlier; a third adds nothing.
        """
        if sum(not (x.collected and x.collected.exact) for x in lesions) < _FEW:
            return lesions
        kept: dict[object, list[Lesion]] = {}
        for lesion in lesions:
            span = lesion.collected
            alike = (span and span[:2], lesion.focus, lesion.site, self._class_of(case, lesion))
            kept.setdefault(alike, []).append(lesion)
        return [lesion for group in kept.values() for lesion in group[:2]]

    @abstractmethod
    def _class_of(self, case: Case, lesion: Lesion) -> object:
        """What a single measurement amounts to: measurements of one class decide alike."""

    @abstractmethod
    def _read(self, case: Case, seen: Seen) -> Reading:
        """The verdict of one reading."""

    @abstractmethod
    def _words_of(self, reading: Reading) -> Note:
        """What the deciding lesions say."""

    def _found(self, ways: list[list[Reading]], on: date, window: int) -> Finding:
        readings = [reading for way in ways for reading in way]
        if not readings:
            return Finding(
                UNKNOWN,
                reason=Reason.PARTIAL_DATE,
                says=(Note("Too many measurements have no exact date."),),
                needs=(_NEED,),
            )
        reading = readings[0]
        if len(readings) == 1 and reading.verdict is not UNKNOWN:
            return self._agreed(reading)
        verdicts = {reading.verdict for reading in readings}
        reasons = [reason for reading in readings for reason in reading.reasons]
        deciding = list({id(x): x for r in readings for x in r.deciding}.values())
        if len(verdicts) > 1:
            torn = any(len({reading.verdict for reading in way}) > 1 for way in ways)
            reasons.append(Reason.CONFLICTING if torn else Reason.PARTIAL_DATE)
            note = Note("The measurements can be read in two ways: {}.", (_sizes(deciding),))
            return _unknown(reasons, note, deciding)
        if reading.verdict is UNKNOWN:
            return _unknown(
                reasons, _why_unknown(reasons, deciding, on, window), deciding
            )._replace(lapses=window if first_reason(reasons) is Reason.TOO_OLD else None)
        return self._agreed(reading)

    def _agreed(self, reading: Reading) -> Finding:
        evidence = tuple([Evidence(lesion) for lesion in reading.deciding])
        return Finding(
            reading.verdict, EVIDENCE, says=(self._words_of(reading),), evidence=evidence
        )


@named("measurable-lesion")
@dataclass(frozen=True, slots=True)
class MeasurableLesion(_OfLesions):
    """At least one lesion in the window is large enough for its method: `spiral` mm by spiral CT, else `other` mm."""

    switches: ClassVar[tuple[str, ...]] = ("ct_is_spiral",)

    within: str
    spiral: Decimal
    other: Decimal

    def _read(self, case: Case, seen: Seen) -> Reading:
        judged = [(lesion, *self._qualifies(case, lesion)) for lesion in seen.measured]
        qualifying = tuple(lesion for lesion, fits, _ in judged if fits)
        if qualifying:
            return Reading(MET, (), qualifying)
        unclear = [(lesion, reason) for lesion, fits, reason in judged if fits is None]
        if unclear:
            reasons = tuple(reason for _, reason in unclear)
            return Reading(UNKNOWN, reasons, tuple(lesion for lesion, _ in unclear))
        if judged:
            return Reading(NOT_MET, (), tuple(seen.measured))
        return Reading(UNKNOWN, (Reason.TOO_OLD if seen.earlier else Reason.MISSING,))

    def _class_of(self, case: Case, lesion: Lesion) -> object:
        return self._qualifies(case, lesion)

    def _qualifies(self, case: Case, lesion: Lesion) -> tuple[bool | None, Reason]:
        """Whether a lesion is large enough for its method, and if that is open, why."""
        size = lesion.size
        fault = _fault(size)
        if fault is not None or not isinstance(size, Amount):
            return None, fault or Reason.UNREADABLE
        method = lesion.method
        if method == "ct-unspecified" and case.switches["ct_is_spiral"]:
            method = "ct-spiral"
        if method == "ct-spiral":
            return within(size, self.spiral, "at_least"), Reason.COMPARATOR
        large = within(size, self.other, "at_least")
        if method in ("x-ray", "physical-exam", "ct-non-spiral"):
            return large, Reason.COMPARATOR
        unspecified = method == "ct-unspecified"
        at_all = within(size, self.spiral, "at_least")
        if at_all is False:
            return False, Reason.DECIDED
        if unspecified and large:
            return True, Reason.DECIDED
        bounded = at_all is None or (unspecified and large is None)
        return None, Reason.COMPARATOR if bounded else Reason.METHOD_NOT_STATED

    def words(self) -> str:
        return (
            f"a lesion measured within the {self.within} window is at least {self.spiral} mm by spiral CT, or at "
            f"least {self.other} mm by X-ray, physical examination or non-spiral CT"
        )

    def _words_of(self, reading: Reading) -> Note:
        if reading.verdict is MET:
            return Note("{}.", (_sizes(reading.deciding),))
        return Note("No lesion is large enough for its method: {}.", (_sizes(reading.deciding),))


@named("no-lesion-above")
@dataclass(frozen=True, slots=True)
class NoLesionAbove(_OfLesions):
    """No lesion in the window is larger than `most` mm; one last measured before it must have been within, too."""

    within: str
    most: Decimal

    def _read(self, case: Case, seen: Seen) -> Reading:
        bulky: list[Lesion] = []
        unclear: list[tuple[Lesion, Reason]] = []
        for lesion in seen.measured:
            fits, reason = self._fits(lesion)
            if fits is False and lesion.method not in (None, "other"):
                bulky.append(lesion)
            elif fits is not True:
                unclear.append((lesion, Reason.METHOD_NOT_STATED if fits is False else reason))
        if bulky:
            return Reading(NOT_MET, (), tuple(bulky))
        unclear += [(old, Reason.TOO_OLD) for old in seen.earlier if self._fits(old)[0] is not True]
        if unclear:
            reasons = tuple(reason for _, reason in unclear)
            return Reading(UNKNOWN, reasons, tuple(lesion for lesion, _ in unclear))
        if not seen.measured:
            return Reading(UNKNOWN, (Reason.TOO_OLD if seen.earlier else Reason.MISSING,))
        return Reading(MET, (), tuple(seen.measured))

    def _class_of(self, case: Case, lesion: Lesion) -> object:
        return (*self._fits(lesion), lesion.method in (None, "other"))

    def _fits(self, lesion: Lesion) -> tuple[bool | None, Reason]:
        fault = _fault(lesion.size)
        if fault is not None or not isinstance(lesion.size, Amount):
            return None, fault or Reason.UNREADABLE
        return within(lesion.size, self.most, "at_most"), Reason.COMPARATOR

    def words(self) -> str:
        return f"no lesion measured within the {self.within} window is larger than {self.most} mm"

    def _words_of(self, reading: Reading) -> Note:
        if reading.verdict is NOT_MET:
            return Note("Larger than {} mm: {}.", (self.most, _sizes(reading.deciding)))
        count = len(reading.deciding)
        lesions = f"{count} lesion{'' if count == 1 else 's'}"
        return Note(
            "None of {} is larger than {} mm: {}.", (lesions, self.most, _sizes(reading.deciding))
        )


def _fault(size: Amount | Unreadable | None) -> Reason | None:
    if not isinstance(size, Amount):
        return Reason.UNREADABLE
    if size.fault == "implausible":
        return Reason.IMPLAUSIBLE
    return Reason.UNIT if size.fault is not None or size.dimension != "length" else None


def _unknown(reasons: Sequence[Reason], note: Note, lesions: Sequence[Lesion]) -> Finding:
    return Finding(
        UNKNOWN,
        reason=first_reason(reasons),
        says=(note,),
        evidence=tuple(Evidence(lesion) for lesion in lesions),
        needs=(_NEED,),
        causes=tuple(lesions),
    )


def _why_unknown(
    reasons: Sequence[Reason], lesions: Sequence[Lesion], on: date, window: int
) -> Note:
    reason = first_reason(reasons)
    if reason is Reason.MISSING:
        return Note("No lesion measurement on record.")
    if reason is Reason.TOO_OLD:
        return Note("A lesion was last measured more than {} days before {}.", (window, on))
    return Note("Not certain: {}.", (_sizes(lesions),))


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Sizes, methods and days of some lesions, put into words only when somebody reads them."""

    lesions: tuple[Lesion, ...]

    def __str__(self) -> str:
        return "; ".join(
            f"{show(lesion.size)} by {_METHODS[lesion.method]}, {show(lesion.collected)}"
            for lesion in self.lesions
        )


def _sizes(lesions: Sequence[Lesion]) -> _Sizes:
    return _Sizes(tuple(lesions))
