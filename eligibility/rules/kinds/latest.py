"""The latest result in a window, compared with a limit or with a multiple of the upper limit of normal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.finding import Finding, Ground, Need, Note, plain
from eligibility.rules.kinds.windowed import (
    certainly_within,
    later_result,
    of_latest,
    of_only,
    others,
    result_days,
    warnings,
)
from eligibility.rules.limits import EXACT, Limit, Side, TimesUln, upper_limit, within
from eligibility.rules.selection import last_in_window
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import MET, NOT_MET, UNKNOWN, NeedKind, Reason
from patients.facts import Result
from patients.values import Amount, Score

SIGNS: dict[Side, str] = {"at_least": ">=", "at_most": "<="}


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest result of some analytes in a policy window; compare it with ``>=`` or ``<=`` to make a statement."""

    analytes: tuple[str, ...]
    within: str
    what: str

    def __ge__(self, limit: Limit) -> Compared:
        return Compared(self.analytes, self.within, self.what, "at_least", limit)

    def __le__(self, limit: Limit | TimesUln) -> Compared:
        return Compared(self.analytes, self.within, self.what, "at_most", limit)


def latest(*analytes: str, within: str, what: str) -> Latest:
    """The latest of several analytes taken together; at the same collection time the first named is used."""
    return Latest(analytes, within, what)


@named("latest")
@dataclass(frozen=True, slots=True)
class Compared(Statement):
    """The latest result in the window lies within the limit, the limit included; arithmetic is exact."""

    analytes: tuple[str, ...]
    within: str
    what: str
    side: Side
    limit: Limit | TimesUln

    def judge(self, case: Case, on: date) -> Finding:
        window = case.window(self.within)
        results, usable = case.record.dated(self.analytes)
        if len(results) == 1 and usable and certainly_within(usable[0].collected, on, window):
            ground = self._ground(usable[0], case)
            if ground.verdict is not UNKNOWN:
                return of_only(ground)
        choice = last_in_window(usable, on, window, later_result(self.analytes))
        found = of_latest(
            choice,
            lambda result: self._ground(result, case),
            what=self.what,
            on=on,
            window=window,
            needs=self._needs,
        )
        if len(results) < 2 and choice.facts:
            return found
        return found._replace(
            warnings=warnings(results, choice, on, window),
            others=others(usable, choice, on, window),
        )

    def days(self, case: Case) -> Iterator[date]:
        return result_days(case.record.results(self.analytes), case.window(self.within))

    def words(self) -> str:
        limit = self.limit
        if isinstance(limit, TimesUln):
            times = "" if limit.factor == 1 else f"{plain(limit.factor)} × "
            bound = f"{times}the upper limit of normal"
        else:
            bound = limit.written
        side = "at least" if self.side == "at_least" else "at most"
        return f"the latest {self.what} within the {self.within} window is {side} {bound}"

    def _ground(self, result: Result, case: Case) -> Ground:
        amount = _as_amount(result)
        if amount is None:
            return self._open(result, Reason.UNREADABLE, "{}: {} cannot be interpreted.")
        if amount.fault is not None or amount.canonical is None:
            return _faulty(self, result, amount, case)
        if isinstance(self.limit, TimesUln):
            high = upper_limit(result, amount, case.record)
            if isinstance(high, Reason):
                return self._open(result, high, "{} {}: {}.")
            return self._against_uln(result, amount, high[0], high[1], self.limit)
        if amount.dimension != self.limit.dimension:
            return self._open(result, Reason.UNIT, "{}: the unit of {} does not fit.")
        return self._compared(
            result,
            within(amount, self.limit.value, self.side),
            Note("{} {} {}", (_both(amount), SIGNS[self.side], self.limit)),
            Note("limit {}", (self.limit.written,)),
        )

    def _against_uln(
        self, result: Result, amount: Amount, high: Amount, source: str, limit: TimesUln
    ) -> Ground:
        assert high.canonical is not None
        bound = EXACT.multiply(limit.factor, high.canonical)
        sign = SIGNS[self.side]
        if limit.factor == 1:
            compared = Note("{} {} ULN {} ({})", (_both(amount), sign, high, source))
            words = Note("ULN {}", (high,))
        else:
            written = EXACT.multiply(limit.factor, high.value)
            args = (_both(amount), sign, limit.factor, high, written, high.unit, source)
            compared = Note("{} {} {} × ULN {} = {} {} ({})", args)
            words = Note("{} × ULN = {} {}", (limit.factor, written, high.unit))
        return self._compared(result, within(amount, bound, self.side), compared, words)

    def _compared(self, result: Result, fits: bool | None, compared: Note, limit: Note) -> Ground:
        if fits is None:
            ground = self._open(
                result, Reason.COMPARATOR, "{} {}: the limit lies within what this can mean."
            )
            return ground._replace(compared=compared)
        note = Note("{} {} on {} ({}).", (_title(self.what), result.value, result.collected, limit))
        verdict = MET if fits else NOT_MET
        return Ground(verdict, result, note, compared=compared)

    def _open(self, result: Result, reason: Reason, template: str) -> Ground:
        why = {
            Reason.NO_REFERENCE_RANGE: "no upper limit of normal that fits, or more than one",
            Reason.UNIT: "the unit of its reference range does not fit",
        }.get(reason, "")
        note = Note(template, (_title(self.what), result.value, why))
        return Ground(UNKNOWN, result, note, reason, needs=_repair(reason, self.what))

    def _needs(self, since: date) -> tuple[Need, ...]:
        article = "an" if self.what[:1].lower() in "aeiou" else "a"
        ranged = " with its reference range" if isinstance(self.limit, TimesUln) else ""
        note = Note(f"Obtain {article} {{}}{ranged} dated {{}} or later.", (self.what, since))
        kind = NeedKind.CHART if "ecog" in self.analytes else NeedKind.LAB
        return (Need(kind, note),)


def _as_amount(result: Result) -> Amount | None:
    value = result.value
    if isinstance(value, Score):
        return _of_score(value.value)
    return value if isinstance(value, Amount) else None


@cache
def _of_score(score: int) -> Amount:
    exact = EXACT.create_decimal(score)
    return Amount(exact, None, "", "score", exact)


def _faulty(statement: Compared, result: Result, amount: Amount, case: Case) -> Ground:
    title = _title(statement.what)
    if amount.fault == "implausible" and not _range_in_another_unit(
        statement, result, amount, case
    ):
        note = Note("{} {} is implausible: check the unit.", (title, amount))
        reason = Reason.IMPLAUSIBLE
    else:
        note = Note("{} {}: the unit is absent or not one that can be used.", (title, amount))
        reason = Reason.UNIT
    return Ground(UNKNOWN, result, note, reason, needs=_repair(reason, statement.what))


def _range_in_another_unit(statement: Compared, result: Result, amount: Amount, case: Case) -> bool:
    """Whether the unit is in doubt on both sides; that comes before an implausible value."""
    if isinstance(statement.limit, Limit):
        return False
    return upper_limit(result, amount, case.record) is Reason.UNIT


def _repair(reason: Reason, what: str) -> tuple[Need, ...]:
    asks = {
        Reason.UNIT: "Ask the laboratory for the unit of the {}.",
        Reason.IMPLAUSIBLE: "Check value and unit of the {} with the laboratory.",
        Reason.NO_REFERENCE_RANGE: "Enter the laboratory's upper limit of normal for the {}.",
        Reason.COMPARATOR: "Obtain an exact value of the {}.",
        Reason.UNREADABLE: "Obtain a readable value of the {}.",
    }
    return (Need(NeedKind.LAB, Note(asks[reason], (what,))),)


def _both(amount: Amount) -> Amount | Note:
    """As reported, and converted where that is another number."""
    if amount.canonical is None or amount.canonical == amount.value:
        return amount
    unit = CANONICAL.get(amount.dimension or "", "")
    return Note("{} (= {}{} {})", (amount, amount.comparator or "", amount.canonical, unit))


CANONICAL = {
    "number": "10*9/L",
    "molar": "umol/L",
    "mass": "mg/dL",
    "catalytic": "U/L",
    "length": "mm",
}
"""Canonical unit of each dimension."""


def _title(what: str) -> str:
    return what[:1].upper() + what[1:]
