"""PRIOR CONCURRENT THERAPY, bullets 1, 2.1 and 2.2: what was given before, and for what.

The setting of a course is what its record says: adjuvant, neoadjuvant, palliative. A course that
says nothing, or curative, leaves the question open.
"""

from __future__ import annotations

import pytest

from tests.factories import condition, dose, intended, procedure
from tests.protocols.drug_codes import (
    CHEMOTHERAPY,
    IMMUNO_PROCEDURES,
    IMMUNOTHERAPY,
    NO_ANTICANCER,
    TARGETED,
)
from tests.protocols.given_drugs import DOUBT, course, given_or_not, said
from tests.protocols.verdicts import Case, about, judge, met, never, unknown

SYSTEMIC = "no-prior-systemic-metastatic"
METASTATIC = "no-immunotherapy-metastatic"
OUTSIDE = "no-immunotherapy-outside-adjuvant"
systemic, metastatic, outside = about(SYSTEMIC), about(METASTATIC), about(OUTSIDE)

INTENT = unknown("intent-not-stated")

SYSTEMIC_CASES = [
    *given_or_not(SYSTEMIC, "L01FF02"),
    *(
        row
        for code in [*IMMUNOTHERAPY, *CHEMOTHERAPY, *TARGETED]
        for row in (systemic(f"{code}, palliative", never(), course(code)),)
    ),
    *(
        systemic(f"{code} is no cancer drug we know", met("absence"), course(code))
        for code in NO_ANTICANCER
    ),
    systemic("adjuvant", met(), course(intent="adjuvant")),
    systemic("neoadjuvant", met(), course(intent="neoadjuvant")),
    systemic("curative is no setting", INTENT, course(intent="curative")),
    systemic("no setting", INTENT, course(intent=None)),
    systemic(
        "the setting as STU1 writes it",
        never(),
        course(intent=None, extension=intended("palliative", as_of="mcode-treatment-intent")),
    ),
    systemic(
        "two settings: each applies",
        never(),
        course(intent=None, extension=intended("adjuvant", "palliative")),
    ),
    systemic(
        "one adjuvant, one of no setting",
        INTENT,
        course(intent="adjuvant"),
        course("L01EC02", None),
    ),
    systemic("one of no setting, one palliative", never(), course(intent=None), course("L01EC02")),
    systemic(
        "a doubtful adjuvant course does not matter",
        met("absence"),
        course(intent="adjuvant", status="unknown"),
    ),
    systemic("no setting, explained", met("attestation"), course(intent=None), said(SYSTEMIC)),
    systemic(
        "no setting, given after the statement",
        unknown("newer-than-statement"),
        dose("L01FF02", on="2026-11-21"),
        said(SYSTEMIC),
    ),
    systemic(
        "ended after the statement",
        unknown("newer-than-statement"),
        course(intent=None, end="2026-11-22"),
        said(SYSTEMIC),
    ),
    systemic(
        "a palliative infusion as a procedure",
        never(),
        procedure("367336001", on="2024-02-01", intent="palliative"),
    ),
    systemic("an adjuvant one", met(), procedure("76334006", on="2024-02-01", intent="adjuvant")),
    systemic("an infusion of no setting", INTENT, procedure("38216008", on="2024-02-01")),
    systemic(
        "CPT 96413 is not recognised",
        met("absence"),
        procedure("96413", on="2024-02-01", intent="palliative"),
    ),
    systemic("an encounter for chemotherapy", DOUBT, condition("Z51.11", onset="2024-02-01")),
    systemic("an encounter for immunotherapy", INTENT, condition("Z51.12", onset="2024-02-01")),
    systemic("a history of checkpoint inhibitors", INTENT, condition("Z92.26")),
    systemic("a history of immunosuppression", met("absence"), condition("Z92.25")),
]

IMMUNOTHERAPY_CASES = [
    *given_or_not(METASTATIC, "L01FF02"),
    *given_or_not(OUTSIDE, "L01FF02"),
    *(metastatic(f"{code}, palliative", never(), course(code)) for code in IMMUNOTHERAPY),
    *(
        metastatic(f"{code} is no immunotherapy", met("absence"), course(code))
        for code in [*CHEMOTHERAPY, *TARGETED, *NO_ANTICANCER]
    ),
    *(
        row
        for intent, for_metastatic, anywhere in (
            ("adjuvant", met(), met()),
            ("neoadjuvant", met(), never()),
            ("palliative", never(), never()),
            ("curative", INTENT, INTENT),
            (None, INTENT, INTENT),
        )
        for row in (
            metastatic(f"setting {intent}", for_metastatic, course(intent=intent)),
            outside(f"setting {intent}", anywhere, course(intent=intent)),
        )
    ),
    *(
        outside(
            f"procedure {code}, palliative",
            never(),
            procedure(code, on="2024-02-01", intent="palliative"),
        )
        for code in IMMUNO_PROCEDURES
    ),
    outside("chemotherapy is another bullet", met("absence"), course("L01AX04")),
    outside("an encounter for immunotherapy", INTENT, condition("Z51.12", onset="2024-02-01")),
    outside(
        "an encounter for chemotherapy", met("absence"), condition("Z51.11", onset="2024-02-01")
    ),
    outside("a history of checkpoint inhibitors", INTENT, condition("Z92.26", status="resolved")),
    outside("adjuvant and palliative", never(), course(intent="adjuvant"), course()),
    metastatic("a history of checkpoint inhibitors", INTENT, condition("Z92.26")),
]


@pytest.mark.parametrize("case", [*SYSTEMIC_CASES, *IMMUNOTHERAPY_CASES], ids=str)
def test_earlier_drugs(case: Case) -> None:
    judge(case)
