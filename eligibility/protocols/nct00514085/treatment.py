"""When a registered patient is treated, and what the registry record says of doses, word for word.

Nothing here is computed from a patient: the record gives a starting dose and no more.
"""

from eligibility.protocols.schedules import Quote, Schedule

_DAYS = (1, 2, 3, 4, 5)

SCHEDULES = (
    Schedule(
        part="A",
        cycle_weeks=8,
        weeks=(1, 3, 5),
        days=_DAYS,
        quote=Quote(
            "Intervention Details",
            "Patients enrolled in Part A will receive treatment daily x 5 on weeks 1, 3, and 5 of an 8 week cycle.",
        ),
    ),
    Schedule(
        part="B",
        cycle_weeks=6,
        weeks=(1, 3),
        days=_DAYS,
        quote=Quote(
            "Intervention Details",
            "Patients enrolled in Part B will receive treatment daily x 5 on weeks 1, and 3 of a 6 week cycle",
        ),
    ),
)

AGENT = "recombinant human interleukin-21"

QUOTES = (
    Quote(
        "Intervention Details, pharmacological study",
        "Starting dose of 50μg/kg/day as an IV push",
    ),
    Quote(
        "Intervention Details, immunohistochemistry staining method",
        "Cycle 1 Day 1 and Cycle 1 Day 29",
    ),
    Quote(
        "Detailed Description",
        "Treatment repeats every 8 weeks in the absence of disease progression or unacceptable toxicity.",
    ),
    Quote(
        "Detailed Description",
        "Patients achieving a complete response (CR) or partial response (PR) receive 2 courses beyond CR or PR. "
        "Patients with stable disease receive a maximum of 3 courses of rIL-21.",
    ),
    Quote(
        "Detailed Description",
        "After completion of study treatment, patients are followed at 4 weeks.",
    ),
)
"""What else the record says of treatment."""
