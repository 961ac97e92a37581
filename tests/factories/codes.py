"""Codings as hospitals send them: the system is told from the shape of the code."""

from __future__ import annotations

import re
from typing import Any

Coded = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
ICD_O_3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
CPT = "http://www.ama-assn.org/go/cpt"
UCUM = "http://unitsofmeasure.org"
LOCAL = "urn:oid:2.16.124.9.9.9"


def coding(system: str, code: str, display: str | None = None) -> Coded:
    """One coding."""
    plain: Coded = {"system": system, "code": code}
    return plain if display is None else {**plain, "display": display}


def concept(*codings: Coded, text: str | None = None) -> Coded:
    """A CodeableConcept of these codings, with its text when there is one."""
    coded: Coded = {"coding": list(codings)} if codings else {}
    return coded if text is None else {**coded, "text": text}


def diagnosis(code: str | Coded) -> Coded:
    """A diagnosis: ICD-10-CM when the code begins with a letter, SNOMED CT when it is a number."""
    if isinstance(code, dict):
        return code
    return coding(ICD_10_CM if code[0].isalpha() else SNOMED, code)


def medicine(code: str | Coded) -> Coded:
    """A drug: ATC when the code begins with a letter, RxNorm when it is a number."""
    if isinstance(code, dict):
        return code
    return coding(ATC if code[0].isalpha() else RXNORM, code)


def operation(code: str | Coded) -> Coded:
    """A procedure: CPT when the code has five digits, SNOMED CT otherwise."""
    if isinstance(code, dict):
        return code
    return coding(CPT if re.fullmatch(r"\d{5}", code) else SNOMED, code)


def who_icd(code: str) -> Coded:
    """A code of the World Health Organization's ICD-10, as Canada sends it."""
    return coding(ICD_10, code)


def local(code: str, display: str = "a code of this hospital only") -> Coded:
    """A code that only the sending hospital understands."""
    return coding(LOCAL, code, display)
