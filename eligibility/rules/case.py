"""A case: one record under one protocol and one site's policy, ready to be asked about any day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from eligibility.rules.finding import Finding
from eligibility.rules.policy import Policy
from eligibility.rules.record import Record

if TYPE_CHECKING:
    from eligibility.rules.attested import Statements
    from eligibility.rules.criterion import Criterion


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
        self._statements: dict[str, Statements | None] = {}

    def window(self, name: str) -> int:
        """Days of the named policy window."""
        return self._windows[name]

    def statements(self, criterion: Criterion) -> Statements | None:
        """The statements made on a criterion and how they count here, looked up once; None where there are none."""
        try:
            return self._statements[criterion.id]
        except KeyError:
            known = self._statements[criterion.id] = criterion.statements(self)
            return known

    def finding(self, criterion: str, on: date) -> Finding:
        """What another criterion of the same protocol says of this case."""
        return self.criteria[criterion].decide(self, on)
