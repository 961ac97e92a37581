"""Invented statements by people."""

from __future__ import annotations

from tests.differential.draft import (
    Draft,
    Json,
)
from tests.naive import statements
from tests.naive.codes import words

AGES = (0, 0, 1, 5, 6, 7, 8, 20, 27, 28, 29, 30, 60, 90, 400, -1, -5, -30)


def add_statement(draft: Draft, criterion: str | None = None) -> None:
    criterion = criterion or draft.pick(*statements.ALLOWED)
    answer = draft.pick("met", "met", "met", "not_met", "not_applicable")
    more: Json = {}
    if criterion == "radiotherapy-washout" and draft.chance(0.4):
        more["detail"] = "low-dose-exception"
    draft.attest(criterion, answer, draft.pick(*AGES), **more)


def add_statements(draft: Draft) -> None:
    """Several statements about criteria that records often leave open."""
    chosen = draft.pick(*OFTEN_OPEN)
    for _ in range(draft.pick(1, 2, 2, 3)):
        add_statement(draft, chosen)


def grow_old(draft: Draft) -> None:
    """The first results or statements were longer ago."""
    results = draft.of_kind("Observation")
    if results and draft.chance(0.5):
        for result in draft.rng.sample(results, k=1):
            result["effectiveDateTime"] = draft.back(draft.pick(7, 8, 14, 15, 28, 29))
            result.pop("effectivePeriod", None)
            result.pop("effectiveInstant", None)
    elif draft.document["attestations"]:
        old = draft.pick(*draft.document["attestations"])
        old["stated_on"] = draft.back(draft.pick(7, 8, 28, 29, 60))


OFTEN_OPEN = words(
    "histology-cutaneous-melanoma measurable-disease nonbulky-disease no-brain-metastases "
    "not-pregnant-or-nursing pregnancy-test-negative contraception no-active-infection "
    "no-symptomatic-chf no-cardiac-arrhythmia no-limiting-psychiatric-social "
    "no-other-malignancy-5y no-hiv-hbv-hcv no-prior-systemic-metastatic "
    "adjuvant-immunotherapy-washout no-immunotherapy-metastatic "
    "no-immunotherapy-outside-adjuvant major-surgery-washout radiotherapy-washout "
    "investigational-anticancer-washout no-prior-chemotherapy no-systemic-corticosteroids "
    "life-expectancy-12-weeks"
)
NEEDED = words(
    "recurrent-or-metastatic-incurable life-expectancy-12-weeks not-pregnant-or-nursing "
    "contraception no-uncontrolled-illness no-active-infection no-symptomatic-chf "
    "no-unstable-angina no-cardiac-arrhythmia no-limiting-psychiatric-social within-2-hour-drive"
)
LABS = ("neutrophils", "platelets", "bilirubin", "creatinine", "ast", "alt")
