"""The columns of a file of results: the closed list, and what each takes."""

from __future__ import annotations

from typing import Final, NamedTuple


class Column(NamedTuple):
    """One column, and what it takes in words."""

    name: str
    says: str
    needed: bool = False
    example: str = ""


COLUMNS: Final = (
    Column(
        "patient_id",
        "A number by which the source knows the patient. Who is not known is refused: a CSV file makes no patients.",
        needed=True,
        example="MRN-1001",
    ),
    Column(
        "result_id",
        "The laboratory’s number of the result. A later row with the same number and code is its next version. "
        "Left out, the content of the row is its identity.",
        example="R-88001",
    ),
    Column("loinc", "The LOINC code. It, or `local_code`, is needed.", example="777-3"),
    Column("local_code", "The laboratory’s own code: kept, and shown as not recognised."),
    Column("name", "What was measured, in words.", example="Platelets"),
    Column(
        "value",
        "A number with a decimal point, with `<`, `<=`, `>` or `>=` before it where it is a limit; or words such as "
        "`negative`. `1,5` is refused.",
        needed=True,
        example="212",
    ),
    Column(
        "unit",
        "The unit as UCUM or as the laboratory writes it. Without one, a number is unknown.",
        example="10*9/L",
    ),
    Column("ref_low", "The lower limit of the reference range, in the same unit.", example="150"),
    Column("ref_high", "The upper limit of the reference range.", example="400"),
    Column("laboratory", "Which laboratory it was.", example="Core Laboratory"),
    Column(
        "collected",
        "When it was collected (ISO 8601): a day, a month (`2026-11`), or a day with time. A time without offset is "
        "that of the site.",
        needed=True,
        example="2026-11-18T08:30",
    ),
    Column("issued", "When it was issued, written as `collected`.", example="2026-11-18"),
    Column(
        "status",
        "FHIR’s word for it, such as `final`, `corrected`, `preliminary` or `entered-in-error`; left out, it is final.",
        example="final",
    ),
)
NAMES: Final = tuple(column.name for column in COLUMNS)
NEEDED: Final = tuple(column.name for column in COLUMNS if column.needed)
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 2_000
"""Characters of a cell that is read."""
OURS: Final = "refused_"
"""How the columns begin that a file of refused rows has beside those of its own file."""
