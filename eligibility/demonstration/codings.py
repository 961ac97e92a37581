"""The codes the invented hospitals use: LOINC, SNOMED CT, ICD-10-CM, ICD-10-CA, ATC, RxNorm.

A thing is named in the clinic's words and listed with every code a hospital would send for it.
ICD-10-CA has no identifier of its own in FHIR; it is sent under the international ICD-10 system.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Json = dict[str, object]

SYSTEMS: Final = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "icdo3": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "din": "http://hl7.org/fhir/NamingSystem/ca-hc-din",
    "ucum": "http://unitsofmeasure.org",
    "local": "https://codes.demonstration.invalid/hospital",
}


def concept(*codings: tuple[str, str, str], text: str | None = None) -> Json:
    """Return a CodeableConcept of (short system name, code, display) codings."""
    spelt: Json = {}
    if codings:
        spelt["coding"] = [
            {"system": SYSTEMS[system], "code": code, "display": display}
            for system, code, display in codings
        ]
    label = text if text is not None else (codings[0][2] if codings else None)
    return spelt if label is None else {**spelt, "text": label}


@dataclass(frozen=True, slots=True)
class Analyte:
    """A laboratory test with the result a healthy person might have (numbers as the hospital's)."""

    code: str
    display: str
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None
    shown_unit: str | None = None


def _analyte(
    code: str, display: str, value: str, unit: str, low: str | None, high: str, shown: str
) -> Analyte:
    lowest = None if low is None else Decimal(low)
    return Analyte(code, display, Decimal(value), unit, lowest, Decimal(high), shown)


_CELLS: Final = ("10*9/L", "x10^9/L")
_MICRO: Final = ("umol/L", "µmol/L")

ANALYTES: Final = {
    "neutrophils": _analyte(
        "751-8",
        "Neutrophils [#/volume] in Blood by Automated count",
        "3.9",
        _CELLS[0],
        "2.0",
        "7.5",
        _CELLS[1],
    ),
    "granulocytes": _analyte(
        "30394-1", "Granulocytes [#/volume] in Blood", "4.1", _CELLS[0], "2.0", "8.0", _CELLS[1]
    ),
    "neutrophil-percent": _analyte(
        "770-8",
        "Neutrophils/100 leukocytes in Blood by Automated count",
        "58",
        "%",
        "40",
        "75",
        "%",
    ),
    "leukocytes": _analyte(
        "6690-2",
        "Leukocytes [#/volume] in Blood by Automated count",
        "6.7",
        _CELLS[0],
        "4.0",
        "11.0",
        _CELLS[1],
    ),
    "platelets": _analyte(
        "777-3",
        "Platelets [#/volume] in Blood by Automated count",
        "231",
        _CELLS[0],
        "150",
        "400",
        _CELLS[1],
    ),
    "haemoglobin": _analyte(
        "718-7", "Hemoglobin [Mass/volume] in Blood", "137", "g/L", "120", "160", "g/L"
    ),
    "bilirubin": _analyte(
        "14631-6",
        "Bilirubin.total [Moles/volume] in Serum or Plasma",
        "9",
        _MICRO[0],
        "3",
        "20",
        _MICRO[1],
    ),
    "bilirubin-mass": _analyte(
        "1975-2",
        "Bilirubin.total [Mass/volume] in Serum or Plasma",
        "0.6",
        "mg/dL",
        "0.2",
        "1.2",
        "mg/dL",
    ),
    "bilirubin-direct": _analyte(
        "1968-7",
        "Bilirubin.direct [Mass/volume] in Serum or Plasma",
        "0.1",
        "mg/dL",
        None,
        "0.3",
        "mg/dL",
    ),
    "creatinine": _analyte(
        "14682-9",
        "Creatinine [Moles/volume] in Serum or Plasma",
        "72",
        _MICRO[0],
        "50",
        "106",
        _MICRO[1],
    ),
    "creatinine-mass": _analyte(
        "2160-0",
        "Creatinine [Mass/volume] in Serum or Plasma",
        "0.9",
        "mg/dL",
        "0.6",
        "1.2",
        "mg/dL",
    ),
    "creatinine-urine": _analyte(
        "2161-8", "Creatinine [Mass/volume] in Urine", "84", "mg/dL", "20", "320", "mg/dL"
    ),
    "ast": _analyte(
        "1920-8",
        "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
        "24",
        "U/L",
        "10",
        "35",
        "U/L",
    ),
    "alt": _analyte(
        "1742-6",
        "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
        "30",
        "U/L",
        "7",
        "40",
        "U/L",
    ),
    "ldh": _analyte(
        "14804-9",
        "Lactate dehydrogenase [Enzymatic activity/volume] in Serum or Plasma",
        "188",
        "U/L",
        "120",
        "245",
        "U/L",
    ),
    "hcg": _analyte(
        "19080-1",
        "Choriogonadotropin [Units/volume] in Serum or Plasma",
        "1",
        "[IU]/L",
        "0",
        "5",
        "IU/L",
    ),
    "hcv-rna": _analyte(
        "11011-4",
        "Hepatitis C virus RNA [Units/volume] in Serum or Plasma by NAA",
        "0",
        "[IU]/mL",
        None,
        "15",
        "IU/mL",
    ),
}

QUALITATIVE: Final = {
    "urine-hcg": ("2106-3", "Choriogonadotropin (pregnancy test) [Presence] in Urine"),
    "serum-hcg": ("2118-8", "Choriogonadotropin (pregnancy test) [Presence] in Serum or Plasma"),
    "hbsag": (
        "5196-1",
        "Hepatitis B virus surface Ag [Presence] in Serum or Plasma by Immunoassay",
    ),
    "anti-hcv": ("13955-0", "Hepatitis C virus Ab [Presence] in Serum or Plasma by Immunoassay"),
    "hiv": ("56888-1", "HIV 1+2 Ab+HIV1 p24 Ag [Presence] in Serum or Plasma by Immunoassay"),
    "hcv-rna": ("11259-9", "Hepatitis C virus RNA [Presence] in Serum or Plasma by NAA"),
    "hbv-dna": ("29610-3", "Hepatitis B virus DNA [Presence] in Serum by NAA with probe detection"),
}

ANSWERS: Final = {
    "negative": concept(("snomed", "260385009", "Negative")),
    "not detected": concept(("snomed", "260415000", "Not detected")),
    "positive": concept(("snomed", "10828004", "Positive")),
    "detected": concept(("snomed", "260373001", "Detected")),
    "indeterminate": concept(("snomed", "82334004", "Indeterminate")),
}

METHODS: Final = {
    "spiral CT": concept(
        ("snomed", "77477000", "Computerized axial tomography"), text="Spiral CT, 1 mm slices"
    ),
    "non-spiral CT": concept(
        ("snomed", "77477000", "Computerized axial tomography"), text="Non-spiral CT"
    ),
    "CT": concept(("snomed", "77477000", "Computerized axial tomography"), text="CT"),
    "X-ray": concept(("snomed", "363680008", "Radiographic imaging procedure")),
    "physical exam": concept(("snomed", "5880005", "Physical examination")),
    "MRI": concept(("snomed", "113091000", "Magnetic resonance imaging")),
    "ultrasound": concept(("snomed", "16310003", "Diagnostic ultrasonography")),
}

SITES: Final = {
    "liver": ("10200004", "Liver structure"),
    "lung": ("39607008", "Lung structure"),
    "axillary nodes": ("68171009", "Axillary lymph node structure"),
    "skin of back": ("76552005", "Skin structure of shoulder"),
    "skin of trunk": ("86381001", "Skin structure of trunk"),
    "brain": ("12738006", "Brain structure"),
    "cerebellum": ("113305005", "Cerebellar structure"),
}

ROUTES: Final = {
    "oral": concept(("snomed", "26643006", "Oral route")),
    "intravenous": concept(("snomed", "47625008", "Intravenous route")),
    "subcutaneous": concept(("snomed", "34206005", "Subcutaneous route")),
    "topical": concept(("snomed", "6064005", "Topical route")),
    "cutaneous": concept(("snomed", "448598008", "Cutaneous route")),
    "inhaled": concept(("snomed", "447694001", "Respiratory tract route")),
    "ophthalmic": concept(("snomed", "54485002", "Ophthalmic route")),
    "rectal": concept(("snomed", "37161004", "Rectal route")),
    "intra-articular": concept(("snomed", "12130007", "Intra-articular route")),
}

INTENTS: Final = {
    "adjuvant": concept(("snomed", "373846009", "Adjuvant - intent")),
    "neoadjuvant": concept(("snomed", "373847000", "Neo-adjuvant - intent")),
    "palliative": concept(("snomed", "363676003", "Palliative - procedure intent")),
    "curative": concept(("snomed", "373808002", "Curative - procedure intent")),
}
