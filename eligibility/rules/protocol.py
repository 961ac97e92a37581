"""A protocol version: every criterion of a trial, its policy, and the digest that names exactly this wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from eligibility.rules.canonical import digest, dumps
from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.criterion import Criterion
from eligibility.rules.finding import Finding
from eligibility.rules.policy import Policy
from eligibility.rules.record import Record
from eligibility.rules.verdicts import ABSENCE, NOT_MET, UNKNOWN, Status


@dataclass(frozen=True, slots=True)
class Assessment:
    """All findings of one record on one day, in the order of the protocol."""

    on: date
    criteria: tuple[Criterion, ...]
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        """Ineligible before not yet before undetermined before eligible."""
        failing = [found for found in self.findings if found.verdict is NOT_MET]
        if failing:
            never = any(found.clears_on is None for found in failing)
            return Status.INELIGIBLE if never else Status.NOT_YET
        if any(found.verdict is UNKNOWN for found in self.findings):
            return Status.UNDETERMINED
        return Status.ELIGIBLE

    @property
    def to_confirm(self) -> tuple[str, ...]:
        """Criteria that rest on absence and that nobody has confirmed yet."""
        return tuple(
            criterion.id
            for criterion, found in zip(self.criteria, self.findings, strict=True)
            if criterion.confirm and found.basis is ABSENCE
        )


@named("protocol")
@dataclass(frozen=True, slots=True)
class Protocol:
    """A trial's eligibility as one frozen value. Its canonical JSON is what a version stores and what is evaluated."""

    trial: str
    version: str
    title: str
    criteria: tuple[Criterion, ...]
    policy: Policy
    _by_id: dict[str, Criterion] = field(init=False, repr=False, compare=False, hash=False)
    _digest: list[str] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_id = {criterion.id: criterion for criterion in self.criteria}
        if len(by_id) != len(self.criteria):
            raise ValueError("two criteria have the same id")
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_digest", [])

    def criterion(self, name: str) -> Criterion:
        """The criterion of that id.

        Raises:
            KeyError: if the protocol has none.
        """
        return self._by_id[name]

    def case(self, record: Record, policy: Policy | None = None) -> Case:
        """A record, ready to be asked under this protocol and, where given, a site's tightened policy."""
        return Case(record, policy or self.policy, self._by_id)

    def assess(self, case: Case, on: date) -> Assessment:
        """All findings of the case on one day."""
        findings = tuple([criterion.decide(case, on) for criterion in self.criteria])
        return Assessment(on, self.criteria, findings)

    def tightened(self, given: Mapping[str, Any]) -> Policy:
        """The policy with a site's values.

        Raises:
            PolicyFault: where a value is unknown, of the wrong type, or looser than the protocol's.
        """
        validities = {
            c.id: c.attestable.validity for c in self.criteria if c.attestable is not None
        }
        return self.policy.tightened(given, validities)

    def canonical(self) -> str:
        """Canonical JSON of the whole protocol version."""
        return dumps(self)

    def digest(self) -> str:
        """SHA-256 over the canonical JSON: it changes with every word, number and unit."""
        if not self._digest:
            # Nothing of a frozen value changes, and working it out costs more than an assessment.
            self._digest.append(digest(self))
        return self._digest[0]
