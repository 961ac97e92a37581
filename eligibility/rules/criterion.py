"""A criterion: one requirement of the protocol, what it means, and who may answer it.

`Criterion.decide` puts what the records say together with what people have stated, in this order of precedence:

1. stated *not met* decides, even against the records (the conflict is shown);
2. *not met* from the records decides, even against a statement (the conflict is shown);
3. where the records leave it open, a statement settles it - unless a record that left it open is newer;
4. what is met by absence becomes met by attestation;
5. what is met by evidence stays so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import plus_days
from eligibility.rules.finding import Evidence, Finding, Need, Note
from eligibility.rules.record import Attestation, Record
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import Basis, NeedKind, Reason, Remedy, Verdict

Role = Literal["coordinator", "investigator"]


class Counting(NamedTuple):
    """A statement with the first and the last day on which it counts, and its words, put together once."""

    first: date
    last: date
    statement: Attestation
    says: tuple[Note, ...]
    evidence: tuple[Evidence, ...]


_FOR_STATEMENTS = (
    Reason.NEEDS_STATEMENT,
    Reason.ATTESTATION_EXPIRED,
    Reason.NEWER_THAN_STATEMENT,
    Reason.NEEDS_JUDGEMENT,
)


@named("attestable")
@dataclass(frozen=True, slots=True)
class Attestable:
    """Who may answer a criterion, how, and for how long an answer counts."""

    by: Role
    validity: int | None = None
    """Days after the day it was stated, inclusive; None: it does not expire. A *not met* never expires."""
    answers: tuple[str, ...] = ("met", "not_met")
    investigator_on: tuple[str, ...] = ()
    """Reasons of an unknown that only an investigator may settle, though `by` is the coordinator."""
    weighed_inside: bool = False
    """The statement itself decides for which records a stated *met* counts."""


@named("criterion")
@dataclass(frozen=True, slots=True)
class Criterion:
    """A requirement, worded so that *met* is good, with its place in the registry text."""

    id: str
    type: Literal["inclusion", "exclusion"]
    place: str
    """Section and bullet of the registry text, e.g. ``therapy/2.1``; ``field/ages`` for the structured field."""
    heading: str
    quote: str
    """The registry's words, verbatim."""
    title: str
    text: str
    """The requirement in our words, with every number, unit and exception."""
    holds: Statement
    ask: str
    ask_of: Literal["patient", "chart", "lab", "imaging", "attestation"]
    data: str
    """Which data it reads, in words."""
    attestable: Attestable | None = None
    permanent: bool = False
    """A failure can never change (remedy *none*), unless its ground says otherwise."""
    confirm: bool = True
    """What is met by absence has to be confirmed by a person before anything is signed."""

    def decide(self, case: Case, on: date) -> Finding:
        """Records and statements together, on one day."""
        found = self.holds.judge(case, on)
        if self.attestable is not None:
            found = self._with_statements(found, self.attestable, case, on)
        if found.verdict is Verdict.UNKNOWN:
            return found._replace(needs=self._needs(found))
        if found.verdict is Verdict.NOT_MET:
            return found._replace(remedy=self._remedy(found))
        return found

    def days(self, case: Case) -> Iterator[date]:
        """The days on which time alone could change the decision."""
        yield from self.holds.days(case)
        validity = self.validity(case)
        for statement in case.record.statements(self.id):
            yield statement.stated_on
            if validity is not None:
                yield plus_days(statement.stated_on, validity + 1)

    def validity(self, case: Case) -> int | None:
        """Days for which an answer counts at this site; None without expiry."""
        if self.attestable is None:
            return None
        return case.validities.get(self.id, self.attestable.validity)

    def statement_on(self, case: Case, on: date) -> tuple[Counting | None, Counting | None]:
        """The statement that counts on a day, and the last one when its validity is over (else None)."""
        if self.attestable is None:
            return None, None
        lapsed = None
        for counting in case.statements(self):
            if counting.first > on:
                continue
            if on <= counting.last:
                return counting, lapsed
            # Of those made by now the first one met is the last one stated.
            lapsed = lapsed or counting
        return None, lapsed

    def counting(self, record: Record, validity: int | None) -> list[Counting]:
        """The statements whose answer is allowed, with the days on which they count, the latest first."""
        if self.attestable is None:
            return []
        return [
            Counting(
                statement.stated_on,
                date.max
                if validity is None or statement.answer == "not_met"
                else plus_days(statement.stated_on, validity),
                statement,
                (_stated(statement),),
                (Evidence(statement),),
            )
            for statement in reversed(record.statements(self.id))
            if statement.answer in self.attestable.answers
        ]

    def answered_by(self, found: Finding) -> Role | None:
        """Which role may answer, given what was found."""
        if self.attestable is None:
            return None
        if found.reason in self.attestable.investigator_on:
            return "investigator"
        return self.attestable.by

    def _with_statements(
        self, found: Finding, attestable: Attestable, case: Case, on: date
    ) -> Finding:
        counting, lapsed = self.statement_on(case, on)
        if counting is None:
            if found.verdict is not Verdict.UNKNOWN or lapsed is None:
                return found
            newer = _newer(found, lapsed.statement, case.record)
            return found if newer else _lapsed(found, lapsed)
        answer = counting.statement.answer
        if answer == "not_met":
            return _stated_not_met(found, counting)
        if found.verdict is Verdict.NOT_MET:
            return _against_statement(found, counting.statement)
        if found.verdict is Verdict.UNKNOWN:
            inside = attestable.weighed_inside and answer == "met"
            return found if inside else _settled(found, counting, case.record)
        if found.basis is Basis.ABSENCE:
            return found._replace(
                basis=Basis.ATTESTATION,
                says=found.says + counting.says,
                evidence=found.evidence + counting.evidence,
            )
        return found

    def _needs(self, found: Finding) -> tuple[Need, ...]:
        asked = Need(NeedKind(self.ask_of), Note(self.ask))
        if found.reason not in _FOR_STATEMENTS or self.attestable is None:
            return found.needs or (asked,)
        if any(need.kind is NeedKind.ATTESTATION for need in found.needs):
            return found.needs
        personal = self.ask_of in ("patient", "attestation")
        ask = Note(self.ask) if personal else Note("State whether this holds: {}", (self.text,))
        return (Need(NeedKind.ATTESTATION, ask), *found.needs)

    def _remedy(self, found: Finding) -> Remedy:
        if found.clears_on is not None:
            return Remedy.TIME
        return found.remedy or (Remedy.NONE if self.permanent else Remedy.NEW_DATA)


_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def _stated(statement: Attestation) -> Note:
    said = statement.answer.replace("_", " ")
    if statement.by:
        return Note("Stated {} by {} on {}.", (said, statement.by, statement.stated_on))
    return Note("Stated {} on {}.", (said, statement.stated_on))


def _stated_not_met(found: Finding, counting: Counting) -> Finding:
    statement, conflicts = counting.statement, found.conflicts
    if found.verdict.passes and found.basis is Basis.EVIDENCE:
        conflicts += (
            Note("Stated not met on {}, while the records show otherwise.", (statement.stated_on,)),
        )
    return Finding(
        Verdict.NOT_MET,
        Basis.ATTESTATION,
        says=counting.says,
        evidence=counting.evidence + found.evidence,
        # What can never change does not become changeable because somebody said so too.
        remedy=found.remedy if found.verdict is Verdict.NOT_MET else None,
        conflicts=conflicts,
        warnings=found.warnings,
        others=found.others,
    )


def _against_statement(found: Finding, statement: Attestation) -> Finding:
    said = statement.answer.replace("_", " ")
    conflict = Note(
        "Stated {} on {}, but a record decides against it.", (said, statement.stated_on)
    )
    return found._replace(conflicts=(*found.conflicts, conflict))


def _newer(found: Finding, statement: Attestation, record: Record) -> bool:
    """Whether a record that leaves the question open is newer than the statement, by its dates or by its arrival."""
    for cause in found.causes:
        if cause.own is not None and cause.own > statement.stated_on:
            return True
        if record.arrived and record.arrived_after(cause, statement):
            return True
    return False


def _settled(found: Finding, counting: Counting, record: Record) -> Finding:
    statement = counting.statement
    if _newer(found, statement, record):
        return found._replace(
            reason=Reason.NEWER_THAN_STATEMENT,
            says=(
                *found.says,
                Note("The statement of {} is older than this record.", (statement.stated_on,)),
            ),
        )
    return Finding(
        _VERDICTS[statement.answer],
        Basis.ATTESTATION,
        says=counting.says,
        evidence=counting.evidence + found.evidence,
        conflicts=found.conflicts,
        warnings=found.warnings,
        others=found.others,
    )


def _lapsed(found: Finding, lapsed: Counting) -> Finding:
    note = Note("The statement of {} counted until {}.", (lapsed.first, lapsed.last))
    return found._replace(
        reason=Reason.ATTESTATION_EXPIRED,
        says=(*found.says, note),
        evidence=found.evidence + lapsed.evidence,
        lapses=(lapsed.last - lapsed.first).days,
    )
