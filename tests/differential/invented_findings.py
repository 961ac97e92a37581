"""Invented ECOG scores, lesions, histology and specimens."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.differential.draft import (
    LOINC,
    SNOMED,
    Draft,
    Json,
    concept,
)
from tests.differential.invented_conditions import condition_code
from tests.differential.invented_results import (
    RESULT_STATUSES,
)
from tests.naive import codes


def add_ecog(draft: Draft) -> Json:
    made = draft.add(
        "Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, "89247-1")
    )
    _add_imaging_day(draft, made)
    kind = draft.rng.random()
    score = draft.pick(0, 0, 1, 2, 2, 3, 3, 4, 5, 7)
    if kind < 0.4:
        made["valueInteger"] = score
    elif kind < 0.6:
        made["valueQuantity"] = {"value": score}
        if draft.chance(0.5):
            made["valueQuantity"]["unit"] = draft.pick("{score}", "mm")
    elif kind < 0.9:
        made["valueCodeableConcept"] = concept(LOINC, draft.pick(*codes.ECOG_ANSWERS, "LA1-1"))
    elif kind < 0.95:
        made["valueString"] = "1"
    else:
        made["dataAbsentReason"] = {"text": "not asked"}
    return made


def _add_imaging_day(draft: Draft, made: Json) -> None:
    days = draft.on - timedelta(days=draft.pick(0, 1, 3, 15, 27, 28, 28, 29, 29, 30, 60, 90, -2))
    if not draft.chance(0.04):
        made["effectiveDateTime"] = draft.when(days)
    if draft.chance(0.3):
        made["issued"] = draft.instant(days + timedelta(days=draft.pick(0, 2)))


METHODS = (
    concept(SNOMED, "363680008"),
    concept(SNOMED, "399208008"),
    concept(SNOMED, "5880005"),
    concept(SNOMED, "77477000", "Spiral CT of the chest"),
    concept(SNOMED, "77477000", "helical CT"),
    concept(SNOMED, "77477000", "Non-spiral CT"),
    concept(SNOMED, "77477000", "nonhelical CT"),
    concept(SNOMED, "77477000"),
    concept(SNOMED, "77477000", "CT thorax"),
    concept(SNOMED, "113091000"),
    concept(SNOMED, "16310003"),
    concept(SNOMED, "82918005"),
)
SIZES = "10 9.999 10.001 20 19.999 20.001 50 50.001 49.999 15 24 60 5 0 501"


def add_lesion(draft: Draft, *, good: bool = False) -> Json:
    value: Json = {"valueQuantity": {"value": Decimal("24"), "unit": "mm"}}
    made = draft.add("Observation", status="final" if good else draft.word(RESULT_STATUSES))
    if good:
        made.update(code=concept(LOINC, "21889-1"), effectiveDateTime=draft.back(15))
        made["component"] = [{"code": concept(LOINC, "33728-7"), **value}]
        made["method"] = METHODS[0]
        return made
    _add_imaging_day(draft, made)
    size = Decimal(draft.word(SIZES))
    quantity = value["valueQuantity"]
    quantity["value"] = size
    if draft.chance(0.3):
        quantity.update(value=size / 10, unit="cm")
    if draft.chance(0.1):
        quantity["comparator"] = draft.pick("<", "<=", ">", ">=")
    if draft.chance(0.05):
        value = draft.pick(
            {"valueQuantity": {"value": size}},
            {"valueString": "2 cm"},
            {"valueQuantity": {"value": "24", "unit": "mm"}},
            {"dataAbsentReason": {"text": "not measurable"}},
        )
    if draft.chance(0.4):
        made.update(code=concept(LOINC, "33728-7"), **value)
    else:
        made["code"] = concept(LOINC, "21889-1")
        made["component"] = [{"code": concept(LOINC, "33728-7"), **value}]
        if draft.chance(0.3):
            other = {"valueQuantity": {"value": 90, "unit": "mm"}}
            made["component"].insert(0, {"code": concept(LOINC, "33729-5"), **other})
    if not draft.chance(0.15):
        made["method"] = draft.pick(*METHODS)
    _add_lesion_place(draft, made)
    return made


def _add_lesion_place(draft: Draft, made: Json) -> None:
    kind = draft.rng.random()
    if kind < 0.35:
        made["focus"] = [{"reference": f"BodyStructure/{draft.word('b1 b2')}"}]
        if not draft.of_kind("BodyStructure") or draft.chance(0.1):
            for name in ("b1", "b2"):
                site = "12738006" if draft.chance(0.1) else "10200004"
                draft.add("BodyStructure", location=concept(SNOMED, site))["id"] = name
    elif kind < 0.7:
        site = draft.pick("10200004", "10200004", "39607008", "83678007")
        made["bodySite"] = concept(SNOMED, site)
    if draft.chance(0.05):
        made["specimen"] = {"reference": "Specimen/s1"}


MORPHOLOGIES = "8720/3 87203 8743/3 8720/2 8720/0 8090/3 8790/3 8800/3"


def add_histology(draft: Draft) -> Json:
    value = concept(draft.pick(*codes.ICDO3), draft.word(MORPHOLOGIES))
    if draft.chance(0.6):
        made = draft.add("Observation", status=draft.word(RESULT_STATUSES))
        made.update(code=concept(LOINC, "31206-6"), valueCodeableConcept=value)
    else:
        words = "final final amended corrected preliminary partial cancelled entered-in-error"
        made = draft.add("DiagnosticReport", status=draft.word(words))
        made["code"] = concept(LOINC, draft.pick("22637-3", "11526-1", "24604-1"))
        value = draft.pick(
            value, condition_code(draft, "cutaneous melanoma"), concept(SNOMED, "1197324006")
        )
        made["conclusionCode"] = [value]
    if not draft.chance(0.1):
        made["effectiveDateTime"] = draft.when()
    return made


def add_specimen(draft: Draft) -> Json:
    made = draft.add("Specimen")
    made["status"] = draft.word("available available unavailable unsatisfactory entered-in-error")
    made["type"] = draft.pick(
        concept(SNOMED, codes.FFPE),
        concept("http://terminology.hl7.org/CodeSystem/v2-0487", "TUMOR"),
    )
    return made
