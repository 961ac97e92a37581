"""No known infection with a virus: conditions and tests of any age together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import happened
from eligibility.rules.finding import Finding, Ground, Need, Note, doubted, merged, weigh
from eligibility.rules.kinds.conditions import active_ground, clarify, none_on_record
from eligibility.rules.kinds.presence import Activity, active_on, condition_days
from eligibility.rules.kinds.windowed import later_result, of_latest, result_days, warnings
from eligibility.rules.selection import Choice, last_in_window
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    EVIDENCE,
    MET,
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
    Remedy,
    first_reason,
)
from patients.facts import Condition, Result
from patients.values import Days, Sign


@named("no-known-infection")
@dataclass(frozen=True, slots=True)
class NoKnownInfection(Statement):
    """No known infection with one virus.

    A chronic infection (`lifelong`) counts whatever its clinical status and can never be remedied; another fails while
    active, and once it is over the genome test has to be negative since. A positive `decisive` test fails. A positive
    `screening` test is unknown unless the genome test is negative on or after its day. Negative tests are shown, not
    required.
    """

    condition: str
    what: str
    lifelong: bool = False
    decisive: tuple[str, ...] = ()
    """Analytes of which the last positive result fails."""
    screening: str = ""
    """Analyte of which a positive result has to be confirmed."""
    genome: str = ""
    """Analyte (RNA or DNA) whose later negative result shows that the infection is over."""

    def judge(self, case: Case, on: date) -> Finding:
        record = case.record
        conditions = record.conditions((self.condition,))
        analytes = [name for name in self._analytes if record.has(name)]
        if not conditions and not analytes:
            return none_on_record(case, self.what)
        grounds = [g for c in conditions if (g := self._condition(c, case, on)) is not None]
        findings = [weigh(grounds, otherwise=none_on_record(case, self.what))]
        noted: list[Note] = []
        for analyte in analytes:
            every = record.dated((analyte,)).every
            if not every or (len(every) == 1 and every[0].counts and _negative(every[0])):
                # Negative tests are shown, not required: they contribute nothing.
                continue
            choice = self._last(analyte, case, on)
            found = self._test(analyte, choice, case, on)
            if found is not None:
                findings.append(found)
            if len(every) > 1 or not choice.facts:
                noted += warnings(every, choice, on, None)
        joined = findings[0] if len(findings) == 1 else _combined(findings)
        return joined._replace(warnings=tuple(noted)) if noted else joined

    def days(self, case: Case) -> Iterator[date]:
        yield from condition_days(case.record.conditions((self.condition,)))
        yield from result_days(case.record.results(self._analytes), None)

    def words(self) -> str:
        named_tests = " or ".join(_TESTS[analyte] for analyte in self.decisive)
        tests = f", and the last {named_tests} is not positive" if self.decisive else ""
        return f"no {self.what} infection is known{tests}"

    @property
    def _analytes(self) -> tuple[str, ...]:
        return _once(*self.decisive, self.screening, self.genome)

    def _last(self, analyte: str, case: Case, on: date) -> Choice[Result]:
        usable = case.record.dated((analyte,)).usable
        return last_in_window(usable, on, None, later_result((analyte,)))

    def _condition(self, condition: Condition, case: Case, on: date) -> Ground | None:
        begun = happened(condition.onset, on)
        if self.lifelong:
            note = Note("{} is on record.", (condition,))
            known = Ground(NOT_MET, condition, note, remedy=Remedy.NONE)
            known = known._replace(needs=clarify(condition))
            return doubted(known, uncertain=condition.provisional, begun=begun)
        active = active_on(condition, on)
        if begun is False:
            return None
        if active.activity is not Activity.NO:
            ground = active_ground(condition, on)
            return ground._replace(clears_on=None) if ground is not None else None
        over = self._over(condition, case, on)
        return doubted(over, uncertain=condition.provisional, begun=begun)

    def _over(self, condition: Condition, case: Case, on: date) -> Ground:
        """An infection that is no longer active: cleared for certain only where the genome test says so since."""
        ends = [condition.abated.last if condition.abated is not None else None, condition.own]
        since = max((day for day in ends if day is not None), default=None)
        if self._cleared(case, on, since):
            note = Note("{} is over; {} negative since.", (condition, _TESTS[self.genome]))
            return Ground(MET, condition, note)
        note = Note("{} is no longer active: was it cleared?", (condition,))
        return Ground(UNKNOWN, condition, note, Reason.NEEDS_JUDGEMENT, needs=_obtain(self.genome))

    def _cleared(self, case: Case, on: date, since: date | None) -> bool:
        if not self.genome:
            return False
        choice = self._last(self.genome, case, on)
        if not all(choice.arrangements):
            return False
        return all(_negative(result) and _not_before(result, since) for result in choice.facts)

    def _refuted(self, test: Result, case: Case, on: date) -> bool | None:
        """Whether the genome test is negative on or after the day of a positive screening test.

        None when that depends on the day on which either was collected.
        """
        if not self.genome:
            return False
        span = test.collected or Days(None, None)
        first, last = span.first or date.min, span.last or on
        if self._cleared(case, on, last):
            return True
        choice = self._last(self.genome, case, on)
        possibly = any(
            tied and all(_negative(result) and not _before(result, first) for result in tied)
            for tied in choice.arrangements
        )
        return None if possibly and self._inexact(test, choice) else False

    @staticmethod
    def _inexact(test: Result, choice: Choice[Result]) -> bool:
        dated = (test, *choice.facts)
        return not all(one.collected is not None and one.collected.exact for one in dated)

    def _test(self, analyte: str, choice: Choice[Result], case: Case, on: date) -> Finding | None:
        """What the last result of one analyte contributes; nothing where there is none."""
        if not choice.facts:
            return None
        if all(choice.arrangements) and all(_negative(result) for result in choice.facts):
            # Negative tests are shown, not required: they contribute nothing.
            return None

        def judge(result: Result) -> Ground:
            return self._result(analyte, result, case, on)

        found = of_latest(
            choice, judge, what=analyte, on=on, window=None, needs=lambda _: _obtain(analyte)
        )
        if any(not tied for tied in choice.arrangements):
            # Only whether it was collected by this day is open: that matters where the result does.
            grounds = [judge(result) for result in choice.facts]
            if all(ground.verdict is MET for ground in grounds):
                return None
        return None if found.verdict is MET and analyte != self.screening else found

    def _result(self, analyte: str, result: Result, case: Case, on: date) -> Ground:
        if not isinstance(result.value, Sign):
            note = Note("{}: {} cannot be interpreted.", (result.label, result.value))
            return Ground(
                UNKNOWN,
                result,
                note,
                Reason.UNREADABLE,
                needs=_obtain(self.genome or analyte),
            )
        note = Note("{} {} on {}.", (result.label, result.value, result.collected))
        if not result.value.positive:
            return Ground(MET, result, note)
        if analyte in self.decisive:
            return Ground(NOT_MET, result, note)
        refuted = analyte == self.screening and self._refuted(result, case, on)
        if refuted:
            later = Note(
                "{} positive on {}, {} negative since.",
                (result.label, result.collected, _TESTS[self.genome]),
            )
            return Ground(MET, result, later)
        return Ground(
            UNKNOWN,
            result,
            note,
            Reason.NEEDS_CONFIRMATION if refuted is False else Reason.PARTIAL_DATE,
            needs=_obtain(self.genome or "confirmatory test"),
        )


def _combined(findings: list[Finding]) -> Finding:
    """Conditions and tests together: any not met, else any unknown, else what is shown before what is presumed."""
    for verdict in (NOT_MET, UNKNOWN):
        deciding = [found for found in findings if found.verdict is verdict]
        if deciding:
            return _join(deciding)
    shown = [found for found in findings if found.basis is EVIDENCE]
    return _join(shown or findings[:1])


def _join(findings: list[Finding]) -> Finding:
    return findings[0]._replace(
        reason=first_reason(found.reason for found in findings),
        says=tuple(note for found in findings for note in found.says),
        evidence=tuple(item for found in findings for item in found.evidence),
        needs=merged(found.needs for found in findings),
        causes=tuple(cause for found in findings for cause in found.causes),
        remedy=Remedy.NONE if any(f.remedy is Remedy.NONE for f in findings) else None,
        clears_on=None,
    )


def _negative(result: Result) -> bool:
    return isinstance(result.value, Sign) and not result.value.positive


def _not_before(result: Result, since: date | None) -> bool:
    collected: Days | None = result.collected
    if since is None:
        return True
    return collected is not None and collected.first is not None and collected.first >= since


def _before(result: Result, day: date) -> bool:
    """Whether a result was collected before a day for certain."""
    collected = result.collected
    return collected is not None and collected.last is not None and collected.last < day


def _obtain(test: str) -> tuple[Need, ...]:
    return (Need(NeedKind.LAB, Note("Obtain {}.", (_TESTS.get(test, test),))),)


_TESTS = {
    "hbsag": "HBsAg",
    "hbv-dna": "HBV DNA",
    "hcv-rna": "HCV RNA",
    "anti-hcv": "anti-HCV",
    "hiv-screen": "HIV Ag/Ab",
}
"""What the analytes are called in a sentence."""


@cache
def _once(*analytes: str) -> tuple[str, ...]:
    """The analytes that are named, each once."""
    return tuple(dict.fromkeys(analyte for analyte in analytes if analyte))
