"""Uncontrolled illness: infection, heart, mind - and answers nobody has given yet."""

from __future__ import annotations

from eligibility.demonstration.expectations import fails, holds, unknown, waits
from eligibility.demonstration.stories.shelf import (
    Shelf,
    eligible,
    ineligible,
    not_yet,
    undetermined,
)
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
ILLNESS, INFECTION = "no-uncontrolled-illness", "no-active-infection"
FAILURE, ANGINA = "no-symptomatic-chf", "no-unstable-angina"
RHYTHM, MIND = "no-cardiac-arrhythmia", "no-limiting-psychiatric-social"
ASKED = (
    "recurrent-or-metastatic-incurable",
    "life-expectancy-12-weeks",
    "contraception",
    ILLNESS,
    INFECTION,
    FAILURE,
    ANGINA,
    RHYTHM,
    MIND,
    "within-2-hour-drive",
)


@SHELF.patient(
    "nothing-answered",
    "All results, no answers",
    "The record is complete; ten questions only a person can answer are open.",
    undetermined(*(unknown(criterion, "needs-statement") for criterion in ASKED)),
    sex="male",
)
def nothing_answered(patient: Patient) -> None:
    patient.statements = []


@SHELF.patient(
    "diabetes-uncontrolled",
    "Diabetes out of control",
    "Judged uncontrolled by the investigator.",
    ineligible(fails(ILLNESS)),
)
def diabetes_uncontrolled(patient: Patient) -> None:
    patient.condition("diabetes", onset=-3000)
    patient.answer(ILLNESS, "not_met")


@SHELF.patient(
    "pneumonia",
    "Pneumonia",
    "Active since last week, with no end recorded.",
    ineligible(fails(INFECTION), conflicting=(INFECTION,)),
)
def pneumonia(patient: Patient) -> None:
    patient.condition("pneumonia", onset=-6)


@SHELF.patient(
    "antibiotics-until-friday",
    "Urinary infection with a planned end",
    "The end of treatment is recorded; from then on everything holds.",
    not_yet(waits(INFECTION, 4), earliest=4, windows=((4, 11),)),
)
def antibiotics_until_friday(patient: Patient) -> None:
    patient.condition("urinary infection", onset=-3, ended=4)


@SHELF.patient(
    "infection-after-the-answer",
    "A possible infection since the answer",
    "Two days ago there was none; cellulitis has been suspected since yesterday.",
    undetermined(unknown(INFECTION, "newer-than-statement")),
)
def infection_after_the_answer(patient: Patient) -> None:
    patient.condition("cellulitis", onset=-1, sure="provisional")


@SHELF.patient(
    "heart-failure-symptomatic",
    "Breathless with heart failure",
    "Stated symptomatic by the investigator.",
    ineligible(fails(FAILURE)),
)
def heart_failure_symptomatic(patient: Patient) -> None:
    patient.condition("heart failure", onset=-900)
    patient.answer(FAILURE, "not_met")


@SHELF.patient(
    "heart-failure-quiet",
    "Heart failure without symptoms",
    "On record since long; stated free of symptoms.",
    eligible(holds(FAILURE, "attestation")),
)
def heart_failure_quiet(patient: Patient) -> None:
    patient.condition("heart failure", onset=-900)


@SHELF.patient(
    "heart-failure-new",
    "Heart failure found after the answer",
    "Recorded yesterday, so the answer of two days ago does not cover it.",
    undetermined(unknown(FAILURE, "newer-than-statement")),
)
def heart_failure_new(patient: Patient) -> None:
    patient.condition("heart failure", onset=-1)


@SHELF.patient(
    "unstable-angina",
    "Unstable angina",
    "Active since eight days.",
    ineligible(fails(ANGINA)),
)
def unstable_angina(patient: Patient) -> None:
    patient.condition("unstable angina", onset=-8)


@SHELF.patient(
    "unstable-angina-ending",
    "Unstable angina, end recorded",
    "The cardiologist recorded the day after tomorrow's discharge as its end.",
    not_yet(waits(ANGINA, 3), earliest=3, windows=((3, 11),)),
)
def unstable_angina_ending(patient: Patient) -> None:
    patient.condition("unstable angina", onset=-8, ended=3)


@SHELF.patient(
    "angina-to-be-clarified",
    "Chest pain to be clarified",
    "Unstable angina is a differential diagnosis, stable angina is known.",
    undetermined(unknown(ANGINA)),
)
def angina_to_be_clarified(patient: Patient) -> None:
    patient.condition("stable angina", onset=-800)
    patient.condition("unstable angina", onset=-2, sure="differential")
    patient.unanswered(ANGINA)


@SHELF.patient(
    "arrhythmia-uncontrolled",
    "Atrial fibrillation, fast",
    "Stated not controlled.",
    ineligible(fails(RHYTHM)),
)
def arrhythmia_uncontrolled(patient: Patient) -> None:
    patient.condition("atrial fibrillation", onset=-500)
    patient.answer(RHYTHM, "not_met")


@SHELF.patient(
    "arrhythmia-not-judged",
    "Atrial fibrillation: controlled?",
    "A record alone cannot tell.",
    undetermined(unknown(RHYTHM, "needs-statement")),
)
def arrhythmia_not_judged(patient: Patient) -> None:
    patient.condition("atrial fibrillation", onset=-500)
    patient.unanswered(RHYTHM)


@SHELF.patient(
    "cannot-keep-visits",
    "Cannot keep the visits",
    "Alone with small children and no car; stated by the coordinator.",
    ineligible(fails(MIND)),
)
def cannot_keep_visits(patient: Patient) -> None:
    patient.answer(MIND, "not_met")


@SHELF.patient(
    "depression-not-judged",
    "Depression: able to comply?",
    "The condition is shown; somebody has to say whether it limits compliance.",
    undetermined(unknown(MIND, "needs-statement")),
    sex="female",
)
def depression_not_judged(patient: Patient) -> None:
    patient.condition("depression", onset=-300)
    patient.unanswered(MIND)
