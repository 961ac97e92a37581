"""What counts as a given drug: the same rows for every criterion about earlier drugs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.factories import Resource, attested, dose, drug, order
from tests.protocols.verdicts import Case, about, met, never, refused_by_a_person, unknown

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
