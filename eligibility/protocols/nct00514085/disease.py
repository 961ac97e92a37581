"""DISEASE CHARACTERISTICS: the melanoma, its measurement, its tissue, and the brain."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from eligibility.rules.criterion import Attestable, Criterion
from eligibility.rules.kinds.conditions import NeverHad, NoLesionInBrain
from eligibility.rules.kinds.disease import HistologicallyConfirmed, TissueAvailable
from eligibility.rules.kinds.judgement import Stated
from eligibility.rules.kinds.lesions import MeasurableLesion, NoLesionAbove

_HEADING = "DISEASE CHARACTERISTICS"
inclusion = partial(Criterion, type="inclusion", heading=_HEADING)
exclusion = partial(Criterion, type="exclusion", heading=_HEADING)

DISEASE_CHARACTERISTICS = (
    inclusion(
        "histology-cutaneous-melanoma",
        place="disease/1",
        quote="Histologically confirmed cutaneous malignant melanoma",
        title="Cutaneous melanoma, by histology",
        text="Cutaneous malignant melanoma, confirmed by histology (behaviour /3).",
        holds=HistologicallyConfirmed(
            disease=("cutaneous-melanoma",),
            open=("melanoma-site-not-stated",),
            in_situ=("melanoma-in-situ",),
            other=("non-cutaneous-melanoma",),
        ),
        ask="Attach or attest the pathology report that shows cutaneous melanoma.",
        ask_of="chart",
        data="diagnoses; histology result, histology given with the diagnosis, or coded pathology report",
        attestable=Attestable("coordinator"),
    ),
    inclusion(
        "recurrent-or-metastatic-incurable",
        place="disease/1.1",
        quote="Recurrent or metastatic disease that is not curable by surgical or other means",
        title="Recurrent or metastatic, not curable",
        text="Disease has recurred or metastasised, and an investigator states that neither surgery nor other "
        "treatment can cure it.",
        holds=Stated(
            "the recurrent or metastatic disease is not curable by surgery or other means",
            showing=("secondary-cancer",),
        ),
        ask="Investigator: is the recurrent or metastatic disease not curable by surgery or other means?",
        ask_of="attestation",
        data="an investigator's statement; metastases on record are shown",
        attestable=Attestable("investigator"),
    ),
    inclusion(
        "measurable-disease",
        place="disease/2",
        quote="Clinically and/or radiologically documented disease defined as at least one site of disease "
        "unidimensionally measurable ≥ 20 mm by x-ray, physical exam, or nonspiral CT scan OR ≥ 10 mm by "
        "spiral CT scan",
        title="Measurable lesion",
        text="At least one lesion measures ≥ 20 mm by X-ray, physical examination or non-spiral CT, or ≥ 10 mm by "
        "spiral CT.",
        holds=MeasurableLesion("imaging", spiral=Decimal(10), other=Decimal(20)),
        ask="Enter lesion sizes with the method (for CT: spiral or not) from an assessment within the imaging window.",
        ask_of="imaging",
        data="lesion measurements with date and method",
        attestable=Attestable("investigator", validity=28),
    ),
    inclusion(
        "nonbulky-disease",
        place="disease/3",
        quote="Must have nonbulky metastatic disease defined as the largest measurable lesion ≤ 50 mm in maximum "
        "diameter",
        title="No lesion above 50 mm",
        text="The largest measurable lesion is ≤ 50 mm in its longest diameter.",
        holds=NoLesionAbove("imaging", most=Decimal(50)),
        ask="Enter the longest diameter of the largest lesion.",
        ask_of="imaging",
        data="lesion measurements with date and method",
        attestable=Attestable("investigator", validity=28),
    ),
    inclusion(
        "tumor-tissue-available",
        place="disease/4",
        quote="Must have primary diagnosis tumor tissue or previously resected metastatic melanoma tissue available "
        "(i.e., paraffin block or unstained slides)",
        title="Archived tumour tissue",
        text="Tumour tissue from the primary diagnosis or a resected metastasis can be provided: paraffin block or "
        "unstained slides.",
        holds=TissueAvailable(),
        ask="Confirm with pathology that a paraffin block or unstained slides can be released.",
        ask_of="chart",
        data="specimens: type and status",
        attestable=Attestable("coordinator"),
    ),
    exclusion(
        "no-brain-metastases",
        place="disease/5",
        quote="No known brain metastases",
        title="Brain metastases",
        text="No brain metastasis is known, treated ones included.",
        holds=NeverHad(
            ("brain-metastasis",),
            "brain metastasis",
            doubtful=("nervous-system-metastasis",),
            doubt="site-not-stated",
        )
        & NoLesionInBrain(),
        ask="Clarify the suspected brain metastasis with an imaging result.",
        ask_of="imaging",
        data="diagnoses of metastases with their sites; lesions measured in the brain",
        attestable=Attestable("coordinator", validity=28),
        permanent=True,
    ),
)
