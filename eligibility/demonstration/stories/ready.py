"""Patients who can be registered, and until when."""

from __future__ import annotations

from eligibility.demonstration.expectations import expires, holds, spared, waits
from eligibility.demonstration.stories.shelf import Shelf, eligible, not_yet
from eligibility.demonstration.usual import ABSENT, Patient

SHELF = Shelf()


@SHELF.patient(
    "meets-everything",
    "Meets everything",
    "Every criterion holds and is confirmed; blood counts three days old set the window.",
    eligible(expires("platelets", 12), windows=((0, 11),), possible=((0, 180),), confirm=()),
    sex="male",
    offered=True,
)
def meets_everything(patient: Patient) -> None:
    """Leave the usual patient as he is."""


@SHELF.patient(
    "meets-everything-woman",
    "Meets everything, after the menopause",
    "Pregnancy test and contraception do not apply to her.",
    eligible(
        spared("pregnancy-test-negative", "evidence"),
        spared("not-pregnant-or-nursing", "evidence"),
        spared("contraception", "evidence"),
        windows=((0, 11),),
    ),
    sex="female",
)
def meets_everything_woman(patient: Patient) -> None:
    """Leave the usual patient as she is."""


@SHELF.patient(
    "fertile-woman",
    "Of childbearing potential, tested yesterday",
    "The pregnancy test and the answer about nursing hold a week only.",
    eligible(
        expires("pregnancy-test-negative", 7),
        expires("not-pregnant-or-nursing", 6),
        holds("contraception", "attestation"),
        windows=((0, 5),),
    ),
    sex="female",
)
def fertile_woman(patient: Patient) -> None:
    patient.fertile(tested=1)


@SHELF.patient(
    "nobody-confirmed",
    "Nothing stands against him, nobody confirmed it",
    "Fifteen criteria rest on there being no record; each has to be confirmed before signing.",
    eligible(
        *(holds(criterion, "absence") for criterion in ABSENT if "washout" not in criterion),
        spared("adjuvant-immunotherapy-washout", "absence"),
        spared("radiotherapy-washout", "absence"),
        confirm=ABSENT,
        windows=((0, 11),),
    ),
    sex="male",
    offered=True,
)
def nobody_confirmed(patient: Patient) -> None:
    patient.unanswered(*ABSENT)


_BLOOD = ("granulocytes", "platelets", "bilirubin-normal", "creatinine", "ast-alt")


@SHELF.patient(
    "results-about-to-lapse",
    "Blood results about to lapse",
    "Collected 13 days ago: eligible today and tomorrow, then everything has to be repeated.",
    eligible(*(expires(criterion, 2) for criterion in _BLOOD), windows=((0, 1),)),
)
def results_about_to_lapse(patient: Patient) -> None:
    patient.labs_taken(13)


@SHELF.patient(
    "scan-about-to-lapse",
    "Scan about to lapse",
    "Scan of 26 and performance status of 27 days ago, of the 28 allowed.",
    eligible(
        expires("measurable-disease", 3),
        expires("nonbulky-disease", 3),
        expires("ecog-0-2", 2),
        windows=((0, 1),),
    ),
)
def scan_about_to_lapse(patient: Patient) -> None:
    patient.scanned(26)
    patient.ecog(1, ago=27)


_STATED = (
    "life-expectancy-12-weeks",
    "no-uncontrolled-illness",
    "no-active-infection",
    "no-symptomatic-chf",
    "no-unstable-angina",
    "no-cardiac-arrhythmia",
    "no-limiting-psychiatric-social",
)


@SHELF.patient(
    "answers-about-to-lapse",
    "Answers about to lapse",
    "Everything was asked 26 days ago; an answer holds 28.",
    eligible(*(expires(criterion, 3) for criterion in _STATED), windows=((0, 2),)),
)
def answers_about_to_lapse(patient: Patient) -> None:
    patient.statements_made(26)


@SHELF.patient(
    "on-every-line",
    "Exactly on every line",
    "Each result equals its limit and is as old as allowed; one tenth more or a day later fails.",
    eligible(
        *(expires(criterion, 1) for criterion in _BLOOD),
        expires("measurable-disease", 1),
        expires("nonbulky-disease", 1),
        expires("ecog-0-2", 1),
        windows=((0, 0),),
    ),
)
def on_every_line(patient: Patient) -> None:
    patient.lab("neutrophils", "1.50")
    patient.lab("platelets", "100")
    patient.lab("bilirubin", "20.0")
    patient.lab("creatinine", "159", high="106")
    patient.lab("ast", "87.5", high="35")
    patient.lab("alt", "100", high="40")
    patient.labs_taken(14)
    patient.lesion("liver lesion", "5.0", unit="cm", ago=28)
    patient.lesion("lung nodule", 10, ago=28)
    patient.ecog(2, ago=28)


@SHELF.patient(
    "other-units",
    "Results from across the border",
    "Counts per microlitre, mass concentrations and microkatals say the same as SI units.",
    eligible(*(holds(criterion, "evidence") for criterion in _BLOOD)),
)
def other_units(patient: Patient) -> None:
    patient.lab("neutrophils", "3900", unit="/uL", low="1800", high="7700")
    patient.lab("platelets", "231", unit="10*3/uL", low="150", high="400")
    patient.lab("bilirubin-mass", name="bilirubin")
    patient.lab("creatinine-mass", name="creatinine")
    patient.lab("ast", "0.40", unit="ukat/L", low="0.17", high="0.58")
    written = patient.lab("alt", "30")
    written["valueQuantity"] = {"value": 30, "unit": "IU/L"}


@SHELF.patient(
    "wash-out-then-repeat",
    "Wash-out ends after the blood results lapse",
    "Lung operation 20 days ago, blood results of 10 days ago: never both good, so plan a repeat.",
    not_yet(
        waits("major-surgery-washout", 8),
        expires("platelets", 5),
        earliest=8,
        windows=(),
        possible=((8, 180),),
    ),
    offered=True,
)
def wash_out_then_repeat(patient: Patient) -> None:
    patient.procedure("lung lobectomy", -20)
    patient.labs_taken(10)


@SHELF.patient(
    "planned-steroids",
    "Five days of prednisone are planned",
    "Eligible before and after the course, not during it.",
    eligible(
        expires("no-systemic-corticosteroids", 5),
        windows=((0, 4), (10, 13)),
        possible=((0, 4), (10, 180)),
    ),
)
def planned_steroids(patient: Patient) -> None:
    patient.order("prednisone", -1, start=5, end=9, route="oral")
    patient.labs_taken(1)
