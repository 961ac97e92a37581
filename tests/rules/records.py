"""Small records for the tests of the language, and nasty ones by seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from eligibility.protocols import get
from eligibility.requests import read_request
from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.finding import Finding
from eligibility.rules.record import Record
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import Basis, Reason, Verdict
from patients.facts import Facts, Person
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import Refused
from tests.differential import generator

PROTOCOL = get("NCT00514085")
ON = date(2026, 11, 25)


@named("test-says")
@dataclass(frozen=True, slots=True)
class Says(Statement):
    """A statement that says what it is told to: the atoms of the truth tables."""

    said: Verdict
    on_basis: Basis | None = Basis.EVIDENCE

    def judge(self, case: Case, on: date) -> Finding:
        if self.said is Verdict.UNKNOWN:
            return Finding(self.said, reason=Reason.MISSING)
        return Finding(self.said, self.on_basis)

    def days(self, case: Case) -> list[date]:
        return []

    def words(self) -> str:
        return str(self.said)


def blank(on: date = ON, **facts: Any) -> Case:
    """A patient of whom nothing is known but what is given."""
    person = facts.pop("person", Person("Patient/1"))
    return PROTOCOL.case(Record(Facts(person, on, **facts)))


class Nasty:
    """A generated record with the day it is asked about."""

    def __init__(self, record: Record, on: date, case: Case) -> None:
        self.record, self.on, self.case = record, on, case


@lru_cache(maxsize=512)
def nasty(seed: int) -> Nasty | None:
    """The record of the differential test's generator for a seed; None where it is refused."""
    raw = generator.encode(generator.make(seed))
    try:
        request = read_request(
            strict_json.parse(raw), on=None, today=lambda _: ON, protocol=PROTOCOL
        )
        policy = PROTOCOL.tightened(request.policy)
        intake = read_bundle(
            request.bundle,
            received_on=request.received_on,
            zone=request.zone,
            set_aside=request.set_aside,
        )
    except (Refused, ValueError):
        return None
    record = Record(intake.facts, request.attestations, request.ranges)
    return Nasty(record, request.on, PROTOCOL.case(record, policy))
