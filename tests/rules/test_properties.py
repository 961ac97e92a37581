"""What holds for every record, whatever is on it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from eligibility.answers import answer, to_json
from eligibility.rules.outlook import look_ahead
from eligibility.rules.protocol import Assessment
from eligibility.rules.record import Record
from eligibility.rules.statement import AllOf, AnyOf, Not, Statement
from eligibility.rules.verdicts import Basis, Reason, Remedy, Verdict
from patients.facts import Facts
from patients.values import Amount, Days
from tests.rules.records import ON, PROTOCOL, Nasty, blank, nasty

seeds = st.integers(min_value=0, max_value=2**31)


def assessed(found: Nasty) -> Assessment:
    return PROTOCOL.assess(found.case, found.on)


def test_nothing_is_established_of_a_blank_record() -> None:
    for finding in PROTOCOL.assess(blank(), ON).findings:
        assert finding.basis in (None, Basis.ABSENCE)
        assert finding.verdict is not Verdict.NOT_MET


@given(seeds)
def test_every_finding_is_whole(seed: int) -> None:
    found = nasty(seed)
    if found is None:
        return
    for criterion, finding in zip(PROTOCOL.criteria, assessed(found).findings, strict=True):
        unknown = finding.verdict is Verdict.UNKNOWN
        failing = finding.verdict is Verdict.NOT_MET
        assert (finding.basis is None) is unknown, criterion.id
        assert (finding.reason is Reason.DECIDED) is not unknown, criterion.id
        assert bool(finding.needs) is unknown, criterion.id
        assert (finding.remedy is not None) is failing, criterion.id
        assert (finding.clears_on is not None) is (finding.remedy is Remedy.TIME), criterion.id
        assert finding.text, criterion.id
        assert failing is False or finding.basis is not Basis.ABSENCE, criterion.id
        if finding.clears_on is not None:
            assert finding.clears_on > found.on, criterion.id


@example(1887)  # one condition tells two courses of a drug
@example(2476)  # one limit is configured in two units
@given(seeds)
def test_the_order_of_facts_and_ranges_does_not_matter(seed: int) -> None:
    found = nasty(seed)
    if found is None:
        return
    mixed = Random(seed)
    for other_way in (lambda held: held[::-1], lambda held: tuple(mixed.sample(held, len(held)))):
        facts = found.record.facts
        other_order: dict[str, Any] = {
            part.name: other_way(held)
            for part in fields(Facts)
            if isinstance(held := getattr(facts, part.name), tuple)
        }
        ranges = other_way(found.record.ranges)
        record = Record(replace(facts, **other_order), found.record.attestations, ranges)
        other = Nasty(record, found.on, PROTOCOL.case(record, found.case.policy))
        assert whole(other) == whole(found)


def whole(found: Nasty) -> str:
    """The answer as bytes would be sent."""
    assessment = assessed(found)
    outlook = look_ahead(PROTOCOL, found.case, assessment)
    return to_json(answer(PROTOCOL, found.case, assessment, outlook, timeline=True))


@given(seeds, st.integers(min_value=0, max_value=180))
def test_the_timeline_is_what_evaluating_each_day_gives(seed: int, ahead: int) -> None:
    found = nasty(seed)
    if found is None:
        return
    outlook = look_ahead(PROTOCOL, found.case, assessed(found))
    day = found.on + timedelta(days=ahead)
    that_day = PROTOCOL.assess(found.case, day)
    for criterion, line, finding in zip(
        PROTOCOL.criteria, outlook.timelines, that_day.findings, strict=True
    ):
        stretch = next(s for s in line if s.first <= day <= s.last)
        assert stretch.sameness == (finding.verdict, finding.basis, finding.reason), criterion.id
    eligible = all(finding.verdict.passes for finding in that_day.findings)
    assert eligible is any(window.first <= day <= window.last for window in outlook.windows)


@given(seeds)
def test_time_alone_changes_nothing_before_the_recheck(seed: int) -> None:
    found = nasty(seed)
    if found is None:
        return
    today = assessed(found)
    recheck = look_ahead(PROTOCOL, found.case, today).recheck_on
    last = recheck - timedelta(days=1) if recheck else found.on + timedelta(days=180)
    later = PROTOCOL.assess(found.case, last)
    assert [f[:3] for f in later.findings] == [f[:3] for f in today.findings]


@given(seeds, seeds)
def test_learning_exact_values_never_overturns_what_is_known(seed: int, choice: int) -> None:
    found = nasty(seed)
    if found is None:
        return
    known = exact(found.record.facts, Random(choice))
    record = Record(known, found.record.attestations, found.record.ranges)
    learnt = PROTOCOL.assess(PROTOCOL.case(record, found.case.policy), found.on)
    for criterion, before, after in zip(
        PROTOCOL.criteria, assessed(found).findings, learnt.findings, strict=True
    ):
        # What rests on a statement was unknown from records, and records may come to decide it.
        if before.verdict is not Verdict.UNKNOWN and before.basis is not Basis.ATTESTATION:
            assert before.verdict.passes is after.verdict.passes, criterion.id
            assert after.verdict is not Verdict.UNKNOWN, criterion.id


def exact(facts: Facts, choose: Random) -> Facts:
    """The facts, with one possible day for every inexact one and one possible value for every bound.

    The same span is given the same day wherever it stands, and what ended did not end before it began.
    """
    days: dict[Days, Days] = {}

    def day_of(span: Days, not_before: date | None) -> Days:
        if span.exact:
            return span
        last = span.last or facts.received_on
        first = max(span.first or last - timedelta(days=4000), not_before or date.min)
        first = min(first, last)
        day = first + timedelta(days=choose.randint(0, (last - first).days))
        return Days(day, day, span.text or day.isoformat())

    def learn(value: Any, not_before: date | None = None) -> Any:
        if isinstance(value, Days):
            if value not in days:
                days[value] = day_of(value, not_before)
            return days[value]
        if isinstance(value, Amount):
            return _valued(value, choose)
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return tuple(learn(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            return _learnt(value)
        return value

    def _learnt(fact: Any) -> Any:
        held = {part.name: getattr(fact, part.name) for part in fields(fact) if part.init}
        begun = learn(held["start"]) if held.get("start") is not None else None
        onset = learn(held["onset"]) if held.get("onset") is not None else None
        after = next((span.first for span in (begun, onset) if span is not None), None)
        return replace(
            fact,
            **{
                name: learn(part, after if name in ("end", "abated") else None)
                for name, part in held.items()
            },
        )

    return replace(
        facts,
        **{
            part.name: learn(getattr(facts, part.name))
            for part in fields(Facts)
            if part.name not in ("notices", "received_on", "dictionary")
        },
    )


def _valued(amount: Amount, choose: Random) -> Amount:
    """One exact value that a bound can mean."""
    if amount.comparator is None or amount.canonical is None or amount.fault is not None:
        return amount
    if amount.comparator in ("<=", ">=") and choose.random() < 0.5:
        return amount._replace(comparator=None)
    factor = choose.choice((2, 3, 10))
    if amount.comparator.startswith("<"):
        return amount._replace(comparator=None, canonical=amount.canonical / factor)
    return amount._replace(comparator=None, canonical=amount.canonical * factor)


leaves = st.sampled_from([criterion.holds for criterion in PROTOCOL.criteria])
statements: st.SearchStrategy[Statement] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a, b: AllOf((a, b)), inner, inner),
        st.builds(lambda a, b: AnyOf((a, b)), inner, inner),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)


@given(statements, seeds)
def test_composed_statements_never_guess(statement: Statement, seed: int) -> None:
    found = nasty(seed)
    if found is None:
        return
    finding = statement.judge(found.case, found.on)
    assert (finding.verdict is Verdict.UNKNOWN) is (finding.reason is not Reason.DECIDED)
    assert (finding.verdict is Verdict.UNKNOWN) is (finding.basis is None)
    if finding.verdict is Verdict.NOT_MET:
        assert finding.basis is not Basis.ABSENCE
    assert statement.words()


@given(statements)
def test_nothing_is_shown_by_a_blank_record_however_composed(statement: Statement) -> None:
    finding = statement.judge(blank(), ON)
    assert finding.verdict is not Verdict.NOT_MET
    assert finding.basis in (None, Basis.ABSENCE)
