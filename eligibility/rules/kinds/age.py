"""Age on the day, in completed calendar years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import completed_years, edges, elapsed, latest_shifted, plus_years
from eligibility.rules.finding import Evidence, Finding, Need, Note
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import EVIDENCE, MET, NOT_MET, UNKNOWN, NeedKind, Reason


@named("age-at-least")
@dataclass(frozen=True, slots=True)
class AgeAtLeast(Statement):
    """At least `years` old: from the birthday itself. A 29 February birthday falls on 28 February in common years."""

    years: int

    def judge(self, case: Case, on: date) -> Finding:
        person = case.record.facts.person
        birth = person.birth
        if birth is None:
            return Finding(
                UNKNOWN,
                reason=Reason.MISSING,
                says=(Note("No date of birth on record."),),
                needs=(Need(NeedKind.PATIENT, Note("Enter the full date of birth.")),),
            )
        reached = elapsed(birth, on, self._birthday)
        if reached is None:
            return Finding(
                UNKNOWN,
                reason=Reason.PARTIAL_DATE,
                says=(Note("Born {}: the birthday decides.", (birth,)),),
                evidence=(Evidence(person),),
                needs=(Need(NeedKind.PATIENT, Note("Enter the full date of birth.")),),
                causes=(person,),
            )
        says = (Note("Born {}: {} on {}.", (birth, self._age(case, on), on)),)
        if reached:
            return Finding(MET, EVIDENCE, says=says, evidence=(Evidence(person),))
        return Finding(
            NOT_MET,
            EVIDENCE,
            says=says,
            evidence=(Evidence(person),),
            clears_on=latest_shifted(birth, self._birthday),
        )

    def days(self, case: Case) -> Iterator[date]:
        return (self._birthday(day) for day in edges(case.record.facts.person.birth))

    def words(self) -> str:
        return f"age is at least {self.years} years"

    def _birthday(self, birth: date) -> date:
        return plus_years(birth, self.years)

    def _age(self, case: Case, on: date) -> str:
        birth = case.record.facts.person.birth
        if birth is None or birth.first is None or birth.last is None:
            return "age not exact"
        oldest, youngest = completed_years(birth.first, on), completed_years(birth.last, on)
        return f"{oldest} years" if oldest == youngest else f"{youngest} to {oldest} years"
