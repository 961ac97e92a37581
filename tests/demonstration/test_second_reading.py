"""The invented patients read by the naive evaluator too: a second opinion that knows no engine."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility.demonstration import Invented, catalogue, document, to_json
from patients.intake.strict_json import parse
from tests.differential.compare import disagreements

ON = date(2026, 11, 22)

# Where the two readings may differ, and why; what no longer differs has to be taken off.
DIFFERENT_READINGS = {
    # The naive evaluator reads records and does not look at modifier extensions.
    "unreadable-parts": {
        "(whole answer)",
        "no-prior-chemotherapy",
        "investigational-anticancer-washout",
    },
}


@pytest.mark.parametrize("invented", catalogue(), ids=lambda invented: invented.key)
def test_both_readings_agree(invented: Invented) -> None:
    read = parse(to_json(document(invented.key, on=ON)))
    assert isinstance(read, dict)
    found = disagreements(read, horizon=False)
    expected = DIFFERENT_READINGS.get(invented.key, set())
    assert {each.criterion for each in found} == expected, [str(each) for each in found]
