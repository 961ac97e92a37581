"""A woman who can be registered on 2026-11-25: every criterion met, and nothing to spare.

What is replaced is named: ``ready(platelets=lab("platelets", "80"))``; None takes it away. Her
urine test and the statement on nursing, both of 2026-11-20, lapse first: after 2026-11-27.
"""

from __future__ import annotations

from tests.factories.envelope import attested
from tests.factories.fhir import Resource, condition, patient, specimen
from tests.factories.results import ecog, histology, lab, lesion, qualitative

STATEMENTS = (
    "recurrent-or-metastatic-incurable",
    "life-expectancy-12-weeks",
    "not-pregnant-or-nursing",
    "contraception",
    "no-uncontrolled-illness",
    "no-active-infection",
    "no-symptomatic-chf",
    "no-unstable-angina",
    "no-cardiac-arrhythmia",
    "no-limiting-psychiatric-social",
    "within-2-hour-drive",
)
BY_ABSENCE = (
    "no-brain-metastases",
    "no-hemolytic-disorder",
    "no-sickle-cell-anemia",
    "no-thalassemia",
    "no-autoimmune-hemolytic-anemia",
    "no-other-malignancy-5y",
    "no-hiv-hbv-hcv",
    "no-prior-systemic-metastatic",
    "adjuvant-immunotherapy-washout",
    "no-immunotherapy-metastatic",
    "no-immunotherapy-outside-adjuvant",
    "major-surgery-washout",
    "radiotherapy-washout",
    "investigational-anticancer-washout",
    "no-prior-chemotherapy",
    "no-systemic-corticosteroids",
)


def ready(*more: Resource, **replaced: Resource | None) -> list[Resource]:
    """Her record and the answers about her; more of either, or other ones in their place."""
    record: dict[str, Resource | None] = {
        "patient": patient(),
        "melanoma": condition("C43.59", onset="2024-10-02"),
        "pathology": histology(),
        "metastases": condition("C78.7", onset="2026-09-14"),
        "lesion": lesion("24"),
        "block": specimen(),
        "ecog": ecog("1"),
        "neutrophils": lab("neutrophils", "3.9"),
        "platelets": lab("platelets", "231"),
        "bilirubin": lab("bilirubin", "9", high="20"),
        "creatinine": lab("creatinine", "72", high="90"),
        "ast": lab("ast", "24", high="35"),
        "alt": lab("alt", "30", high="40"),
        "pregnancy_test": qualitative("urine hcg", "negative"),
        **{criterion.replace("-", "_"): attested(criterion) for criterion in STATEMENTS},
    }
    assert set(replaced) <= set(record), set(replaced) - set(record)
    return [one for one in {**record, **replaced}.values() if one is not None] + list(more)
