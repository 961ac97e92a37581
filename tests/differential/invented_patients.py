"""The patient who meets everything, and other patients, envelopes and reference ranges."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.differential.draft import (
    LOINC,
    SNOMED,
    Draft,
    Json,
    concept,
    status,
)
from tests.differential.invented_findings import add_lesion
from tests.differential.invented_results import (
    NORMAL_HIGH,
    UNITS,
    add_lab,
    decimal,
)
from tests.differential.invented_statements import (
    LABS,
    NEEDED,
)
from tests.naive import codes, dates


def base(draft: Draft) -> None:
    """A patient who meets every criterion on the day."""
    draft.patient.update(birthDate="1984-05-17", gender=draft.pick("male", "female"))
    melanoma = draft.add("Condition", code=concept(codes.ICD10CM, "C43.59"))
    melanoma["clinicalStatus"] = status("clinical", "active")
    melanoma["verificationStatus"] = status("ver-status", "confirmed")
    melanoma["onsetDateTime"] = "2024-10-02"
    histology = draft.add("Observation", status="final", code=concept(LOINC, "31206-6"))
    histology["valueCodeableConcept"] = concept(codes.ICDO3[0], "8720/3")
    histology["effectiveDateTime"] = "2024-10-09"
    draft.add("Specimen", status="available", type=concept(SNOMED, codes.FFPE))
    add_lesion(draft, good=True)
    ecog = draft.add("Observation", status="final", code=concept(LOINC, "89247-1"))
    ecog.update(valueInteger=draft.pick(0, 1, 2), effectiveDateTime=draft.back(7))
    for analyte in LABS:
        add_lab(draft, analyte, good=True)
    if draft.patient["gender"] == "female":
        test = draft.add("Observation", status="final", code=concept(LOINC, "2106-3"))
        test.update(
            valueCodeableConcept=concept(SNOMED, "260385009"), effectiveDateTime=draft.back(3)
        )
    for criterion in NEEDED:
        draft.attest(criterion, "met", draft.pick(0, 1, 5))


def bend_patient(draft: Draft) -> None:
    patient = draft.patient
    kind = draft.rng.random()
    if kind < 0.3:
        eighteenth = dates.add_years(draft.on, -18)
        patient["birthDate"] = draft.pick(
            eighteenth.isoformat(),
            (eighteenth + timedelta(days=draft.pick(-1, 1, 20))).isoformat(),
            eighteenth.isoformat()[:7],
            eighteenth.isoformat()[:4],
            "2008-02-29",
            "1984",
        )
    elif kind < 0.35:
        patient.pop("birthDate", None)
    elif kind < 0.45:
        patient["gender"] = draft.pick("other", "unknown", "male", "female")
    elif kind < 0.5:
        patient.pop("gender", None)
    elif kind < 0.75:
        patient["extension"] = draft.rng.sample(
            [
                {"url": BIRTHSEX, "valueCode": draft.pick("F", "M", "UNK")},
                {"url": SEX, "valueCode": draft.pick("248152002", "248153007")},
            ],
            k=draft.pick(1, 1, 2),
        )
    elif kind < 0.9:
        patient.pop("deceasedBoolean", None)
        patient["deceasedDateTime"] = draft.when()
    elif "deceasedDateTime" not in patient:
        patient["deceasedBoolean"] = draft.chance(0.6)


BIRTHSEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex"


def bend_envelope(draft: Draft) -> None:
    document = draft.document
    kind = draft.rng.random()
    if kind < 0.35:
        document["received_on"] = (draft.on + timedelta(draft.pick(-3, -1, 1, 10, 40))).isoformat()
    elif kind < 0.4:
        document.pop("received_on", None)
    elif kind < 0.5:
        document["time_zone"] = draft.pick("America/Vancouver", "Europe/Zurich", "UTC")
    elif kind < 0.75:
        name = draft.pick("hematology", "chemistry", "pregnancy", "imaging", "ecog")
        default = {"pregnancy": 7, "imaging": 28, "ecog": 28}.get(name, 14)
        step = draft.pick(0, 1, 7) if draft.chance(0.9) else -1
        document.setdefault("policy", {})[name] = default - step
    else:
        document.setdefault("policy", {})["ct_is_spiral"] = True


def bend_ranges(draft: Draft) -> None:
    """Site reference ranges, and one result without its own range to use them."""
    analyte = draft.pick("bilirubin", "creatinine", "ast", "alt")
    result = add_lab(draft, analyte)
    if draft.chance(0.9):
        result.pop("referenceRange", None)
    rows = draft.document.setdefault("reference_ranges", [])
    for _ in range(draft.pick(1, 2, 3)):
        unit, factor = draft.pick(*UNITS[analyte])
        high = Decimal(NORMAL_HIGH[analyte]) * draft.pick(1, 1, 2)
        row: Json = {
            "analyte": analyte,
            "sex": draft.pick("any", "female", "male"),
            "high": str(decimal(str(high), factor)),
            "unit": unit if draft.chance(0.9) else "mg/dL",
        }
        if draft.chance(0.3):
            row[draft.pick("age_low", "age_high")] = draft.pick(18, 42, 60)
        if draft.chance(0.3):
            row["laboratory"] = draft.pick("LAB A", "Lab B")
        if draft.chance(0.3):
            row[draft.pick("from", "to")] = draft.day().isoformat()
        rows.append(row)
