"""Childbearing potential, from records on or before the day (shared by the three criteria that depend on it)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from eligibility.rules.case import Case
from eligibility.rules.days import edges, happened
from eligibility.rules.finding import Note
from eligibility.rules.kinds.presence import Activity, active_on, condition_days
from eligibility.rules.verdicts import Reason
from patients.facts import Condition, Operation, Result

_EXPECTING = ("pregnancy", "lactation")
_TESTS = ("pregnancy-test", "hcg")
_ORGANS_ABSENT = ("uterus-absent", "ovaries-absent")
_REMOVALS = ("hysterectomy", "bilateral-oophorectomy")

Source = Condition | Operation | Result


class Potential(NamedTuple):
    """Whether the patient can conceive: True, False, or None with the reason."""

    possible: bool | None
    note: Note
    reason: Reason = Reason.DECIDED
    records: tuple[Source, ...] = ()


def potential(case: Case, on: date) -> Potential:
    """Childbearing potential on the day.

    A man has none, unless his record speaks of pregnancy. A woman has, unless uterus or both ovaries are absent or she
    is past the menopause; tubal ligation does not change it. Anything else is unknown.
    """
    person = case.record.facts.person
    if person.sex == "female":
        return _of_woman(case, on)
    if person.sex == "male":
        contrary = _speaks_of_pregnancy(case, on)
        if contrary:
            note = Note(
                "Recorded as male, with a record of pregnancy, nursing or a pregnancy test."
            )
            return Potential(None, note, Reason.CONFLICTING, tuple(contrary))
        return Potential(False, Note("Male."))
    if person.sex_note == "contradictory":
        return Potential(
            None, Note("The recorded sexes contradict each other."), Reason.CONFLICTING
        )
    return Potential(None, Note("Sex is not recorded as female or male."), Reason.MISSING)


def _of_woman(case: Case, on: date) -> Potential:
    known, maybe = infertile_records(case, on)
    if known:
        note = Note("{} is on record.", (known[0],))
        return Potential(False, note, records=tuple(known))
    if maybe:
        note = Note("{}: its date decides.", (maybe[0],))
        return Potential(None, note, Reason.PARTIAL_DATE, tuple(maybe))
    return Potential(True, Note("Female, with no record that rules out pregnancy."))


def infertile_records(case: Case, on: date) -> tuple[list[Source], list[Source]]:
    """Records that rule out pregnancy for certain on the day, and those that may, their dates not being exact."""
    dated: list[tuple[Source, bool | None]] = [
        (operation, performed(operation, on))
        for operation in case.record.operations(_REMOVALS)
        if operation.completed and not operation.uncertain
    ]
    dated += [
        (condition, happened(condition.onset, on))
        for condition in case.record.conditions(_ORGANS_ABSENT)
        if not condition.provisional
    ]
    dated += [(condition, past) for condition, past in _menopause(case, on)]
    known = [source for source, by_then in dated if by_then]
    return known, [source for source, by_then in dated if by_then is None]


def performed(operation: Operation, on: date) -> bool | None:
    """Whether an operation has been brought to its end on or before the day; None when its date decides."""
    return happened(operation.end or operation.start, on)


def postmenopausal(case: Case, on: date) -> bool:
    """Whether an active postmenopausal status is on record for certain."""
    return any(past for _, past in _menopause(case, on))


def _menopause(case: Case, on: date) -> list[tuple[Condition, bool | None]]:
    found: list[tuple[Condition, bool | None]] = []
    for condition in case.record.conditions(("postmenopausal",)):
        presence = active_on(condition, on)
        if condition.provisional or presence.activity is Activity.NO:
            continue
        if presence.activity is Activity.YES:
            found.append((condition, True))
        elif presence.reason is Reason.PARTIAL_DATE:
            found.append((condition, None))
    return found


def _speaks_of_pregnancy(case: Case, on: date) -> list[Source]:
    conditions: list[Source] = [
        condition
        for condition in case.record.conditions(_EXPECTING)
        if active_on(condition, on).activity is not Activity.NO
    ]
    tests: list[Source] = [
        test
        for test in case.record.results(_TESTS)
        if test.counts and happened(test.collected, on) is not False
    ]
    return conditions + tests


def potential_days(case: Case) -> Iterator[date]:
    """Where childbearing potential can change."""
    record = case.record
    yield from condition_days(record.conditions((*_EXPECTING, *_ORGANS_ABSENT, "postmenopausal")))
    yield from edges(*(test.collected for test in record.results(_TESTS)))
    for operation in record.operations(_REMOVALS):
        yield from edges(operation.start, operation.end)
