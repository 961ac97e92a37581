"""The forms of what a site sets of the rules: its windows, and the reference ranges of its laboratories."""

from __future__ import annotations

from tests.refusals.administration import DAY, HERE, REASON, administration_form, at_address
from tests.refusals.kinds import (
    CHOICE_FIELD,
    DAY_FIELD,
    NUMBER_FIELD,
    TAKEN,
    TEN_THOUSAND,
    WHOLE_FIELD,
    Field,
    Kind,
    text,
    worded,
)
from tests.workflow.staffed import PROTOCOL

NO_NUMBER = "Enter a number."
NO_UNIT = "Results of this analyte are not compared in that unit"
DIGITS = "Ensure that there are no more than"


def _days(most: int, empty: str = TAKEN) -> Field:
    said = f"Ensure this value is less than or equal to {most}."
    tries = {**WHOLE_FIELD.tries, "more than there can be": (str(most + 1), said)}
    return Field(Kind(f"days, {most} at most", tries), empty)


def _decimal(required: str, below: str) -> Field:
    others = {TEN_THOUSAND: DIGITS, "-1": below}
    tries = {
        label: (typed, others.get(label, NO_NUMBER))
        for label, (typed, _said) in NUMBER_FIELD.tries.items()
    }
    return Field(Kind("decimal" if required else "age", tries), required)


POLICY = PROTOCOL.policy
FIRST = POLICY.windows[0]
SITE_RULES = (
    administration_form(
        "Set the policy of a site",
        "administration-policy",
        at_address(f"{HERE}rules/policy/"),
        {FIRST.name: "5", "effective_from": "TODAY", "reason": "Our own rule"},
        {
            "effective_from": DAY,
            FIRST.name: _days(FIRST.days, "Nothing would change."),
            **{one.name: _days(one.days) for one in POLICY.windows[1:]},
            **{one.name: Field(CHOICE_FIELD, TAKEN) for one in POLICY.switches},
            "reason": REASON,
        },
    ),
    administration_form(
        "State a reference range",
        "administration-range",
        at_address(f"{HERE}rules/ranges/"),
        {
            "analyte": "creatinine",
            "high": "106",
            "unit": "umol/L",
            "reason": "The laboratory's letter",
        },
        {
            "analyte": Field(CHOICE_FIELD),
            "high": _decimal("This field is required.", "No laboratory has such a limit"),
            "unit": Field(worded(40, NO_UNIT, "unit")),
            "laboratory": Field(text(200), TAKEN),
            "sex": Field(CHOICE_FIELD),
            "age_low": _decimal(TAKEN, "Ensure this value is greater than or equal to 0."),
            "age_high": _decimal(TAKEN, "Ensure this value is greater than or equal to 0."),
            "valid_from": Field(DAY_FIELD, TAKEN),
            "valid_to": Field(DAY_FIELD, TAKEN),
            "reason": REASON,
        },
    ),
)
