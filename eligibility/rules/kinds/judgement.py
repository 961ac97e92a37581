"""What only a person can state, and whether the patient is alive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import edges, happened
from eligibility.rules.finding import Evidence, Finding, Need, Note
from eligibility.rules.kinds.conditions import active_conditions
from eligibility.rules.kinds.presence import condition_days
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import EVIDENCE, NOT_MET, UNKNOWN, NeedKind, Reason, Remedy


@named("stated")
@dataclass(frozen=True, slots=True)
class Stated(Statement):
    """Only a person's statement decides; no record can.

    Active conditions of the classes in `quoting` are quoted in the request, and one that is newer than the statement
    re-opens the question. `showing` names classes that are shown as support and re-open nothing.
    """

    what: str
    quoting: tuple[str, ...] = ()
    showing: tuple[str, ...] = ()

    def judge(self, case: Case, on: date) -> Finding:
        if not self.quoting and not self.showing:
            return _to_be_stated(self.what)
        quoted = active_conditions(case, self.quoting, on) if self.quoting else []
        shown = active_conditions(case, self.showing, on) if self.showing else []
        if not quoted and not shown:
            return _to_be_stated(self.what)
        listed = [Note("{} is on record.", (c,)) for c in (*quoted, *shown)]
        needs = tuple(
            Need(NeedKind.ATTESTATION, Note("{} is on record. Does this hold: {}?", (c, self.what)))
            for c in quoted
        )
        return Finding(
            UNKNOWN,
            reason=Reason.NEEDS_STATEMENT,
            says=(Note("Only a person can state it: {}.", (self.what,)), *listed),
            evidence=tuple(Evidence(condition) for condition in (*quoted, *shown)),
            needs=needs,
            causes=tuple(quoted),
        )

    def days(self, case: Case) -> Iterator[date]:
        return condition_days(case.record.conditions((*self.quoting, *self.showing)))

    def words(self) -> str:
        return f"a person states: {self.what}"


@cache
def _to_be_stated(what: str) -> Finding:
    says = (Note("Only a person can state it: {}.", (what,)),)
    return Finding(UNKNOWN, reason=Reason.NEEDS_STATEMENT, says=says)


@named("stated-while-alive")
@dataclass(frozen=True, slots=True)
class StatedWhileAlive(Statement):
    """The patient has not died on or before the day, and a person states it. A recorded death can never be remedied."""

    what: str

    def judge(self, case: Case, on: date) -> Finding:
        person = case.record.facts.person
        died = person.deceased is not None and happened(person.deceased, on)
        if died is False:
            return _to_be_stated(self.what)
        evidence = (Evidence(person),)
        if died is None:
            return Finding(
                UNKNOWN,
                reason=Reason.PARTIAL_DATE,
                says=(Note("Deceased {}: the day decides.", (person.deceased,)),),
                evidence=evidence,
                needs=(Need(NeedKind.CHART, Note("Find the date of death.")),),
                causes=(person,),
            )
        return Finding(
            NOT_MET,
            EVIDENCE,
            says=(Note("Deceased {}.", (person.deceased,)),),
            evidence=evidence,
            remedy=Remedy.NONE,
        )

    def days(self, case: Case) -> Iterator[date]:
        return edges(case.record.facts.person.deceased)

    def words(self) -> str:
        return f"the patient is not recorded as deceased, and a person states: {self.what}"
