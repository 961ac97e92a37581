"""Other cancers, viruses, and the way to the centre."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from eligibility.demonstration.days import years_after
from eligibility.demonstration.expectations import expires, fails, holds, unknown, waits
from eligibility.demonstration.people import FAR_AWAY
from eligibility.demonstration.stories.shelf import (
    Shelf,
    eligible,
    ineligible,
    not_yet,
    undetermined,
)
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
CANCER, VIRUS, DRIVE = "no-other-malignancy-5y", "no-hiv-hbv-hcv", "within-2-hour-drive"


def _five_years_after(days_ago: int) -> Callable[[date], date]:
    return lambda on: years_after(on - timedelta(days=days_ago), 5)


@SHELF.patient(
    "breast-cancer-long-ago",
    "Breast cancer, five years ago to the day",
    "The day itself is outside the five years.",
    eligible(holds(CANCER, "evidence")),
    sex="female",
)
def breast_cancer_long_ago(patient: Patient) -> None:
    ended = years_after(patient.on, -5).isoformat()
    patient.condition("breast cancer", onset=-3000, status="resolved", ended=ended)


@SHELF.patient(
    "lymphoma-nearly-five-years",
    "Lymphoma, nearly five years ago",
    "The five years are over within days; no statement shortens them.",
    not_yet(
        waits(CANCER, _five_years_after(1820)),
        earliest=_five_years_after(1820),
        conflicting=(CANCER,),
    ),
)
def lymphoma_nearly_five_years(patient: Patient) -> None:
    patient.condition("lymphoma", onset=-2100, status="remission", ended=-1820)


@SHELF.patient(
    "lymphoma-two-years-ago",
    "Lymphoma two years ago",
    "Not yet, and not for three years.",
    not_yet(waits(CANCER, _five_years_after(700)), windows=()),
)
def lymphoma_two_years_ago(patient: Patient) -> None:
    patient.condition("lymphoma", onset=-1000, status="resolved", ended=-700)


@SHELF.patient(
    "prostate-cancer-active",
    "Prostate cancer under observation",
    "Active, so neither treated nor free of disease.",
    ineligible(fails(CANCER)),
    sex="male",
)
def prostate_cancer_active(patient: Patient) -> None:
    patient.condition("prostate cancer", onset=-300)


@SHELF.patient(
    "basal-cell-not-judged",
    "Basal cell carcinoma last year",
    "Exempt if adequately treated, which somebody has to state.",
    undetermined(unknown(CANCER, "needs-judgement")),
)
def basal_cell_not_judged(patient: Patient) -> None:
    patient.condition("basal cell carcinoma", onset=-400, status="resolved", ended=-380)
    patient.unanswered(CANCER)


@SHELF.patient(
    "basal-cell-judged",
    "Basal cell carcinoma, adequately treated",
    "The investigator stated it.",
    eligible(holds(CANCER, "attestation")),
)
def basal_cell_judged(patient: Patient) -> None:
    patient.condition("basal cell carcinoma", onset=-400, status="resolved", ended=-380)


@SHELF.patient(
    "basal-cell-since",
    "A second basal cell carcinoma since",
    "The statement covers the one of last year, not yesterday's.",
    undetermined(unknown(CANCER, "newer-than-statement")),
)
def basal_cell_since(patient: Patient) -> None:
    basal_cell_judged(patient)
    patient.condition("basal cell carcinoma", name="another basal cell carcinoma", onset=-1)


@SHELF.patient(
    "cervix-in-situ",
    "Carcinoma in situ of the cervix",
    "Treated within the five years; curatively?",
    undetermined(unknown(CANCER, "needs-judgement")),
    sex="female",
)
def cervix_in_situ(patient: Patient) -> None:
    patient.condition("cervix in situ", onset=-640, status="resolved", ended=-600)
    patient.unanswered(CANCER)


@SHELF.patient(
    "cancer-in-a-history-code",
    "A personal history of breast cancer",
    "The code says that it was, not when.",
    undetermined(unknown(CANCER)),
    sex="female",
)
def cancer_in_a_history_code(patient: Patient) -> None:
    patient.unanswered(CANCER).condition("history of breast cancer", onset=None)


@SHELF.patient(
    "hiv",
    "HIV infection",
    "Whatever the clinical status, it is known.",
    ineligible(fails(VIRUS, "none")),
)
def hiv(patient: Patient) -> None:
    patient.condition("HIV", onset=-3000, status="inactive")


@SHELF.patient(
    "hepatitis-b-antigen",
    "Hepatitis B surface antigen positive",
    "No diagnosis yet, but the last antigen test is positive.",
    ineligible(fails(VIRUS)),
)
def hepatitis_b_antigen(patient: Patient) -> None:
    patient.test("hbsag", "positive", ago=33)


@SHELF.patient(
    "hepatitis-c-antibody-only",
    "Hepatitis C antibody without RNA",
    "Positive for years; is the virus still there?",
    undetermined(unknown(VIRUS, "needs-confirmation")),
)
def hepatitis_c_antibody_only(patient: Patient) -> None:
    patient.unanswered(VIRUS).test("anti-hcv", "positive", ago=2800)


@SHELF.patient(
    "hepatitis-c-cleared",
    "Hepatitis C cleared",
    "The antibody stays, the RNA was looked for later and not found.",
    eligible(holds(VIRUS, "evidence")),
)
def hepatitis_c_cleared(patient: Patient) -> None:
    patient.test("anti-hcv", "positive", ago=2800)
    patient.test("hcv-rna", "not detected", ago=2500)


@SHELF.patient(
    "hepatitis-b-resolved",
    "Hepatitis B, resolved long ago",
    "No DNA test shows that it is gone.",
    undetermined(unknown(VIRUS, "needs-judgement")),
)
def hepatitis_b_resolved(patient: Patient) -> None:
    patient.condition("hepatitis B", onset=-5000, status="resolved", ended=-4800)
    patient.unanswered(VIRUS)


@SHELF.patient(
    "hepatitis-b-judged",
    "Hepatitis B, resolved and judged",
    "An investigator stated it cleared 26 days ago; the answer lapses in three days.",
    eligible(expires(VIRUS, 3)),
)
def hepatitis_b_judged(patient: Patient) -> None:
    patient.condition("hepatitis B", onset=-5000, status="resolved", ended=-4800)
    patient.answer(VIRUS, ago=26)


@SHELF.patient(
    "hiv-screen-positive",
    "HIV screening positive, not confirmed",
    "A screening test alone does not make an infection known.",
    undetermined(unknown(VIRUS, "needs-confirmation")),
    sex="female",
)
def hiv_screen_positive(patient: Patient) -> None:
    patient.unanswered(VIRUS).test("hiv", "positive", ago=12)


@SHELF.patient(
    "lives-too-far",
    "Lives eight hours away",
    "Thunder Bay; could stay with family, which would be a new answer.",
    ineligible(fails(DRIVE)),
)
def lives_too_far(patient: Patient) -> None:
    patient.lives_in(FAR_AWAY)
    patient.answer(DRIVE, "not_met")


@SHELF.patient(
    "drive-not-confirmed",
    "Driving time not confirmed",
    "The postal code suggests it, a person has to say it.",
    undetermined(unknown(DRIVE, "needs-statement")),
)
def drive_not_confirmed(patient: Patient) -> None:
    patient.unanswered(DRIVE)
