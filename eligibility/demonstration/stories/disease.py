"""Age, the melanoma itself, its tissue, and the brain."""

from __future__ import annotations

from datetime import date, timedelta

from eligibility.demonstration.days import years_after
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
HISTOLOGY, BRAIN = "histology-cutaneous-melanoma", "no-brain-metastases"
INCURABLE, TISSUE = "recurrent-or-metastatic-incurable", "tumor-tissue-available"


def _born_to_be_eighteen(on: date) -> date:
    return years_after(on + timedelta(days=6), -18)


def _eighteenth_birthday(on: date) -> date:
    return years_after(_born_to_be_eighteen(on), 18)


@SHELF.patient(
    "seventeen",
    "Eighteen next week",
    "Everything else holds; the birthday opens the window.",
    not_yet(waits("age-18", _eighteenth_birthday), earliest=_eighteenth_birthday),
    sex="male",
)
def seventeen(patient: Patient) -> None:
    patient.born(_born_to_be_eighteen(patient.on))


@SHELF.patient(
    "eighteen-today",
    "Eighteen today",
    "The birthday itself counts.",
    eligible(holds("age-18", "evidence")),
    sex="male",
)
def eighteen_today(patient: Patient) -> None:
    patient.born(years_after(patient.on, -18))


@SHELF.patient(
    "birth-year-only",
    "Only the year of birth is known",
    "Sixty or sixty-one: grown up on every day of that year.",
    eligible(holds("age-18", "evidence")),
)
def birth_year_only(patient: Patient) -> None:
    patient.born(str(patient.on.year - 61))


@SHELF.patient(
    "birth-date-missing",
    "Date of birth missing",
    "Registered in an emergency; the age cannot be told.",
    undetermined(unknown("age-18", "missing")),
)
def birth_date_missing(patient: Patient) -> None:
    patient.born(None)


@SHELF.patient(
    "melanoma-of-the-eye",
    "Melanoma of the eye",
    "The only melanoma on record is uveal, which the trial does not take.",
    ineligible(fails(HISTOLOGY, "none")),
)
def melanoma_of_the_eye(patient: Patient) -> None:
    patient.without("melanoma", "wide excision", "axillary dissection")
    patient.condition("melanoma of choroid", onset=-600)


@SHELF.patient(
    "in-situ-only",
    "Melanoma in situ, and a metastasis",
    "The invasive primary is on nobody's list; behaviour /2 confirms nothing.",
    undetermined(unknown(HISTOLOGY)),
)
def in_situ_only(patient: Patient) -> None:
    patient.without("melanoma").condition("melanoma in situ", onset=-600)
    patient.histology("in situ", when=-596)


@SHELF.patient(
    "unknown-primary",
    "Metastatic melanoma, primary never found",
    "The code says melanoma but not that it began in the skin.",
    undetermined(unknown(HISTOLOGY, "site-not-stated")),
)
def unknown_primary(patient: Patient) -> None:
    patient.without("melanoma", "wide excision").condition("melanoma of unknown primary", onset=-80)


@SHELF.patient(
    "histology-not-on-record",
    "Histology not on record",
    "Operated elsewhere; the pathology report has to be sent for.",
    undetermined(unknown(HISTOLOGY, "missing")),
)
def histology_not_on_record(patient: Patient) -> None:
    patient.without("histology", "pathology report")


@SHELF.patient(
    "histology-read-by-coordinator",
    "Histology read on paper",
    "The report of another province was read and stated by the coordinator.",
    eligible(holds(HISTOLOGY, "attestation")),
)
def histology_read_by_coordinator(patient: Patient) -> None:
    patient.without("histology", "pathology report").answer(HISTOLOGY, ago=20)


@SHELF.patient(
    "still-curable",
    "The metastasis can be resected",
    "The investigator holds the disease for curable by surgery.",
    ineligible(fails(INCURABLE)),
)
def still_curable(patient: Patient) -> None:
    patient.answer(INCURABLE, "not_met")


@SHELF.patient(
    "curability-not-judged",
    "Curability not judged yet",
    "Stage IV is on record, but only an investigator can say not curable.",
    undetermined(unknown(INCURABLE, "needs-statement")),
)
def curability_not_judged(patient: Patient) -> None:
    patient.unanswered(INCURABLE)


@SHELF.patient(
    "tissue-not-found",
    "No tissue on record",
    "Pathology has to be asked for a block or slides.",
    undetermined(unknown(TISSUE, "missing")),
)
def tissue_not_found(patient: Patient) -> None:
    patient.without("tumour block")


@SHELF.patient(
    "tissue-used-up",
    "The tissue is used up",
    "The block is exhausted and the coordinator stated that nothing is left.",
    ineligible(fails(TISSUE)),
)
def tissue_used_up(patient: Patient) -> None:
    patient.resources["tumour block"]["status"] = "unavailable"
    patient.answer(TISSUE, "not_met")


@SHELF.patient(
    "brain-metastasis-treated",
    "Brain metastasis, treated",
    "Resolved after radiosurgery long ago, but known is known; the confirmation says otherwise.",
    ineligible(fails(BRAIN, "none"), conflicting=(BRAIN,)),
    offered=True,
)
def brain_metastasis_treated(patient: Patient) -> None:
    patient.condition("brain metastasis", onset=-300, status="resolved", ended=-120)


@SHELF.patient(
    "brain-metastasis-suspected",
    "Brain metastasis suspected",
    "A provisional diagnosis waits for the scan.",
    undetermined(unknown(BRAIN, "provisional")),
)
def brain_metastasis_suspected(patient: Patient) -> None:
    patient.condition("brain metastasis", onset=-4, sure="provisional")
    patient.unanswered(BRAIN)


@SHELF.patient(
    "brain-suspicion-after-answer",
    "Suspicion newer than the answer",
    "Two days ago nobody knew of a brain metastasis; yesterday one was suspected.",
    undetermined(unknown(BRAIN, "newer-than-statement")),
)
def brain_suspicion_after_answer(patient: Patient) -> None:
    patient.condition("brain metastasis", onset=-1, sure="differential")


@SHELF.patient(
    "brain-suspicion-cleared",
    "Suspicion cleared, answer about to lapse",
    "The suspicion was cleared 25 days ago; the answer has to be renewed after 28.",
    eligible(expires(BRAIN, 4)),
)
def brain_suspicion_cleared(patient: Patient) -> None:
    patient.condition("brain metastasis", onset=-40, sure="unconfirmed")
    patient.answer(BRAIN, ago=25)


@SHELF.patient(
    "nervous-system-site-open",
    "Metastasis somewhere in the nervous system",
    "The code does not say whether the brain is meant.",
    undetermined(unknown(BRAIN, "site-not-stated")),
)
def nervous_system_site_open(patient: Patient) -> None:
    patient.condition("nervous system metastasis", onset=-30)
    patient.unanswered(BRAIN)


@SHELF.patient(
    "brain-lesion-measured",
    "A lesion was measured in the cerebellum",
    "No diagnosis says so, but somebody measured a brain lesion.",
    undetermined(unknown(BRAIN, "needs-judgement")),
)
def brain_lesion_measured(patient: Patient) -> None:
    patient.lesion("cerebellar lesion", 8, ago=30, method="MRI", site="cerebellum")
    patient.unanswered(BRAIN)
