"""Invented drugs, procedures and study participations."""

from __future__ import annotations

from tests.differential.draft import (
    SNOMED,
    Draft,
    Json,
    concept,
)
from tests.naive import codes


def intent(draft: Draft) -> list[Json]:
    found = []
    for _ in range(draft.pick(0, 0, 1, 1, 1, 1, 1, 2)):
        words = "procedure-intent treatment-intent"
        url = f"http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-{draft.word(words)}"
        code = draft.pick("373846009", "373846009", "373847000", "363676003", "373808002")
        found.append({"url": url, "valueCodeableConcept": concept(SNOMED, code)})
    return found


ODD_DRUGS = (
    (codes.ATC, "L03AA02"),
    (codes.ATC, "N02BE01"),
    (codes.RXNORM, "5880"),
    (codes.RXNORM, "3098"),
    ("http://hl7.org/fhir/NamingSystem/ca-hc-din", "02410516"),
)


ATC_TAILS = {3: "AB02", 4: "A01", 5: "02", 7: ""}


def drug_code(draft: Draft, name: str | None = None) -> Json:
    name = name or draft.pick(*codes.DRUGS)
    atc, rxnorm = codes.DRUGS[name]
    kind = draft.rng.random()
    if kind < 0.05:
        system, code = draft.pick(*ODD_DRUGS)
    elif name == "targeted" and kind < 0.5:
        system, code = (
            codes.ATC,
            draft.word("L01EC01 L01EC02 L01EE01 L01FA01 L01XX01 L02BG04 L01FX05"),
        )
    elif atc and kind < 0.6:
        code = draft.word(atc)
        system, code = codes.ATC, code + ATC_TAILS[len(code)]
    else:
        system, code = codes.RXNORM, draft.word(rxnorm)
    made = concept(system, code)
    if draft.chance(0.08):
        made["coding"] += drug_code(draft)["coding"]
    return made


def route(draft: Draft) -> Json | None:
    kind = draft.rng.random()
    if kind < 0.35:
        return None
    if kind < 0.42:
        return {"text": "by mouth"}
    listed = sorted(codes.SYSTEMIC_ROUTES | codes.TOPICAL_ROUTES)
    return concept(SNOMED, draft.pick(*listed, "37161004", "12130007", "45890007"))


DRUG_STATUSES = {
    "MedicationAdministration": "in-progress completed completed stopped on-hold unknown not-done "
    "entered-in-error",
    "MedicationStatement": "active active completed completed stopped on-hold unknown intended "
    "not-taken entered-in-error",
    "MedicationRequest": "active active completed completed stopped on-hold unknown draft "
    "cancelled entered-in-error",
}


def add_drug(draft: Draft, name: str | None = None) -> Json:
    kind = draft.pick(*DRUG_STATUSES)
    made = draft.add(kind, status=draft.word(DRUG_STATUSES[kind]))
    coded = drug_code(draft, name)
    how = draft.rng.random()
    if how < 0.8:
        made["medicationCodeableConcept"] = coded
    elif how < 0.9:
        made["contained"] = [{"resourceType": "Medication", "id": "m", "code": coded}]
        made["medicationReference"] = {"reference": "#m"}
    else:
        medication = draft.add("Medication", code=coded)
        made["medicationReference"] = {"reference": f"Medication/{medication['id']}"}
    made["extension"] = intent(draft)
    if kind == "MedicationRequest":
        _finish_order(draft, made)
        return made
    made.update(draft.timing("effective"))
    if kind == "MedicationAdministration" and not any(k.startswith("effective") for k in made):
        made["effectiveDateTime"] = draft.when(draft.past())
    given_by = route(draft)
    if given_by:
        dosage = {"route": given_by}
        made["dosage"] = dosage if kind == "MedicationAdministration" else [dosage]
    return made


def _finish_order(draft: Draft, made: Json) -> None:
    words = "order order order original-order reflex-order filler-order instance-order"
    made["intent"] = draft.word(words + " proposal plan option")
    if draft.chance(0.04):
        made["doNotPerform"] = True
    if not draft.chance(0.2):
        made["authoredOn"] = draft.when(draft.past())
    instructions = []
    for _ in range(draft.pick(0, 1, 1, 1, 2)):
        one: Json = {}
        given_by = route(draft)
        if given_by:
            one["route"] = given_by
        period = draft.timing("x").get("xPeriod")
        if period:
            one["timing"] = {"repeat": {"boundsPeriod": period}}
        instructions.append(one)
    if instructions:
        made["dosageInstruction"] = instructions


def add_procedure(draft: Draft, name: str | None = None) -> Json:
    name = name or draft.pick(*codes.PROCEDURES)
    words = "completed completed completed stopped in-progress on-hold unknown not-done"
    made = draft.add(
        "Procedure",
        status=draft.word(words + " preparation entered-in-error"),
        extension=intent(draft),
    )
    snomed, cpt = codes.PROCEDURES[name]
    if cpt and draft.chance(0.3):
        made["code"] = concept(codes.CPT, draft.word(cpt))
    elif draft.chance(0.9):
        made["code"] = concept(SNOMED, draft.word(snomed))
    else:
        made["code"] = draft.pick({"text": "operation"}, concept(codes.CPT, "96413"))
        made["category"] = concept(SNOMED, draft.pick("387713003", "108290001", "103693007"))
    if draft.chance(0.1):
        made["category"] = concept(SNOMED, draft.pick("387713003", "108290001"))
    made.update(draft.timing("performed"))
    if draft.chance(0.04):
        made["performedString"] = made.pop("performedDateTime", "last year")
        made.pop("performedPeriod", None)
    return made


def add_participation(draft: Draft) -> Json:
    words = (
        "on-study-intervention on-study-intervention off-study withdrawn follow-up on-study "
        "on-study-observation candidate screening ineligible potential-candidate"
    )
    made = draft.add("ResearchSubject", status=draft.word(words))
    kind = draft.rng.random()
    if kind < 0.5:
        made["study"] = {"reference": "ResearchStudy/other"}
    elif kind < 0.6:
        made["study"] = {"reference": f"ResearchStudy/{draft.word('NCT00514085 ind.189')}"}
    elif kind < 0.7:
        made["study"] = {"identifier": {"value": draft.word("nct00514085 IND.189 NCT1")}}
    else:
        number = draft.word("NCT00514085 Ind.189 NCT00000001")
        study = draft.add("ResearchStudy", status="active", identifier=[{"value": number}])
        made["study"] = {"reference": f"ResearchStudy/{study['id']}"}
    period = draft.timing("x").get("xPeriod")
    if period:
        made["period"] = period
    return made
