"""PRIOR CONCURRENT THERAPY, bullet 6: no chemotherapy ever, systemic or regional.

The setting does not matter and neither does the disease.
"""

from __future__ import annotations

import pytest

from tests.factories import condition, procedure, who_icd
from tests.protocols.drug_codes import (
    CHEMO_PROCEDURES,
    CHEMOTHERAPY,
    IMMUNOTHERAPY,
    NO_ANTICANCER,
    TARGETED,
)
from tests.protocols.given_drugs import DOUBT, course, given_or_not
from tests.protocols.verdicts import Case, about, judge, met, never

CHEMO = "no-prior-chemotherapy"
chemo = about(CHEMO)

CHEMO_CASES = [
    *given_or_not(CHEMO, "L01AX04"),
    *(chemo(f"{code}", never(), course(code)) for code in CHEMOTHERAPY),
    *(
        chemo(f"{code} is no chemotherapy", met("absence"), course(code))
        for code in [*IMMUNOTHERAPY, *TARGETED, *NO_ANTICANCER]
    ),
    *(
        chemo(f"setting {intent}", never(), course("L01AX04", intent))
        for intent in ("adjuvant", "neoadjuvant", "palliative", "curative", None)
    ),
    *(
        chemo(f"procedure {code}", never(), procedure(code, on="2019-02-01"))
        for code in CHEMO_PROCEDURES
    ),
    chemo("an immunotherapy procedure", met("absence"), procedure("76334006", on="2019-02-01")),
    chemo(
        "a procedure that was not done",
        met("absence"),
        procedure("367336001", on="2019-02-01", status="not-done"),
    ),
    chemo(
        "a procedure in preparation",
        met("absence"),
        procedure("367336001", on="2019-02-01", status="preparation"),
    ),
    chemo(
        "a procedure, nobody knows whether",
        DOUBT,
        procedure("367336001", on="2019-02-01", status="unknown"),
    ),
    chemo("CPT 96413 is not recognised", met("absence"), procedure("96413", on="2019-02-01")),
    chemo("a history of chemotherapy", never(), condition("Z92.21")),
    chemo("a history, resolved", never(), condition("Z92.21", status="resolved")),
    chemo("a history as the WHO codes it", never(), condition(who_icd("Z92.6"))),
    chemo("a history suspected", DOUBT, condition("Z92.21", verification="provisional")),
    chemo("an encounter for chemotherapy", DOUBT, condition("Z51.11", onset="2019-02-01")),
    chemo("Z51.1 of four characters", DOUBT, condition(who_icd("Z51.1"), onset="2019-02-01")),
    chemo(
        "an encounter for immunotherapy", met("absence"), condition("Z51.12", onset="2019-02-01")
    ),
    chemo("an encounter after the day", met("absence"), condition("Z51.11", onset="2026-12-01")),
]


@pytest.mark.parametrize("case", CHEMO_CASES, ids=str)
def test_chemotherapy(case: Case) -> None:
    judge(case)
