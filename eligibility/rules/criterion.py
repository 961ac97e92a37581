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
from typing import Literal

from eligibility.rules.attested import Statements
from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import plus_days
from eligibility.rules.finding import Finding, Need, Note
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
    Remedy,
)

Role = Literal["coordinator", "investigator"]


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
            statements = case.statements(self)
            if statements is not None:
                found = statements.with_finding(found, on)
        if found.verdict is UNKNOWN:
            return found._replace(needs=self._needs(found))
        if found.verdict is NOT_MET:
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

    def statements(self, case: Case) -> Statements | None:
        """The statements made on it, with how they count at this site; None where there are none."""
        made = case.record.statements(self.id)
        if self.attestable is None or not made:
            return None
        how = self.attestable
        return Statements(made, how.answers, self.validity(case), how.weighed_inside, case.record)

    def answered_by(self, found: Finding) -> Role | None:
        """Which role may answer, given what was found."""
        if self.attestable is None:
            return None
        if found.reason in self.attestable.investigator_on:
            return "investigator"
        return self.attestable.by

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
