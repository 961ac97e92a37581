"""A case: one record under one protocol and one site's policy, ready to be asked about any day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from eligibility.rules.finding import Finding
from eligibility.rules.policy import Policy
from eligibility.rules.record import Record

if TYPE_CHECKING:
    from eligibility.rules.criterion import Counting, Criterion


class Case:
    """What a statement is judged on."""

    __slots__ = (
        "_statements",
        "_windows",
        "criteria",
        "policy",
        "record",
        "switches",
        "validities",
    )

    def __init__(self, record: Record, policy: Policy, criteria: Mapping[str, Criterion]) -> None:
        self.record = record
        self.policy = policy
        self.criteria = criteria
        self._windows = {window.name: window.days for window in policy.windows}
        self.switches = {switch.name: switch.value for switch in policy.switches}
        self.validities = dict(policy.validities)
        self._statements: dict[str, list[Counting]] = {}

    def window(self, name: str) -> int:
        """Days of the named policy window."""
        return self._windows[name]

    def statements(self, criterion: Criterion) -> list[Counting]:
        """The statements on a criterion that can count here, the latest first; worked out once."""
        known = self._statements.get(criterion.id)
        if known is None:
            known = criterion.counting(self.record, criterion.validity(self))
            self._statements[criterion.id] = known
        return known

    def finding(self, criterion: str, on: date) -> Finding:
        """What another criterion of the same protocol says of this case."""
        return self.criteria[criterion].decide(self, on)
