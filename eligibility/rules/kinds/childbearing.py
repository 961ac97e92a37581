"""Pregnancy test, pregnancy and nursing, contraception."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import edges, happened
from eligibility.rules.finding import Evidence, Finding, Ground, Need, Note, weigh
from eligibility.rules.kinds.conditions import active_ground
from eligibility.rules.kinds.potential import (
    Potential,
    performed,
    postmenopausal,
    potential,
    potential_days,
)
from eligibility.rules.kinds.presence import condition_days
from eligibility.rules.kinds.windowed import later_result, of_latest, result_days, warnings
from eligibility.rules.limits import upper_limit, within
from eligibility.rules.selection import Choice, last_in_window, later_on_a_day
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    ATTESTATION,
    EVIDENCE,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
    first_reason,
)
from patients.facts import Result
from patients.values import Amount, Sign

TESTS = ("pregnancy-test", "hcg")


@named("negative-pregnancy-test")
@dataclass(frozen=True, slots=True)
class NegativePregnancyTest(Statement):
    """The last pregnancy test in the window is negative; not applicable without childbearing potential.

    A quantitative hCG counts against its own reference range only, in its own unit.
    """

    within: str

    def judge(self, case: Case, on: date) -> Finding:
        able = potential(case, on)
        if able.possible is False:
            evidence = tuple(Evidence(source) for source in able.records)
            return Finding(NOT_APPLICABLE, EVIDENCE, says=(able.note,), evidence=evidence)
        window = case.window(self.within)
        results, choice = tests_in_window(case, on, window)
        found = of_latest(
            choice,
            lambda result: test_ground(result, case),
            what="pregnancy test",
            on=on,
            window=window,
            needs=lambda since: (
                Need(NeedKind.LAB, Note("Obtain a pregnancy test dated {} or later.", (since,))),
            ),
        )
        found = found._replace(warnings=warnings(results, choice, on, window))
        if able.possible is None and found.verdict is UNKNOWN:
            return _with_doubt(found, able)
        return found

    def days(self, case: Case) -> Iterator[date]:
        yield from potential_days(case)
        yield from result_days(case.record.results(TESTS), case.window(self.within))

    def words(self) -> str:
        return (
            f"the last pregnancy test within the {self.within} window is negative, or the patient is without "
            "childbearing potential"
        )


@named("not-pregnant-or-nursing")
@dataclass(frozen=True, slots=True)
class NotPregnantOrNursing(Statement):
    """No pregnancy or nursing. A negative test does not speak about nursing: otherwise a person has to state it."""

    within: str

    def judge(self, case: Case, on: date) -> Finding:
        conditions = case.record.conditions(("pregnancy", "lactation"))
        grounds = [g for c in conditions if (g := active_ground(c, on)) is not None]
        window = case.window(self.within)
        results, choice = tests_in_window(case, on, window)
        grounds += _positive(choice, case)
        grounds += _positive(_statuses_in_window(case, on, window), case)
        noted: tuple[Note, ...] = ()
        if results:
            noted = _positive_preliminary(warnings(results, choice, on, window), results)
        found = self._weighed(grounds, case, on)
        return found._replace(warnings=noted) if noted else found

    def _weighed(self, grounds: list[Ground], case: Case, on: date) -> Finding:
        able = potential(case, on)
        if able.possible is False and case.record.facts.person.sex == "male":
            otherwise = Finding(NOT_APPLICABLE, EVIDENCE, says=(able.note,))
        elif postmenopausal(case, on):
            says = (Note("A postmenopausal status is on record."),)
            otherwise = Finding(NOT_APPLICABLE, EVIDENCE, says=says)
        else:
            says = (Note("Neither a test nor an absent organ speaks about nursing."),)
            otherwise = Finding(UNKNOWN, reason=Reason.NEEDS_STATEMENT, says=says)
        return weigh(grounds, otherwise=otherwise)

    def days(self, case: Case) -> Iterator[date]:
        yield from potential_days(case)
        yield from condition_days(case.record.conditions(("pregnancy", "lactation")))
        results = case.record.results((*TESTS, "pregnancy-status"))
        yield from result_days(results, case.window(self.within))

    def words(self) -> str:
        return (
            "no pregnancy or nursing is on record and the last pregnancy test and status within the "
            f"{self.within} window are not positive, as stated by a person; does not apply to men and after the "
            "menopause"
        )


@named("contraception")
@dataclass(frozen=True, slots=True)
class Contraception(Statement):
    """Does not apply to who cannot conceive or father a child; otherwise a person states it. Men are fertile."""

    tested_by: str
    """The criterion whose statement "not applicable" says that a woman is not of childbearing potential."""

    def judge(self, case: Case, on: date) -> Finding:
        sterile = self._sterilised(case, on)
        known = [source for source, by_then in sterile if by_then]
        if known:
            note = Note("{} is on record.", (known[0],))
            evidence = tuple(Evidence(source) for source in known)
            return Finding(NOT_APPLICABLE, EVIDENCE, says=(note,), evidence=evidence)
        if case.record.facts.person.sex == "female":
            found = self._of_woman(case, on)
            if found is not None:
                return found
        open_dates = [source for source, by_then in sterile if by_then is None]
        says = Note("Only a person can state the contraception plan.")
        return Finding(
            UNKNOWN,
            reason=Reason.NEEDS_STATEMENT,
            says=(says,),
            evidence=tuple(Evidence(source) for source in open_dates),
        )

    def days(self, case: Case) -> Iterator[date]:
        yield from case.criteria[self.tested_by].days(case)
        yield from potential_days(case)
        yield from condition_days(
            case.record.conditions(("vasectomy-status", "tubal-ligation-status"))
        )
        for operation in case.record.operations(("vasectomy", "tubal-ligation")):
            yield from edges(operation.start, operation.end)

    def words(self) -> str:
        return (
            "the patient is sterilised or without childbearing potential, or a person states: "
            "effective contraception"
        )

    def _sterilised(self, case: Case, on: date) -> list[tuple[Any, bool | None]]:
        record, sex = case.record, case.record.facts.person.sex
        methods = [] if sex == "female" else ["vasectomy"]
        methods += [] if sex == "male" else ["tubal-ligation"]
        found: list[tuple[Any, bool | None]] = [
            (operation, performed(operation, on))
            for operation in record.operations(methods)
            if operation.completed and not operation.uncertain
        ]
        found += [
            (condition, happened(condition.onset, on))
            for condition in record.conditions([f"{method}-status" for method in methods])
            if not condition.provisional
        ]
        return [(source, by_then) for source, by_then in found if by_then is not False]

    def _of_woman(self, case: Case, on: date) -> Finding | None:
        able = potential(case, on)
        if able.possible is False:
            evidence = tuple(Evidence(source) for source in able.records)
            return Finding(NOT_APPLICABLE, EVIDENCE, says=(able.note,), evidence=evidence)
        tested = case.finding(self.tested_by, on)
        stated = tested.verdict is NOT_APPLICABLE and tested.basis is ATTESTATION
        return tested if stated else None


def tests_in_window(case: Case, on: date, window: int) -> tuple[list[Result], Choice[Result]]:
    """All dated pregnancy tests, and what may be the last one that counts in the window."""
    results, usable = case.record.dated(TESTS)
    return results, last_in_window(usable, on, window, later_on_a_day)


def _statuses_in_window(case: Case, on: date, window: int) -> Choice[Result]:
    usable = case.record.dated(("pregnancy-status",)).usable
    return last_in_window(usable, on, window, later_result(("pregnancy-status",)))


def test_ground(result: Result, case: Case) -> Ground:
    """What a pregnancy test, or a recorded pregnancy status, shows."""
    value = result.value
    note = Note("{} {} on {}.", (result.label, value, result.collected))
    if isinstance(value, Sign):
        return Ground(NOT_MET if value.positive else MET, result, note)
    if not isinstance(value, Amount) or result.analyte != "hcg":
        return _unclear(result, Reason.UNREADABLE)
    if value.canonical is None:
        return _unclear(result, Reason.UNIT)
    high = upper_limit(result, value, case.record)
    if isinstance(high, Reason):
        return _unclear(result, high)
    assert high[0].canonical is not None
    negative = within(value, high[0].canonical, "at_most")
    if negative is None:
        return _unclear(result, Reason.COMPARATOR)
    compared = Note("{} <= ULN {} ({})", (value, high[0], high[1]))
    verdict = MET if negative else NOT_MET
    return Ground(verdict, result, note, compared=compared)


def _unclear(result: Result, reason: Reason) -> Ground:
    note = Note("{} {} cannot be read as positive or negative.", (result.label, result.value))
    need = Need(NeedKind.LAB, Note("Obtain a pregnancy test that can be read."))
    return Ground(UNKNOWN, result, note, reason, needs=(need,))


def _positive(choice: Choice[Result], case: Case) -> list[Ground]:
    """What possibly last results contribute to a pregnancy: not met, or unknown where one of several is positive."""
    if not choice.facts:
        return []
    grounds = {id(result): test_ground(result, case) for result in choice.facts}
    positive = [g for g in grounds.values() if g.verdict is NOT_MET]
    if not positive:
        return []
    open_dates = any(not tied for tied in choice.arrangements)
    if len(positive) == len(grounds) and not open_dates:
        return positive
    torn = any(
        len({grounds[id(fact)].verdict for fact in tied}) > 1 for tied in choice.arrangements
    )
    reason = Reason.CONFLICTING if torn else Reason.PARTIAL_DATE
    # Every result that may be the last one keeps the question open, not only the positive one.
    return [g._replace(verdict=UNKNOWN, reason=reason) for g in grounds.values()]


def _positive_preliminary(notes: tuple[Note, ...], results: list[Result]) -> tuple[Note, ...]:
    """Of the warnings, those about a positive result: a preliminary positive test matters here too."""
    positive = {
        r.value for r in results if not r.counts and isinstance(r.value, Sign) and r.value.positive
    }
    return tuple(note for note in notes if any(value in note.args for value in positive))


def _with_doubt(found: Finding, able: Potential) -> Finding:
    """An undecided test where childbearing potential is itself open."""
    reasons = [found.reason]
    if able.reason is not Reason.MISSING:
        reasons.append(able.reason)
    return found._replace(
        reason=first_reason(reasons),
        says=(able.note, *found.says),
        causes=(*found.causes, *able.records),
    )
