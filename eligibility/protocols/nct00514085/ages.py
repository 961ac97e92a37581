"""The structured field "Ages Eligible for Study" of the registry record."""

from __future__ import annotations

from eligibility.rules.criterion import Criterion
from eligibility.rules.kinds.age import AgeAtLeast

AGES = (
    Criterion(
        "age-18",
        type="inclusion",
        place="field/ages",
        heading="Ages Eligible for Study",
        quote="18 Years and older (Adult, Older Adult)",
        title="Age 18 or older",
        text="At least 18 years old on the day of registration; no upper limit.",
        holds=AgeAtLeast(18),
        ask="Enter the full date of birth.",
        ask_of="patient",
        data="date of birth",
    ),
)
