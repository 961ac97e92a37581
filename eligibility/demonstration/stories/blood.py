"""Haemolytic disorders: a history counts for ever, a trait has to be judged."""

from __future__ import annotations

from eligibility.demonstration.expectations import expires, fails, unknown
from eligibility.demonstration.stories.shelf import Shelf, eligible, ineligible, undetermined
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
OTHER, SICKLE = "no-hemolytic-disorder", "no-sickle-cell-anemia"
THALASSAEMIA, AUTOIMMUNE = "no-thalassemia", "no-autoimmune-hemolytic-anemia"


@SHELF.patient(
    "spherocytosis",
    "Hereditary spherocytosis",
    "Known since childhood.",
    ineligible(fails(OTHER, "none")),
)
def spherocytosis(patient: Patient) -> None:
    patient.condition("hereditary spherocytosis", onset="2009")


@SHELF.patient(
    "enzyme-deficiency-suspected",
    "G6PD deficiency suspected",
    "The enzyme test is still out.",
    undetermined(unknown(OTHER, "provisional")),
)
def enzyme_deficiency_suspected(patient: Patient) -> None:
    patient.unanswered(OTHER).condition("G6PD deficiency", onset=-20, sure="provisional")


@SHELF.patient(
    "sickle-cell-disease",
    "Sickle-cell disease",
    "Without a crisis for years, but a history is a history.",
    ineligible(fails(SICKLE, "none")),
    sex="female",
)
def sickle_cell_disease(patient: Patient) -> None:
    patient.condition("sickle-cell disease", onset=None)


@SHELF.patient(
    "sickle-cell-trait",
    "Sickle-cell trait",
    "A carrier is not ill; an investigator has to say so.",
    undetermined(unknown(SICKLE, "needs-judgement")),
)
def sickle_cell_trait(patient: Patient) -> None:
    patient.unanswered(SICKLE).condition("sickle-cell trait", onset="2001-05")


@SHELF.patient(
    "beta-thalassaemia",
    "Beta thalassaemia",
    "Recorded in 1999.",
    ineligible(fails(THALASSAEMIA, "none")),
    sex="female",
)
def beta_thalassaemia(patient: Patient) -> None:
    patient.condition("beta thalassaemia", onset="1999")


@SHELF.patient(
    "thalassaemia-trait",
    "Thalassaemia trait",
    "Found in a blood count; does the investigator count it?",
    undetermined(unknown(THALASSAEMIA, "needs-judgement")),
)
def thalassaemia_trait(patient: Patient) -> None:
    patient.unanswered(THALASSAEMIA).condition("thalassaemia trait", onset=-1200)


@SHELF.patient(
    "autoimmune-haemolysis-past",
    "Autoimmune haemolysis, long over",
    "Resolved after half a year; the text says no history.",
    ineligible(fails(AUTOIMMUNE, "none"), conflicting=(AUTOIMMUNE,)),
)
def autoimmune_haemolysis_past(patient: Patient) -> None:
    patient.condition("autoimmune haemolysis", onset=-2600, status="resolved", ended=-2400)


@SHELF.patient(
    "autoimmune-haemolysis-suspected",
    "Autoimmune haemolysis suspected",
    "A positive Coombs test, not yet interpreted.",
    undetermined(unknown(AUTOIMMUNE, "provisional")),
)
def autoimmune_haemolysis_suspected(patient: Patient) -> None:
    patient.unanswered(AUTOIMMUNE)
    patient.condition("autoimmune haemolysis", onset=-12, sure="differential")


@SHELF.patient(
    "family-of-carriers",
    "Carrier of several traits, judged",
    "All four haemolytic questions were settled 25 days ago and need a new answer in four days.",
    eligible(*(expires(criterion, 4) for criterion in (OTHER, SICKLE, THALASSAEMIA, AUTOIMMUNE))),
    sex="female",
)
def family_of_carriers(patient: Patient) -> None:
    patient.condition("G6PD deficiency", onset=-60, sure="provisional")
    patient.condition("sickle-cell trait", onset=-60)
    patient.condition("thalassaemia trait", onset=-60)
    patient.condition("autoimmune haemolysis", onset=-60, sure="differential")
    for criterion in (OTHER, SICKLE, THALASSAEMIA, AUTOIMMUNE):
        patient.answer(criterion, ago=25)
