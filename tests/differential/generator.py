"""Nasty but plausible evaluate documents, one for every seed.

``make(seed)`` starts mostly from a patient who meets everything and bends one to five things;
sometimes it piles up records at random. Dates lie around the days on which a verdict can turn,
codes come from all the tables, values sit on and beside the limits. Everything is invented.
"""

from __future__ import annotations

from tests.differential.draft import (
    Draft,
    Json,
    decode,
    encode,
)
from tests.differential.invented_conditions import add_condition
from tests.differential.invented_findings import add_ecog, add_histology, add_lesion, add_specimen
from tests.differential.invented_patients import base, bend_envelope, bend_patient, bend_ranges
from tests.differential.invented_results import (
    add_lab,
)
from tests.differential.invented_statements import (
    LABS,
    add_statement,
    add_statements,
    grow_old,
)
from tests.differential.invented_tests import add_pregnancy_status, add_quantitative_hcg, add_test
from tests.differential.invented_therapy import add_drug, add_participation, add_procedure
from tests.differential.trouble import bend_copy, bend_drop, bend_identity, bend_set_aside

STEROIDS = ("steroid, systemic", "steroid, topical", "steroid, either")
TESTS = (
    "pregnancy test, qualitative",
    "pregnancy test, qualitative",
    "hbsag",
    "anti-hcv",
    "hiv screen",
    "hcv rna",
    "hbv dna",
)
BENDS = (
    (10, add_condition),
    (3, lambda d: add_condition(d, d.pick("hepatitis b", "hepatitis c", "hiv"))),
    (3, lambda d: add_condition(d, d.pick("pregnancy", "lactation", "postmenopausal"))),
    (3, lambda d: add_condition(d, d.pick("other solid tumour", "haematological malignancy"))),
    (2, lambda d: add_condition(d, d.pick("non-melanoma skin cancer", "cervix in situ"))),
    (3, lambda d: add_condition(d, d.pick("infection", "arrhythmia", "heart failure"))),
    (2, lambda d: add_condition(d, d.pick("secondary cancer", "brain metastasis"))),
    (2, lambda d: add_condition(d, d.pick("melanoma in situ", "non-cutaneous melanoma"))),
    (8, add_drug),
    (4, lambda d: add_drug(d, "immunotherapy")),
    (5, lambda d: add_drug(d, d.pick(*STEROIDS))),
    (6, add_procedure),
    (4, lambda d: add_procedure(d, "radiotherapy")),
    (3, lambda d: add_procedure(d, "major surgery")),
    (3, add_participation),
    (10, lambda d: add_lab(d, d.pick(*LABS, "granulocytes"))),
    (5, lambda d: add_test(d, d.pick(*TESTS))),
    (2, add_quantitative_hcg),
    (2, add_pregnancy_status),
    (3, add_ecog),
    (7, add_lesion),
    (2, add_histology),
    (1, add_specimen),
    (5, add_statement),
    (14, add_statements),
    (3, grow_old),
    (3, lambda d: add_statement(d, "radiotherapy-washout")),
    (2, lambda d: add_statement(d, "pregnancy-test-negative")),
    (4, bend_patient),
    (4, bend_envelope),
    (3, bend_ranges),
    (5, bend_copy),
    (3, bend_drop),
    (2, bend_set_aside),
    (1, bend_identity),
)


def make(seed: int) -> Json:
    """The evaluate document of the seed; the same seed always gives the same document."""
    draft = Draft(seed)
    weights = [weight for weight, _ in BENDS]
    if draft.chance(0.85):
        base(draft)
        rounds = draft.rng.randint(1, 5)
    else:
        draft.patient.update(birthDate="1984-05-17", gender=draft.pick("male", "female"))
        rounds = draft.rng.randint(4, 22)
    for _ in range(rounds):
        bend = draft.rng.choices(BENDS, weights)[0][1]
        for _ in range(draft.pick(1, 1, 1, 2)):
            bend(draft)
    return decode(encode(draft.document))


__all__ = ["Draft", "base", "decode", "encode", "make"]
