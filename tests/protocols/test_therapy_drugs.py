"""PRIOR CONCURRENT THERAPY, bullets 1, 2.1, 2.2 and 6: what was given before, and for what.

The setting of a course is what its record says: adjuvant, neoadjuvant, palliative. A course that
says nothing, or curative, leaves the question open; chemotherapy excludes in every setting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import (
    Resource,
    attested,
    condition,
    dose,
    drug,
    intended,
    order,
    procedure,
    who_icd,
)
from tests.protocols.drug_codes import (
    CHEMO_PROCEDURES,
    CHEMOTHERAPY,
    IMMUNO_PROCEDURES,
    IMMUNOTHERAPY,
    NO_ANTICANCER,
    TARGETED,
)
from tests.protocols.verdicts import (
    Case,
    about,
    judge,
    met,
    never,
    refused_by_a_person,
    unknown,
)

SYSTEMIC = "no-prior-systemic-metastatic"
METASTATIC = "no-immunotherapy-metastatic"
OUTSIDE = "no-immunotherapy-outside-adjuvant"
CHEMO = "no-prior-chemotherapy"
systemic, metastatic, outside, chemo = (about(n) for n in (SYSTEMIC, METASTATIC, OUTSIDE, CHEMO))

INTENT = unknown("intent-not-stated")
DOUBT = unknown("provisional")
LONG_AGO: dict[str, Any] = {"start": "2024-01-10", "end": "2024-06-20"}


def said(criterion: str, answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested(criterion, answer, on=on)


def course(code: str = "L01FF02", intent: str | None = "palliative", **also: Any) -> Resource:
    return drug(code, intent=intent, **{**LONG_AGO, **also})


def given_or_not(name: str, code: str) -> list[Case]:
    """What counts as given: the same for every criterion about earlier drugs."""
    row: Callable[..., Case] = about(name)
    one_dose = {"on": "2024-02-01", "intent": "palliative"}
    prescribed: dict[str, Any] = {"written": "2024-02-01", "intent": "palliative"}
    return [
        row("nothing on record", met("absence")),
        row("confirmed by a coordinator", met("attestation"), said(name)),
        row("confirmed 28 days ago", met("attestation"), said(name, on="2026-10-28")),
        row("confirmed 29 days ago: as if never", met("absence"), said(name, on="2026-10-27")),
        row("told by the patient", refused_by_a_person("none"), said(name, "not_met")),
        row("not applicable is no answer", met("absence"), said(name, "not_applicable")),
        row("a course long ago", never(), course(code)),
        row("a course against the statement", never(conflicts=True), course(code), said(name)),
        row("one dose", never(), dose(code, **one_dose)),
        row(
            "an infusion under way",
            never(),
            dose(code, start="2026-11-25", status="in-progress", intent="palliative"),
        ),
        row("an infusion stopped", never(), dose(code, **one_dose, status="stopped")),
        row("an active order counts as given", never(), order(code, **prescribed)),
        row("a completed order", never(), order(code, **prescribed, status="completed")),
        row("a stopped order", never(), order(code, **prescribed, status="stopped")),
        *(
            row(
                f"an order that is {status}",
                met("absence"),
                order(code, **prescribed, status=status),
            )
            for status in ("draft", "cancelled", "entered-in-error")
        ),
        *(
            row(f"an order that is {status}", DOUBT, order(code, **prescribed, status=status))
            for status in ("on-hold", "unknown")
        ),
        *(
            row(f"an order that is a {kind}", met("absence"), order(code, **prescribed, kind=kind))
            for kind in ("proposal", "plan", "option")
        ),
        *(
            row(f"an {kind}", never(), order(code, **prescribed, kind=kind))
            for kind in ("original-order", "reflex-order", "filler-order", "instance-order")
        ),
        row(
            "an order not to give it", met("absence"), order(code, **prescribed, doNotPerform=True)
        ),
        *(
            row(f"a course that is {status}", met("absence"), course(code, status=status))
            for status in ("not-taken", "intended", "entered-in-error")
        ),
        *(
            row(f"a course that is {status}", DOUBT, course(code, status=status))
            for status in ("on-hold", "unknown")
        ),
        *(
            row(f"a dose that is {status}", met("absence"), dose(code, **one_dose, status=status))
            for status in ("not-done", "entered-in-error")
        ),
        *(
            row(f"a dose that is {status}", DOUBT, dose(code, **one_dose, status=status))
            for status in ("on-hold", "unknown")
        ),
        row("begins on the day", never(), course(code, start="2026-11-25", end=None)),
        row("begins after the day", met("absence"), course(code, start="2026-11-26", end=None)),
        row("no dates at all", never(), drug(code, intent="palliative", status="completed")),
        row("begun this month", never(), course(code, start="2026-11", end=None)),
        row(
            "begun this month, received in the next",
            unknown("partial-date"),
            course(code, start="2026-11", end=None),
            received_on="2026-12-10",
        ),
        row(
            "in doubt, then cleared up",
            met("attestation"),
            dose(code, on="2024-02-01", status="unknown"),
            said(name),
        ),
        row(
            "cleared up, then in doubt",
            unknown("newer-than-statement"),
            dose(code, on="2026-11-21", status="unknown"),
            said(name),
        ),
        row("set aside", met("absence"), course(code, id="x"), set_aside=["MedicationStatement/x"]),
    ]


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


@pytest.mark.parametrize("case", [*SYSTEMIC_CASES, *IMMUNOTHERAPY_CASES, *CHEMO_CASES], ids=str)
def test_earlier_drugs(case: Case) -> None:
    judge(case)
