"""Invented pregnancy tests and serology."""

from __future__ import annotations

import json

from tests.differential.draft import (
    LOINC,
    SNOMED,
    Draft,
    Json,
    concept,
)
from tests.differential.invented_results import (
    RESULT_STATUSES,
    add_collection,
    decimal,
)
from tests.naive import codes

QUALITATIVE = (
    {"valueCodeableConcept": concept(SNOMED, "260385009")},
    {"valueCodeableConcept": concept(SNOMED, "260415000")},
    {"valueCodeableConcept": concept(SNOMED, "10828004")},
    {"valueCodeableConcept": concept(SNOMED, "260373001")},
    {"valueString": "Negative"},
    {"valueString": "Not detected"},
    {"valueString": "NON-REACTIVE"},
    {"valueString": "positive"},
    {"valueString": "Detected"},
    {"valueString": "weakly positive"},
    {"valueString": "indeterminate"},
    {"valueQuantity": {"value": 3, "unit": "mIU/mL"}},
    {"dataAbsentReason": {"text": "haemolysed"}},
)
NUMBERS = (
    {"valueQuantity": {"value": 0, "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 150, "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 15, "comparator": "<", "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 0, "comparator": ">", "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 10, "comparator": ">="}},
)


def add_test(draft: Draft, analyte: str) -> Json:
    code = draft.word(codes.OBSERVATIONS[analyte])
    made = draft.add("Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, code))
    add_collection(draft, made)
    if analyte in ("hcv rna", "hbv dna") and draft.chance(0.5):
        made.update(json.loads(json.dumps(draft.pick(*NUMBERS))))
    else:
        made.update(json.loads(json.dumps(draft.pick(*QUALITATIVE))))
    if analyte not in ("pregnancy test, qualitative",) and draft.chance(0.3):
        made["effectiveDateTime"] = draft.when(draft.past())
        made.pop("effectivePeriod", None)
        made.pop("effectiveInstant", None)
    return made


def add_quantitative_hcg(draft: Draft) -> Json:
    code = draft.word(codes.OBSERVATIONS["pregnancy test, quantitative"])
    made = draft.add("Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, code))
    add_collection(draft, made)
    ucum = {"system": "http://unitsofmeasure.org"}
    unit = {"unit": "IU/L", "code": "[IU]/L", **ucum}
    made["valueQuantity"] = {"value": draft.pick(1, 5, decimal("5.01"), 250), **unit}
    if draft.chance(0.15):
        made["valueQuantity"]["comparator"] = draft.pick("<", "<=", ">", ">=")
    if draft.chance(0.05):
        del made["valueQuantity"]
        made["valueString"] = "negative"
    high = draft.pick(unit, unit, unit, {}, {"unit": "mIU/mL", "code": "m[IU]/mL", **ucum})
    if not draft.chance(0.2):
        made["referenceRange"] = [{"high": {"value": 5, **high}}]
    return made


def add_pregnancy_status(draft: Draft) -> Json:
    made = draft.add(
        "Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, "82810-3")
    )
    add_collection(draft, made)
    value = draft.pick("77386006", "60001007", "60001007", "261665006")
    made["valueCodeableConcept"] = concept(SNOMED, value)
    return made
