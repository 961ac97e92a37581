"""Operations and radiotherapy."""

from __future__ import annotations

from eligibility.demonstration.expectations import expires, fails, holds, unknown, waits
from eligibility.demonstration.stories.shelf import (
    Shelf,
    eligible,
    ineligible,
    not_yet,
    undetermined,
)
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
SURGERY, RADIATION = "major-surgery-washout", "radiotherapy-washout"


@SHELF.patient(
    "appendix-out",
    "Appendix out three weeks ago",
    "Six days to go, and everything else holds.",
    not_yet(waits(SURGERY, 6), earliest=6, windows=((6, 11),)),
)
def appendix_out(patient: Patient) -> None:
    patient.procedure("appendectomy", -22)


@SHELF.patient(
    "operated-28-days-ago",
    "Operated 28 days ago",
    "The 28th day is enough.",
    eligible(holds(SURGERY, "evidence")),
)
def operated_28_days_ago(patient: Patient) -> None:
    patient.procedure("axillary dissection", -28)


@SHELF.patient(
    "on-the-table",
    "Being operated on",
    "The operation has begun and no end is recorded.",
    ineligible(fails(SURGERY)),
)
def on_the_table(patient: Patient) -> None:
    patient.procedure("lung lobectomy", 0, status="in-progress")


@SHELF.patient(
    "excision-of-unknown-extent",
    "An excision ten days ago",
    "Large or small? If large, it is too recent.",
    undetermined(unknown(SURGERY, "extent-not-stated")),
)
def excision_of_unknown_extent(patient: Patient) -> None:
    patient.procedure("excision", -10)


@SHELF.patient(
    "operated-in-some-month",
    "An operation of which only the month is known",
    "Four weeks ago, or a little less.",
    undetermined(unknown(SURGERY, "partial-date")),
)
def operated_in_some_month(patient: Patient) -> None:
    patient.procedure("appendectomy", _containing_days_28_and_27_ago(patient))


def _containing_days_28_and_27_ago(patient: Patient) -> str | None:
    """Return the partial date that leaves four weeks open (None, no date, around New Year)."""
    for precision in (patient.month, patient.year):
        if precision(-28) == precision(-27):
            return precision(-28)
    return None


@SHELF.patient(
    "operation-without-date",
    "An operation without a date",
    "Stated to be long past 26 days ago; the answer lapses in three days.",
    eligible(expires(SURGERY, 3)),
)
def operation_without_date(patient: Patient) -> None:
    patient.procedure("appendectomy")
    patient.answer(SURGERY, ago=26)


@SHELF.patient(
    "irradiated-recently",
    "Radiotherapy ended ten days ago",
    "Four weeks have to pass, and then somebody has to state recovery.",
    not_yet(waits(RADIATION, 18), earliest=18, windows=()),
)
def irradiated_recently(patient: Patient) -> None:
    patient.unanswered(RADIATION).procedure("radiotherapy", -24, until=-10)


@SHELF.patient(
    "recovered-but-too-soon",
    "Recovered, but too soon",
    "Recovery was stated yesterday; five days of the four weeks are left.",
    not_yet(waits(RADIATION, 5), earliest=5, windows=((5, 11),)),
)
def recovered_but_too_soon(patient: Patient) -> None:
    patient.procedure("radiotherapy", -30, until=-23)
    patient.answer(RADIATION, ago=1)


@SHELF.patient(
    "low-dose-exception",
    "Low-dose radiotherapy last week",
    "The investigator stated the exception: low dose, marrow spared, recovered.",
    eligible(holds(RADIATION, "attestation")),
)
def low_dose_exception(patient: Patient) -> None:
    patient.procedure("radiotherapy", -10, until=-8)
    patient.answer(RADIATION, ago=2, detail="low-dose-exception")


@SHELF.patient(
    "recovery-not-stated",
    "Radiotherapy long over, recovery not stated",
    "Two months have passed; nobody has said that he has recovered.",
    undetermined(unknown(RADIATION, "needs-statement")),
    sex="male",
)
def recovery_not_stated(patient: Patient) -> None:
    patient.unanswered(RADIATION).procedure("radiotherapy", -74, until=-60)


@SHELF.patient(
    "recovery-stated-too-early",
    "Recovery stated before the last fraction",
    "A statement made during the course says nothing about its end.",
    undetermined(unknown(RADIATION)),
)
def recovery_stated_too_early(patient: Patient) -> None:
    patient.procedure("radiotherapy", -74, until=-60)
    patient.answer(RADIATION, ago=65)


@SHELF.patient(
    "under-radiation",
    "Radiotherapy going on",
    "Begun five days ago, no end recorded.",
    ineligible(fails(RADIATION)),
)
def under_radiation(patient: Patient) -> None:
    patient.unanswered(RADIATION).procedure("radiotherapy", -5, status="in-progress")


@SHELF.patient(
    "irradiated-at-some-time",
    "Irradiated at some time",
    "A history code without a date.",
    undetermined(unknown(RADIATION)),
    sex="female",
)
def irradiated_at_some_time(patient: Patient) -> None:
    patient.unanswered(RADIATION).condition("history of irradiation", onset=None, status=None)
